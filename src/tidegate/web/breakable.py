"""Long names that may break into lines where people would break them."""

import re
from html import escape

_BREAKS = re.compile(r"(?<=[_. -])")


def with_breaks(name: str) -> str:
    """Return a name as HTML that may break into lines where people would break it, before anywhere else."""
    # No escape of HTML has one of these characters, so that the whole name is escaped at once.
    return _BREAKS.sub("<wbr>", escape(name))
