"""The lines of a plan, as people and programs read them: with their cells as on file and as in the file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import polars as pl

from tidegate.core.checking import CheckResult
from tidegate.core.checking.line_plan import CHANGED, MISSING, NEW, WITHDRAWN, LinePlan
from tidegate.core.layouts.column_types import Number
from tidegate.core.layouts.identifiers import are_keys_numbers
from tidegate.core.layouts.layout import Layout
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.reference.stored_lines import LINE_ID, LineColumn, LineTable, line_table
from tidegate.core.rules.expressions import ROW

BEFORE, AFTER = "before:", "after:"
"""Prefixes of a frame's columns: the cell on file, the cell in the file."""
_LINES_PER_FRAME = 10_000

FindLines = Callable[[pl.Series], pl.DataFrame]
"""Takes IDs of lines on file, and returns the lines in the order of the IDs: LINE_ID and their cells by title."""


class PlannedLine(NamedTuple):
    """What becomes of one line.

    `kind` is new, changed, withdrawn, or missing: on file, and not in the file. `row` is the row of the file, `line`
    the ID of the line on file. `before` and `after` have the cells by column, as on file and as in the file; each is
    empty where there is none.
    """

    kind: str
    row: int | None
    line: int | None
    before: dict[str, str]
    after: dict[str, str]

    @property
    def fields(self) -> list[str]:
        """The columns in which the line changes."""
        if not (self.before and self.after):
            return []
        return [column for column, text in self.after.items() if text != self.before.get(column, "")]


@dataclass(frozen=True)
class LineColumns:
    """The columns of a file in which a line is shown.

    Attributes:
        columns: By title, the column of stored lines that fills it.
        places: Of titles with decimals, the number of decimal places.
        identifiers: The IDs of organizations (`identifier`) by the integers under which rows have them (`key`); None
            where the integers are the IDs.
    """

    columns: Mapping[str, LineColumn]
    places: Mapping[str, int]
    identifiers: pl.DataFrame | None

    @classmethod
    def of_layout(cls, lines: LineTable, layout: Layout, identifiers: pl.DataFrame | None) -> Self:
        """Return the titles of a school year's layout."""
        by_title = {column.title: column for column in lines.columns}
        types = {name: column.type for name, column in layout.columns.items()}
        return cls(
            {title: by_title[title] for title in types if title in by_title},
            {title: of.places for title, of in types.items() if isinstance(of, Number)},
            identifiers,
        )

    def of_rows(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a file that was checked as they are stored: the titles, in the types of their values. A
        school that the file names by its local ID has its own."""
        return pl.DataFrame([self._value(rows[each.row], title).alias(title) for title, each in self.columns.items()])

    def _value(self, values: pl.Series, title: str) -> pl.Series:
        if title in self.places:
            return values.cast(pl.Decimal(scale=self.places[title]))
        if not self.columns[title].is_organization or self.identifiers is None:
            return values
        keys = values.cast(pl.Int32).alias("key").to_frame()
        return keys.join(self.identifiers, on="key", how="left", maintain_order="left")["identifier"]


def frames_of_plan(
    plan: LinePlan, checked: CheckResult | None, titles: LineColumns, find: FindLines
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the planned lines, kind after kind, some at a time, in the order of their IDs or of the file.

    Args:
        plan: The plan.
        checked: The file that the plan is about; None where lines are withdrawn without one.
        titles: The columns that the lines are shown in.
        find: Finds the lines on file.

    Yields:
        The kind of the lines, and ROW, LINE_ID and the titles with BEFORE and AFTER, as far as the kind has them.
    """
    yield from ((WITHDRAWN, each) for each in _stored(plan.withdrawn, find))
    if checked is not None:
        for after in _of_file(checked, CHANGED, titles):
            before = _named(find(after[LINE_ID]), BEFORE)
            yield CHANGED, after.join(before, on=LINE_ID, how="left", maintain_order="left")
        yield from ((NEW, each) for each in _of_file(checked, NEW, titles))
    yield from ((MISSING, each) for each in _stored(plan.missing, find))


def _stored(ids: pl.Series, find: FindLines) -> Iterator[pl.DataFrame]:
    for some in ids.to_frame().iter_slices(_LINES_PER_FRAME):
        yield _named(find(some.to_series()), BEFORE)


def _of_file(checked: CheckResult, kind: str, titles: LineColumns) -> Iterator[pl.DataFrame]:
    for rows in checked.planned_rows_in_slices(kind):
        if not rows.is_empty():
            yield rows.select(ROW, LINE_ID).hstack(_named(titles.of_rows(rows), AFTER))


def _named(lines: pl.DataFrame, prefix: str) -> pl.DataFrame:
    return lines.rename({name: f"{prefix}{name}" for name in lines.columns if name != LINE_ID})


def lines_of_frame(kind: str, frame: pl.DataFrame) -> Iterator[PlannedLine]:
    """Yield the lines of a frame of `frames_of_plan`."""
    texts = frame.with_columns(pl.exclude(ROW, LINE_ID).cast(pl.String).fill_null(""))
    for line in texts.iter_rows(named=True):
        yield PlannedLine(kind, line.get(ROW), line[LINE_ID], _cells(line, BEFORE), _cells(line, AFTER))


def _cells(line: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in line.items() if name.startswith(prefix)}


def planned_lines_of_folder(checked: CheckResult, folder: ReferenceFolder) -> Iterator[PlannedLine]:
    """Yield the planned lines of a file that was checked with a reference folder."""
    layout = checked.layout
    assert checked.plan is not None
    assert layout.on_file, layout.name
    lines = line_table(layout, layout.on_file)
    identifiers = None
    if not are_keys_numbers():
        identifiers = folder.organizations().select(pl.col("id").alias("key"), "identifier")
    titles = LineColumns.of_layout(lines, layout, identifiers)
    places = [pl.col(title).cast(pl.Decimal(scale=count), strict=False) for title, count in titles.places.items()]

    def find(ids: pl.Series) -> pl.DataFrame:
        return folder.line_texts(lines, ids).select(LINE_ID, *titles.columns).with_columns(places)

    for kind, frame in frames_of_plan(checked.plan, checked, titles, find):
        yield from lines_of_frame(kind, frame)
