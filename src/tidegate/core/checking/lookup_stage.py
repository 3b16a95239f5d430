"""Looks up the slices of a file: what is stored about each row. Runs one slice ahead of the row checks."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import polars as pl

from tidegate.core.checking.focus import Focus
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.lookups.join import LookupJoin, student_column
from tidegate.core.lookups.student import short_numbers
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence, day_order_context
from tidegate.core.parsing.parse import ParsedSlice
from tidegate.core.parsing.repairs import change
from tidegate.core.reading.issue import issues_of
from tidegate.core.reference.source import ReferenceData


class LookupStage:
    """Looks up the slices of one file, in order.

    Everything that it holds belongs to the thread that calls `look_up`; `day_order` and `is_settled` are for the other
    thread once the last slice is through.
    """

    def __init__(
        self,
        layout: Layout,
        tables: ReferenceData,
        focus: Focus,
        *,
        needed: Collection[str] | None,
        dates: DayOrderEvidence,
        day_order: DayOrder | None,
    ) -> None:
        """Prepare the look-ups of a file.

        Args:
            layout: The file type's layout in the school year.
            tables: The state's reference data.
            focus: What the file is checked for; rules read it as `context(...)`.
            needed: The columns that somebody reads afterwards; None for all.
            dates: Gathers what the dates say about the order of day and month.
            day_order: That order, where a first pass over the file has found it; None in the first pass.
        """
        self._layout = layout
        self._tables = tables
        self._focus = focus
        self._join = LookupJoin(layout, tables, focus.school_year, needed=needed)
        self._dates = dates
        self._known_day_order = day_order
        self._applied_day_orders: set[DayOrder] = set()

    @property
    def day_order(self) -> DayOrder:
        """The order of the file's dates, as far as the slices so far tell."""
        return self._dates.order() if self._known_day_order is None else self._known_day_order

    @property
    def is_settled(self) -> bool:
        """Whether every slice was looked up with the order of dates that all of them together tell."""
        return self._applied_day_orders <= {self.day_order}

    def expect_students(self, *, is_refused: bool) -> None:
        """Let the reference data be read ahead, where rows name students."""
        if not is_refused and student_column(self._layout):
            self._tables.expect_students(self._focus.school_year)

    def lock_students(self, slices: Iterator[ParsedSlice]) -> Iterator[ParsedSlice]:
        """Yield the slices. Where the reference data locks students, all of the file's are locked before the first."""
        by = student_column(self._layout)
        if not by or not self._tables.is_locking:
            yield from slices
            return
        digits = self._layout.columns[by].type
        assert isinstance(digits, Digits)
        rows, issues, others = SpillBuffer(), SpillBuffer(), []
        for part in slices:
            numbers = [part.rows[f"{by}:value"], short_numbers(part.rows, of=digits, by=by)["number"]]
            self._tables.note_students(pl.concat([each.cast(pl.UInt32).alias(by) for each in numbers]))
            rows.add(part.rows)
            issues.add(part.issues)
            others.append(replace(part, rows=part.rows.clear(), issues=issues_of()))
        self._tables.lock_noted()
        for kept, found, part in zip(rows, issues, others, strict=True):
            yield replace(part, rows=kept, issues=found)

    def look_up(self, part: ParsedSlice) -> ParsedSlice:
        """Return a slice with everything that is stored about its rows."""
        self._dates.add(part.day_orders, part.days_seen)
        self._applied_day_orders.add(self.day_order)
        context = [*_context(self._focus), *day_order_context(self._layout, self.day_order)]
        joined = self._join.join(part.rows)
        read = (each for each in part.repairs if each.orders not in self.day_order.questioned)
        repairs = [*read, *(change(*values) for values in joined.read_as)]
        rows = joined.rows.with_columns(context)
        return replace(part, rows=rows, repairs=repairs, stored_records=self._join.stored_records())


def _context(focus: Focus) -> list[pl.Expr]:
    """Return the facts of the upload, which rules speak of as `context(...)`."""
    return [
        pl.lit(focus.school_year.first_day).alias("context.first_day"),
        pl.lit(focus.school_year.last_day).alias("context.last_day"),
        pl.lit(focus.organization_id, dtype=pl.Int32).alias("context.organization_id"),
        pl.lit(focus.organization_name).alias("context.organization_name"),
    ]
