"""Finds the layout's columns in a file's header, and reports all issues of the header at once."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from tidegate.core.layouts.layout import Layout, MappedColumn, fold_name
from tidegate.core.reading.issue import ReadingIssue, quoted_list, show_text
from tidegate.core.reading.limits import MAX_COLUMNS
from tidegate.core.reading.own_outputs import name_own_output

DELIMITERS = (",", "\t", ";", "|")


class Header(msgspec.Struct, frozen=True):
    """The position of each column of the layout in the file, and the header's issues.

    `width` counts the columns up to the last that has a name.
    """

    positions: dict[str, int]
    width: int
    issues: tuple[ReadingIssue, ...] = ()
    is_refused: bool = False


def drop_blank_end(cells: list[str]) -> list[str]:
    """Return the header's names without the empty ones at its end."""
    cells = list(cells)
    while cells and not (cells[-1] and fold_name(cells[-1])):
        cells.pop()
    return cells


def match_header(
    cells: list[str],
    layout: Layout,
    others: Iterable[Layout] = (),
    *,
    row: int = 1,
    beyond: int = 0,
    has_row_names: bool = False,
) -> Header:
    """Return the positions of the layout's columns in a header, with every issue of the header.

    Args:
        cells: The cells of the header.
        layout: The layout of the school year.
        others: The other file types, one of which may have been sent by mistake.
        row: The row of the header in the file.
        beyond: The number of cells that were not read, because the header is too long.
        has_row_names: Whether the first column numbers the rows; it is ignored.
    """
    if too_many := _too_many_columns(len(cells) + beyond, row=row):
        return _refused(len(cells), too_many)
    names = layout.folded_names()
    extras = {fold_name(name) for name in layout.known_extras}
    ours = {fold_name(cells[position]) for position in own_positions(cells)} - names.keys()
    folded = [fold_name(cell) for cell in cells]
    found = [names.get(name) for name in folded]
    positions = {name: position for position, name in reversed(list(enumerate(found))) if name is not None}
    has_all = all(name in positions for name in layout.columns)
    if not has_all and (output := name_own_output(cells, [layout, *others])):
        return _refused(len(cells), ReadingIssue("FILE033", row, words={"content": output, "name": layout.name}))
    if not positions and _looks_like_data(cells, layout):
        return _refused(len(cells), ReadingIssue("FILE004", row, words={"row": str(row)}))
    if other := _other_type(set(folded), layout, others):
        return _refused(len(cells), ReadingIssue("FILE008", row, words={"other": other.name, "name": layout.name}))
    unknown = [
        _show(cell, position)
        for position, cell in enumerate(cells)
        if _is_unknown(folded[position], names, extras | ours) and not (has_row_names and position == 0)
    ]
    carried = _carried(unknown, layout) if has_all else []
    doubled = [(name, count) for name, count in Counter(n for n in found if n).items() if count > 1]
    wrong = [
        *missing_columns([name for name in layout.columns if name not in positions], row=row),
        *(ReadingIssue("FILE006", row, name, words={"name": name}) for name in unknown if name not in carried),
        *(ReadingIssue("FILE007", row, words={"count": _in_words(count), "column": name}) for name, count in doubled),
    ]
    if wrong:
        return _refused(len(cells), *wrong)
    in_order = sorted(positions.values()) == [positions[name] for name in layout.columns]
    notices = [
        None if in_order else ReadingIssue("FILE010", row),
        _issue("FILE011", row, [show_text(cell) for cell, name in zip(cells, folded, strict=True) if name in extras]),
        _issue("FILE044", row, _matched(cells, positions, layout)),
        _issue("FILE045", row, carried),
    ]
    return Header(positions, len(cells), tuple(notice for notice in notices if notice))


def _carried(unknown: list[str], layout: Layout) -> list[str]:
    """Return those of the unknown columns, as messages show them, that go along to the full log: those with a name,
    where the state wants it so."""
    return [name for name in unknown if not name.startswith("(no name")] if layout.extra_columns == "carry" else []


def _refused(width: int, *issues: ReadingIssue) -> Header:
    return Header({}, width, issues, is_refused=True)


def missing_columns(names: Sequence[str], *, row: int) -> list[ReadingIssue]:
    """Return the issue of columns that are missing; none if none is."""
    if not names:
        return []
    noun = "Column {} is" if len(names) == 1 else "Columns {} are"
    return [ReadingIssue("FILE005", row, words={"columns": noun.format(quoted_list(names))})]


def _in_words(count: int) -> str:
    return "Two" if count == 2 else f"{count:,}"


def _issue(code: str, row: int, names: list[str]) -> ReadingIssue | None:
    return ReadingIssue(code, row, words={"columns": quoted_list(names)}) if names else None


def _matched(cells: list[str], positions: dict[str, int], layout: Layout) -> list[str]:
    """Return the names that a mapping has matched, each with its column: `Minutes" is "MinutesPerWeek`."""
    found = sorted(
        (position, column)
        for column, position in positions.items()
        if isinstance(of := layout.columns[column], MappedColumn)
        and fold_name(cells[position]) in map(fold_name, of.mapped_names)
    )
    return [f'{show_text(cells[position])}" is "{column}' for position, column in found]


def _is_unknown(folded: str, names: dict[str, str], extras: set[str]) -> bool:
    return folded not in names and folded not in extras


def _show(cell: str, position: int) -> str:
    """Return a header cell as a message shows it; a cell without a name is shown by its number."""
    return show_text(cell) or f"(no name, column {position + 1})"


def _looks_like_data(cells: list[str], layout: Layout) -> bool:
    """Whether the header is a row of data: with numbers instead of names, or as wide as the layout and with a digit,
    which every row of data has."""
    has_digit = any(sign.isdigit() for cell in cells for sign in cell)
    return (len(cells) == len(layout.columns) and has_digit) or any(cell.strip().isdigit() for cell in cells)


def _other_type(folded: set[str], layout: Layout, others: Iterable[Layout]) -> Layout | None:
    """Return the other file type whose columns these are, if there is one."""
    if {fold_name(name) for name in layout.columns} <= folded:
        return None
    for other in others:
        if other.name != layout.name and {fold_name(name) for name in other.columns} <= folded:
            return other
    return None


ROW_COLUMN, FIX_COLUMN = "Row", "What to fix"
"""The two columns by which a fix file is known, after the uploader's own."""
FIRST_FILE, FIRST_ROW = "First file", "First row"
"""The columns with the name of the very first file, and the number that the row has there, however often its rows were
corrected since."""

_FOLDED = (fold_name(ROW_COLUMN), fold_name(FIX_COLUMN))
_OWN = (*_FOLDED, fold_name(FIRST_FILE), fold_name(FIRST_ROW))


def is_fix_file(names: Sequence[str]) -> bool:
    """Whether a header with these names is that of a fix file."""
    folded = [fold_name(name) for name in names]
    return all(name in folded for name in _FOLDED)


def own_positions(names: Sequence[str]) -> set[int]:
    """Return the positions of the fix file's own columns in its header; none in any other file's."""
    if not is_fix_file(names):
        return set()
    return {position for position, name in enumerate(names) if fold_name(name) in _OWN}


def _too_many_columns(count: int, *, row: int) -> ReadingIssue | None:
    """Return the issue of a header with too many columns, None if it has not; `row` is its row."""
    if count <= MAX_COLUMNS:
        return None
    return ReadingIssue("FILE016", row, words={"count": f"{count:,}", "limit": f"{MAX_COLUMNS:,}"})
