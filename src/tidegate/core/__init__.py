"""The core: reads a file, checks every row and says what happened, with no Django, database, clock or network.

The public names are `check`, `CheckResult`, `Focus`, `ReferenceFolder` and `SchoolYear`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate.core.checking import CheckResult as CheckResult
    from tidegate.core.checking import Focus, check
    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.core.reference.folder import ReferenceFolder as ReferenceFolder

__all__ = ["CheckResult", "Focus", "ReferenceFolder", "SchoolYear", "check"]

_HOMES = {
    "CheckResult": ("tidegate.core.checking", "CheckResult"),
    "Focus": ("tidegate.core.checking", "Focus"),
    "ReferenceFolder": ("tidegate.core.reference.folder", "ReferenceFolder"),
    "SchoolYear": ("tidegate.core.layouts.school_year", "SchoolYear"),
    "check": ("tidegate.core.checking", "check"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: Polars takes longer to load than most commands run."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
