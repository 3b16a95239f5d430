"""Looks up the slices of a file: what is stored about each row. Runs one slice ahead of the row checks."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import polars as pl

from tidegate.core.checking.focus import Focus
from tidegate.core.checking.parse_stage import ParsedSlice
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.lookup_settings import CodeLookup, SchoolLookup
from tidegate.core.lookups.join import LookupJoin, student_column
from tidegate.core.lookups.lost_zeros import restore_lost_zeros, short_numbers
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence, day_order_context
from tidegate.core.parsing.repairs import Repair, change
from tidegate.core.reading.issue import issues_of
from tidegate.core.reference.tables import ReferenceData


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
        wanted: Collection[str] | None,
        dates: DayOrderEvidence,
        day_order: DayOrder | None,
    ) -> None:
        """Prepare the look-ups of a file.

        Args:
            layout: The file type's layout in the school year.
            tables: The state's reference data.
            focus: What the file is checked for; rules read it as `context(...)`.
            wanted: The columns that somebody reads afterwards; None for all.
            dates: Gathers what the dates say about the order of day and month.
            day_order: That order, where a first pass over the file has found it; None in the first pass.
        """
        self._layout = layout
        self._tables = tables
        self._focus = focus
        self._join = LookupJoin(layout, tables, focus.school_year, wanted=wanted)
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
        rows, restored = restore_lost_zeros(part.rows, self._layout, self._tables, self._focus.school_year)
        self._dates.add(part.day_orders, part.days_seen)
        self._applied_day_orders.add(self.day_order)
        context = [*_context(self._focus), *day_order_context(self._layout, self.day_order)]
        rows = self._join.join(rows).with_columns(context)
        zeros = [change("CELL120", column, numbers) for column, numbers in restored.items()]
        read = (each for each in part.repairs if each.orders not in self.day_order.questioned)
        repairs = [*read, *zeros, *_found_under_other_zeros(rows, self._layout)]
        return replace(part, rows=rows, repairs=repairs, stored_records=self._join.beside())


def _context(focus: Focus) -> list[pl.Expr]:
    """Return the facts of the upload, which rules speak of as `context(...)`."""
    return [
        pl.lit(focus.school_year.first_day).alias("context.first_day"),
        pl.lit(focus.school_year.last_day).alias("context.last_day"),
        pl.lit(focus.organization_id, dtype=pl.Int32).alias("context.organization_id"),
        pl.lit(focus.organization_name).alias("context.organization_name"),
    ]


def _found_under_other_zeros(rows: pl.DataFrame, layout: Layout) -> list[Repair]:
    """Return the repairs of the columns whose look-up has found an ID or a code with other zeros than it is written."""
    repairs = []
    for name, find in layout.stored.items():
        if isinstance(find, SchoolLookup):
            read = rows.lazy().filter(pl.col(f"{name}.read_as").is_not_null())
            found = read.select(pl.col(f"{find.by}:value"), pl.col(f"{name}.read_as").alias("meant")).collect()
        elif isinstance(find, CodeLookup):
            read = rows.lazy().filter(pl.col(f"{name}.mended"))
            found = read.select(pl.col(f"{find.by}:value"), pl.col(f"{name}.code").alias("meant")).collect()
        else:
            continue
        has_more = found[f"{find.by}:value"].str.len_chars() > found["meant"].str.len_chars()
        by_code = {"CELL117": found["meant"].filter(has_more), "CELL120": found["meant"].filter(~has_more)}
        repairs += [change(code, find.by, meant) for code, meant in by_code.items() if not meant.is_empty()]
    return repairs
