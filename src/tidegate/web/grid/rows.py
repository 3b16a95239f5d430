"""The rows that are to be corrected, as the page shows them: cells with what is wrong and what may be meant."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.reading.sent_rows import SentRow
from tidegate.core.rules.cause import Cause
from tidegate.core.suggestions.suggestion import Suggestion, from_text
from tidegate.uploads.lifecycle.corrections.correct_rows import RowsOfFile

Found = Mapping[str, Any]
"""A finding: `row`, `column`, `code`, `severity`, `value`, `message`, `suggestions` and `known`."""
_WITH_CELLS = ("FILE046",)  # a row that is read as it lies, and wrongly
_MIN_WIDTH, _MAX_WIDTH = 6, 40


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with a cell or a row, what may be meant, and what the records know about it."""

    message: str
    severity: str
    suggestions: Sequence[Suggestion] = ()
    known: str = ""


@dataclass(frozen=True)
class GridCell:
    """A cell: what it says, what it said as it was sent, and what is wrong with it."""

    position: int
    title: str
    value: str
    sent: str
    size: int
    problems: Sequence[CellProblem] = ()

    @property
    def is_wrong(self) -> bool:
        """Whether it keeps its row from being loaded."""
        return any(each.severity == "error" for each in self.problems)

    @property
    def is_changed(self) -> bool:
        """Whether it says something else now."""
        return self.value != self.sent

    @property
    def has_lines(self) -> bool:
        """Whether it has line breaks, which a field of one line would lose."""
        return "\n" in self.value or "\r" in self.value


@dataclass(frozen=True)
class GridRow:
    """A row. `notes` are about the row as a whole; `text` is how it is written in the file, if it could not be read."""

    row: int
    cells: Sequence[GridCell]
    notes: Sequence[CellProblem] = ()
    text: str = ""
    readable: Sequence[str] = ()
    is_left_out: bool = False
    is_right: bool = False

    @property
    def has_problems(self) -> bool:
        """Whether anything is said of it or of one of its cells."""
        return bool(self.notes or self.text or any(cell.problems for cell in self.cells))

    @property
    def readable_cells(self) -> str:
        """The cells as far as they could be read, for the script that fills them in."""
        return json.dumps(list(self.readable))


@dataclass(frozen=True)
class GridCause:
    """A cause with several of the rows, and the column in which one value may put them all right. `own` has the one
    value that is suggested for a row, by row."""

    number: int
    text: str
    position: int
    title: str
    rows: Sequence[int]
    suggestions: Sequence[Suggestion] = ()
    own: Mapping[int, str] = field(default_factory=dict)

    @property
    def has_different(self) -> bool:
        """Whether what is suggested differs from row to row."""
        return len(set(self.own.values())) > 1

    @property
    def own_suggestions(self) -> str:
        """The rows with a value of their own, for the form: a button puts each into its row."""
        return json.dumps(self.own)


@dataclass(frozen=True)
class Grid:
    """The rows of a page."""

    names: Sequence[str]
    rows: Sequence[GridRow]
    causes: Sequence[GridCause] = field(default=())


@dataclass(frozen=True)
class _Problems:
    """What is wrong, by row and position; position None is the row as a whole."""

    by_cell: Mapping[tuple[int, int | None], list[CellProblem]]
    unreadable: frozenset[int]
    bad: frozenset[int]


def build_grid(
    file: RowsOfFile,
    found: Sequence[Found],
    causes: Iterable[Cause],
    layout: Layout,
    *,
    typed: Mapping[int, Sequence[str]] | None = None,
    left_out: Iterable[int] = (),
) -> Grid:
    """Return the rows as they are shown.

    Args:
        file: The rows as they were sent.
        found: What is wrong with them, in order.
        causes: The causes of what is wrong.
        layout: The layout of the school year.
        typed: What a person has made of the cells; None where nobody has begun.
        left_out: The rows that are left out.
    """
    positions = _positions(file.names, layout)
    problems = _problems(found, positions)
    sizes = _sizes(file)
    shown = [
        _row(file, sent, problems, sizes, typed=typed, is_left_out=row in set(left_out))
        for row, sent in sorted(file.rows.items())
    ]
    return Grid(file.names, shown, _causes(causes, found, positions, file.names))


