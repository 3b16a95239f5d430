"""Names the delimiter of a file that has none of the delimiters that are read."""

import re
from collections.abc import Callable, Iterable

from tidegate.core.layouts.layout import Layout, fold_name

_MIN_NAMES = 3
_MAX_CHARACTERS = 10_000
_SIGNS = {
    "||": "two pipes (||)",
    "::": "two colons (::)",
    "^": "carets (^)",
    "~": "tildes (~)",
    ":": "colons (:)",
    "\u00a6": "broken bars (\u00a6)",
    "\u00a7": "section signs (\u00a7)",
    "!": "exclamation marks (!)",
    "#": "number signs (#)",
    "*": "asterisks (*)",
    "/": "slashes (/)",
    "\\": "backslashes (\\)",
    "&": "ampersands (&)",
    "@": "at signs (@)",
    "%": "percent signs (%)",
    "$": "dollar signs ($)",
}
_UNSEEN = ("\x01", "\x02", "\x1c", "\x1d", "\x1e", "\x1f", "\u0014", "\u00fe")


def _ways_to_divide() -> Iterable[tuple[str, Callable[[str], list[str]]]]:
    yield "spaces", re.compile(r'(?:"[^"]*"|[^ "])+').findall
    yield "spaces", re.compile(" {2,}").split
    for sign, name in _SIGNS.items():
        yield name, re.compile(re.escape(sign)).split
    for sign in _UNSEEN:
        yield f"a sign that cannot be seen (U+{ord(sign):04X})", re.compile(re.escape(sign)).split


def name_other_delimiter(line: str, layouts: Iterable[Layout]) -> str:
    """Return the name of the delimiter that finds at least half of the columns of a layout in
    the header `line`; blank if none does."""
    known = [layout.folded_names().keys() for layout in layouts]
    for name, divide in _ways_to_divide():
        folded = {fold_name(cell) for cell in divide(line[:_MAX_CHARACTERS].strip())}
        for names in known:
            found = len(folded & names)
            if found >= _MIN_NAMES and found * 2 >= len(folded - {""}):
                return name
    return ""
