"""The causes of what was found, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tidegate.core.outputs.json_result import as_array
from tidegate.core.outputs.output import JSON, Form, Output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.core.outputs.source import Source


class Causes(Output):
    """The causes of what was found, as JSON: one for what a person puts right once, in the order in which to fix them.
    409 where the upload has none, or not yet.
    """

    name = "causes"
    forms = (JSON,)
    order = 55
    has_button = False

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the object: the counts, and the causes."""
        counts = json.dumps(dict(source.counts))[1:-1]
        yield f'{{\n  {counts},\n  "causes": {as_array(source.causes(), source.rules)}\n}}\n'.encode()
