"""Fits each record to the header: cuts blank cells at the end, fills cells that may be missing, notes faults."""

from collections import Counter

import polars as pl

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.reading.decoding import mend_stray_bytes
from tidegate.core.reading.footer import is_footer, is_header
from tidegate.core.reading.issue import IssueLine, ReadingIssue, issue_line, issues_of, show_row
from tidegate.core.reading.preamble import Preamble
from tidegate.core.reading.records import Damage, Record, is_blank

Row = tuple[int | str | None, ...]
"""A row's number, then its cells in the layout's order; None is a cell that the row does not have."""


class RowAligner:
    """Makes rows of records, and collects the faults of rows, in the order in which they come."""

    def __init__(self, top: Preamble, layout: Layout, *, is_mixed: bool = False) -> None:
        header = top.header
        self.width = header.width
        self.usual_count = top.usual_count
        self.folded_names = [fold_name(cell) for cell in top.names]
        self.places = [header.positions[name] for name in layout.columns]
        self.names = {place: name for name, place in header.positions.items()}
        self.may_be_missing = {
            place
            for place in range(self.width)
            if place not in self.names or not layout.columns[self.names[place]].required
        }
        self._missing = [self._first_missing(count) for count in range(self.width)]
        self.is_mixed = is_mixed
        self._faults: list[IssueLine] = []
        self.early_ends = 0
        self.stray: Counter[int] = Counter()
        self.spaced: Counter[int] = Counter()

    def fit(self, record: Record) -> Row | None:
        """Return the row, None for a blank one and for what is no record."""
        row, cells, damage, _, spaced = record
        if spaced or (self.is_mixed and not "".join(cells).isascii()):
            cells = self._mend(cells, spaced)
        if len(cells) == self.width and damage is Damage.NONE and cells[0].isdigit():
            return (row, *[cells[place] for place in self.places])
        if is_blank(cells) or self._is_no_record(row, cells, damage):
            return None
        return (row, *self._fit_odd(row, cells, damage))

    def take_faults(self) -> pl.DataFrame:
        """Return the faults of rows, shaped as FAULTS, that have come since this was last asked."""
        taken, self._faults = self._faults, []
        return issues_of(taken)

    def notices(self) -> list[ReadingIssue]:
        """Return what is to be said once for all rows."""
        notices = [
            ReadingIssue(
                code, words={"column": self.names[place], "count": f"{count:,} value{'' if count == 1 else 's'}"}
            )
            for code, counted in (("FILE014", self.stray), ("FILE027", self.spaced))
            for place, count in sorted(counted.items())
            if place in self.names
        ]
        if self.early_ends:
            rows = "1 row ends" if self.early_ends == 1 else f"{self.early_ends:,} rows end"
            notices.append(ReadingIssue("FILE024", words={"count": rows}))
        return notices

    def _mend(self, cells: list[str], spaced: tuple[int, ...]) -> list[str]:
        mended = [mend_stray_bytes(cell) for cell in cells] if self.is_mixed else cells
        self.stray.update(place for place, cell in enumerate(cells) if mended[place] != cell)
        self.spaced.update(spaced)
        return mended

    def _is_no_record(self, row: int, cells: list[str], damage: Damage) -> bool:
        if damage is not Damage.NONE:
            return False
        if is_header(cells, self.folded_names):
            self._faults.append(issue_line(row, "FILE025"))
            return True
        if is_footer(cells):
            self._faults.append(issue_line(row, "FILE026", text=show_row(cells)))
            return True
        return False

    def _fit_odd(self, row: int, cells: list[str], damage: Damage) -> list[str | None]:
        fitted: list[str | None] = list(cells)
        if fault := self._fault(row, cells, damage):
            self._faults.append(fault)
            fitted += [None] * (self.width - len(cells))
        elif len(cells) < self.width:
            self.early_ends += 1
            fitted += [""] * (self.width - len(cells))
        return [fitted[place] for place in self.places]

    def _fault(self, row: int, cells: list[str], damage: Damage) -> IssueLine | None:
        """Return what is wrong with the row as a whole."""
        count = len(cells)
        if damage is not Damage.NONE:
            return issue_line(row, damage.value)
        if count > self.width and not is_blank(cells[self.width :]):
            return issue_line(row, "FILE021", count=count, width=self.width)
        if count > self.usual_count:
            return issue_line(row, "FILE028", count=count, width=self.width)
        if missing := self.missing(count):
            return issue_line(row, "FILE020", count=count, width=self.width, column=missing)
        return None

    def missing(self, count: int) -> str | None:
        """Return the first column that a row of so many cells must have and has not, None where there is none."""
        return self._missing[count] if count < self.width else None

    def _first_missing(self, count: int) -> str | None:
        return next((self.names[place] for place in range(count, self.width) if place not in self.may_be_missing), None)
