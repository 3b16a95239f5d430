"""Checks and removes the row numbers that R and pandas write as a first column."""

from collections.abc import Iterable, Iterator

import polars as pl
from msgspec.structs import replace

from tidegate.core.layouts.column_types import Text
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.reading.align import AlignedRows
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.reading.preamble import Preamble
from tidegate.core.reading.row_names import first_column

# The name of the column while it is read; no layout has a name with a space.
_NUMBERS = "row names"


class Numbering:
    """Checks the row numbers of a file. `issue` reports the first row that breaks the order."""

    def __init__(self, top: Preamble) -> None:
        self.header_row = top.first_row - 1
        self._which = first_column(top.names[0])
        self.issue: ReadingIssue | None = None
        self._above = -1

    @staticmethod
    def with_numbering(top: Preamble, layout: Layout) -> tuple[Preamble, Layout]:
        """Make the row numbers the first column of a file.

        Returns:
            The preamble and the layout with that column.
        """
        # No cell may be missing: a row without its number would be read one column further left.
        number = Column(type=Text(max_length=10), description="", example="1", name=_NUMBERS)
        columns = {name: replace(column, required=True) for name, column in layout.columns.items()}
        header = replace(top.header, positions={_NUMBERS: 0, **top.header.positions})
        return replace(top, header=header), replace(layout, columns={_NUMBERS: number, **columns})

    def taken_off(self, parts: Iterable[AlignedRows]) -> Iterator[AlignedRows]:
        """Yield the rows without their row numbers."""
        for part in parts:
            if not part.rows.is_empty() and not self.issue:
                self._follow(part.rows)
            yield replace(part, rows=part.rows.drop(_NUMBERS))

    def _follow(self, rows: pl.DataFrame) -> None:
        number = rows[_NUMBERS].str.strip_chars().cast(pl.Int64, strict=False)
        above = number.shift(1).scatter(0, self._above)
        goes_on = (number > above).fill_null(value=False)
        if goes_on.all():
            self._above = number[-1]
        else:
            number_of_row = rows["row"][goes_on.arg_min() or 0]
            self.issue = ReadingIssue(
                "FILE038", self.header_row, words={"which": self._which, "number": f"{number_of_row:,}"}
            )
