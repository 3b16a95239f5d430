"""What a person has typed into the rows: from the form without JavaScript, or as one text with it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from tidegate.core.errors import Refusal
from tidegate.core.reading.sent_rows import SentRow
from tidegate.uploads.lifecycle.corrections.correct_rows import CorrectedRows
from tidegate.web.pages import number_in

CHECK, LOAD, _USE, _ALL, _EACH = "check", "load", "use", "all", "each"


@dataclass(frozen=True)
class TypedRows:
    """The cells by row number, the rows that are left out, the choice about lines on file, and the button pressed.

    `checked` has the digest of these very rows and of the plan that the last check has shown for them.
    """

    cells: Mapping[int, Sequence[str]]
    left_out: frozenset[int] = field(default=frozenset())
    missing: str = ""
    checked: str = ""
    act: str = CHECK

    def corrected(self) -> CorrectedRows:
        """Return them as what is checked and sent."""
        return CorrectedRows(self.cells, self.left_out, self.missing)

    def without(self, rows: Collection[int]) -> "TypedRows":
        """Return them without some rows."""
        cells = {row: cells for row, cells in self.cells.items() if row not in rows}
        return replace(self, cells=cells, left_out=self.left_out - set(rows))

    def as_before(self, sent: Mapping[int, SentRow]) -> "TypedRows":
        """Return them with cells that a browser has only written with other line breaks as they were."""
        return replace(
            self,
            cells={row: _as_before(cells, sent[row].cells if row in sent else []) for row, cells in self.cells.items()},
        )


def _as_before(cells: Sequence[str], before: Sequence[str]) -> list[str]:
    if len(cells) != len(before):
        return list(cells)
    return [was if one_line_end(was) == says else says for says, was in zip(cells, before, strict=True)]


def one_line_end(text: str) -> str:
    """Return a text with one kind of line break: a browser sends another than the file has."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def row_numbers(post: QueryDict) -> list[int]:
    """Return the numbers of the rows that the form has, in order."""
    cells = _read(str(post["rows"]))["cells"] if "rows" in post else post.getlist("row")
    return sorted(set(map(number_in, cells)) - {0})


def typed_rows(post: QueryDict, *, width: int) -> TypedRows:
    """Return what was typed, with the value put in that a button stands for.

    Args:
        post: The form.
        width: How many columns the file has.

    Raises:
        Refusal: The form is not whole.
    """
    cells, left_out = _from_text(str(post["rows"]), width) if "rows" in post else _from_fields(post, width)
    act, _, rest = post.get("act", CHECK).partition(":")
    if act in (_USE, _ALL, _EACH):
        _put_in(cells, post, act, rest)
    missing, checked = post.get("missing", ""), post.get("checked", "")
    return TypedRows(cells, frozenset(left_out) & cells.keys(), missing, checked, LOAD if act == LOAD else CHECK)


def _from_fields(post: QueryDict, width: int) -> tuple[dict[int, list[str]], set[int]]:
    rows = [number_in(text) for text in post.getlist("row")]
    found = {row: [post.get(f"cell-{row}-{position}") for position in range(width)] for row in rows}
    if 0 in found or any(cell is None for cells in found.values() for cell in cells):
        raise _not_whole()
    cells = {row: [one_line_end(cell or "") for cell in some] for row, some in found.items()}
    return cells, {number_in(text) for text in post.getlist("leave")}


def _from_text(text: str, width: int) -> tuple[dict[int, list[str]], set[int]]:
    said = _read(text)
    try:
        cells = {number_in(row): [one_line_end(cell) for cell in some] for row, some in said["cells"].items()}
        left_out = {int(row) for row in said["left_out"]}
    except (ValueError, TypeError, AttributeError):
        raise _not_whole() from None
    if 0 in cells or any(len(some) != width for some in cells.values()):
        raise _not_whole()
    return cells, left_out


def _read(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise _not_whole() from None
    if not isinstance(said, dict) or not isinstance(said.get("cells"), dict) or "left_out" not in said:
        raise _not_whole()
    return said


def _put_in(cells: dict[int, list[str]], post: QueryDict, act: str, rest: str) -> None:
    """Put the value of a button into its cell, or into a column of the rows of a cause: one value, or each its own."""
    if act == _USE:
        only, position, value = [*rest.split(":", 2), "", ""][:3]
        values = {only: value}
    else:
        number, has_value, value = rest.partition(":")
        position, _, listed = post.get(f"all-of-{number}", "").partition(":")
        value = value if has_value else post.get(f"all-{number}", "").strip()
        values = _own_values(post.get(f"own-of-{number}", "")) if act == _EACH else dict.fromkeys(listed.split(), value)
    for text, value in values.items():
        row = number_in(text)
        if row in cells and position.isdecimal() and len(position) < 4 and int(position) < len(cells[row]):
            cells[row][int(position)] = value


def _own_values(text: str) -> dict[str, str]:
    """Return which value is suggested for which row."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise _not_whole() from None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise _not_whole()
    return {row: one_line_end(value) for row, value in said.items()}


def _not_whole() -> Refusal:
    return Refusal(
        "The rows have not arrived whole", fix="Open the rows again, and correct fewer at once", code="NOT_WHOLE"
    )
