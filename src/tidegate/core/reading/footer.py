"""Knows rows that are no records: a header that stands again, totals and other footers, lines of dashes."""

import re
from collections.abc import Sequence

from tidegate.core.layouts.layout import fold_name

MOST_FOOTER_CELLS = 3
"""A row with more filled cells than this is no footer."""

_NOUN = r"(?:rows?|records?|lines?|students?|enrollments?|entries|items?)"
_FOOTER = re.compile(
    rf"""\(?[\d,]+\s{_NOUN}\b.*            # (120 rows affected), 120 rows selected.
    | (?:grand\s|sub-?\s?)?totals?\b.*     # Total: 120
    | (?:number\sof\s|total\s)?{_NOUN}(?:\scount|\sexported|\swritten)?\s*[:=]\s*[\d,]+  # Records: 120
    | count\s*[:=]?\s*[\d,]+
    | \W*(?:end\sof\s(?:file|report|data|export)|eof)\W*
    | (?:report\s)?(?:generated|printed|exported|created)\s(?:on|at|by)\b.*
    | page\s\d+(?:\sof\s\d+)?
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_RULE = re.compile(r"[-=_*]{2,}")


def is_footer(cells: Sequence[str]) -> bool:
    """Whether the row is a footer, such as `Total: 120`: a few cells that begin with words of that kind; or a line of
    dashes, as database programs draw below the header."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if filled and all(_RULE.fullmatch(cell) for cell in filled):
        return True
    return 0 < len(filled) <= MOST_FOOTER_CELLS and _FOOTER.fullmatch(" ".join(filled)) is not None


def is_header(cells: Sequence[str], folded_names: Sequence[str]) -> bool:
    """Whether the row repeats the header, whose names `fold_name` has folded."""
    if len(cells) < len(folded_names) or not folded_names or fold_name(cells[0]) != folded_names[0]:
        return False
    folded = [fold_name(cell) for cell in cells]
    return folded[: len(folded_names)] == list(folded_names) and not any(folded[len(folded_names) :])
