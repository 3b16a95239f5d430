"""CELL112: letters look garbled."""

from html.entities import html5

import polars as pl

from tidegate.core.layouts.column_types import Text
from tidegate.core.layouts.layout import Column
from tidegate.core.rules.expressions import text
from tidegate.core.rules.rule import ColumnRule, Severity

_TWICE = (
    "[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_TWICE_SIGN = "\u00e2\u20ac."
_DOS = "\\p{L}[\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u2039\u00a4\u00a1\u00a2\u00a5\u00ac](?:[\\p{L}\\s]|$)"
_CONSONANT = "[b-df-hj-np-tv-xz]"
_MACINTOSH = "|".join(
    (
        "\\p{Ll}[\u017d\u0160\u0178\u0152]|\\p{L}[\u017d\u0160\u0178\u0152]\\p{Ll}",
        f"{_CONSONANT}\u0161{_CONSONANT}|\\p{{Ll}}\u0153[a-hj-tv-z]",
        "\\p{L}\u2018(?:[b-df-hj-np-tv-xz\\s]|$)",  # but in Hawai\u2018i, a vowel follows
        f"\\p{{L}}{_CONSONANT}\u2019(?:[aeiou]|[bcfghjknpqvwxz]\\p{{Ll}})",  # but in that\u2019s, an ending follows
        "^\\p{L}+[\u2013\u2014]\\p{Ll}+$",
    )
)
_CODES_WITHOUT_AN_END = "|".join(name for name, sign in sorted(html5.items()) if name.isalpha() and sign.isalpha())
_ESCAPES = "|".join(
    (
        f"&#[0-9xX]|\\p{{L}}&(?:{_CODES_WITHOUT_AN_END})|&(?:amp|apos|quot|nbsp)",
        "\\\\u[0-9A-Fa-f]{4}|_x[0-9A-Fa-f]{4}_|\\p{L}\\\\'\\p{L}",
        "%C3%[89ABab][0-9A-Fa-f]|\\p{L}%2[07]\\p{L}|=C3=[89AB][0-9A-F]",
    )
)
_LOST = "\\p{L}\\?+\\p{Ll}"
DAMAGED = f"{_TWICE}|{_TWICE_SIGN}|{_DOS}|{_MACINTOSH}|{_ESCAPES}|{_LOST}"
"""What becomes of a letter such as é where UTF-8 was taken for Windows-1252 on the way, what Excel's CSV (MS-DOS) and
CSV (Macintosh) make of it, how programs write it for other programs (\\u00e9, %C3%A9, &eacute without its end), and
the question mark that they write where a code page lacks it. `plain_lines.py` knows the signs that are ASCII."""

_LOST_IN_A_NAME = r"\p{L}\?|\?\p{L}|&[A-Za-z][A-Za-z0-9]+;"
"""No name has a question mark; a comment may be a question. Nor does a name hold a code that nobody knows."""


def _meant(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [None if text is None else _read_once_more(text) for text in texts], dtype=pl.String)


def _read_once_more(text: str) -> str | None:
    """Return the text without the damage of UTF-8 that was read as Windows-1252; None if it has another damage."""
    try:
        meant = text.encode("windows-1252").decode("utf-8")
    except UnicodeError:
        return None
    return meant if meant != text and meant.isprintable() else None


class DamagedLetters(ColumnRule):
    """Letters look garbled.

    What it checks: No name or comment looks as if a program had misread its letters, as in MuÃ±oz
    or Ren‚, or written a question mark instead, as in Ren?e. The row is loaded anyway.

    How to fix it: Compare the value with your student information system. If it is wrong, export
    the file again and save it as CSV UTF-8: in Excel, CSV (Macintosh) and CSV (MS-DOS) damage
    letters such as é.
    """

    code = "CELL112"
    is_about_form = False
    message = "Letters look garbled: {value}"
    message_without_value = "{column}: letters look garbled"
    known = ("Should it be {meant}?",)
    cause_by = ("column",)
    severity = Severity.WARNING
    example_value = "Mu\u00c3\u00b1oz"
    of_clean_cells = False

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        return isinstance(column.type, Text) and column.type.is_free

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self._damaged = f"{DAMAGED}|{_LOST_IN_A_NAME}" if column.holds_names else DAMAGED

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with the text that was probably meant; null where nobody can tell."""
        meant = text(self.column).map_batches(_meant, return_dtype=pl.String, is_elementwise=True)
        return {**super().message_values(), "meant": meant}

    def broken(self) -> pl.Expr:
        """True where signs stand where letters should."""
        return text(self.column).str.contains(self._damaged)