def _positions(names: Sequence[str], layout: Layout) -> dict[str, int]:
    """Return the position of each column of the layout among the file's columns."""
    at = {fold_name(name): position for position, name in reversed(list(enumerate(names)))}
    folded = {
        column.name: [fold_name(name) for name in (column.name, *column.aliases)] for column in layout.columns.values()
    }
    return {name: at[each] for name, some in folded.items() for each in some if each in at}


def _problems(found: Iterable[Found], positions: Mapping[str, int]) -> _Problems:
    by_cell: dict[tuple[int, int | None], list[CellProblem]] = {}
    unreadable, bad = set[int](), set[int]()
    for each in found:
        problem = CellProblem(each["message"], each["severity"], from_text(each["suggestions"]), each["known"])
        by_cell.setdefault((each["row"], positions.get(each["column"])), []).append(problem)
        if each["severity"] == "error":
            bad.add(each["row"])
            if each["code"][-3] == "0" and each["code"] not in _WITH_CELLS:  # the category of what cannot be read
                unreadable.add(each["row"])
    return _Problems(by_cell, frozenset(unreadable), frozenset(bad))


def _sizes(file: RowsOfFile) -> list[int]:
    longest = [_MIN_WIDTH] * len(file.names)
    for sent in file.rows.values():
        longest = [max(size, len(cell)) for size, cell in zip(longest, sent.cells, strict=True)]
    return [min(size, _MAX_WIDTH) for size in longest]


def _row(
    file: RowsOfFile,
    sent: SentRow,
    problems: _Problems,
    sizes: Sequence[int],
    *,
    typed: Mapping[int, Sequence[str]] | None,
    is_left_out: bool,
) -> GridRow:
    row = sent.row
    is_unreadable = typed is None and row in problems.unreadable
    before = [""] * len(sent.cells) if is_unreadable else sent.cells
    says = (typed or {}).get(row, before)
    cells = [
        GridCell(
            position, name, says[position], before[position], sizes[position], problems.by_cell.get((row, position), ())
        )
        for position, name in enumerate(file.names)
    ]
    is_blank = not any(cell.strip() for cell in says)
    return GridRow(
        row,
        cells,
        problems.by_cell.get((row, None), ()),
        sent.text if is_unreadable or is_blank else "",
        sent.cells,
        is_left_out,
        is_right=typed is not None and row not in problems.bad and not is_left_out and not is_blank,
    )


def _causes(
    causes: Iterable[Cause], found: Sequence[Found], positions: Mapping[str, int], names: Sequence[str]
) -> list[GridCause]:
    merged: dict[tuple[str, str, int], list[Found]] = {}
    for cause in causes:
        column = next((name for name in cause.columns if name in positions), None)
        if column is None or cause.severity != "error":
            continue
        own = [each for each in found if _is_of(each, cause)]
        merged.setdefault((cause.code, cause.text, positions[column]), []).extend(own)
    return [
        GridCause(number, text, position, names[position], rows, _common(own), _own(own))
        for number, ((_, text, position), own) in enumerate(merged.items(), 1)
        if len(rows := sorted({each["row"] for each in own})) > 1
    ]


def _is_of(found: Found, cause: Cause) -> bool:
    """Whether a finding has the cause, of which only the first rows are listed."""
    if found["code"] != cause.code or (cause.columns and found["column"] not in cause.columns):
        return False
    return found["row"] in cause.rows or found["value"] in cause.values


def _common(found: Sequence[Found]) -> Sequence[Suggestion]:
    """Return what is suggested for every one of the findings."""
    first, *others = [from_text(each["suggestions"]) for each in found]
    return [each for each in first if all(each.value in [other.value for other in some] for some in others)]


def _own(found: Sequence[Found]) -> dict[int, str]:
    """Return what is suggested for each row, where that is one value."""
    values = {each["row"]: {other.value for other in from_text(each["suggestions"])} for each in found}
    return {row: next(iter(some)) for row, some in values.items() if len(some) == 1}
