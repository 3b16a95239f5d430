"""Finds the lines on file of a file's students, and sets the rows beside them, for the rules that compare both."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import polars as pl

from tidegate.core.checking.line_plan import PlanCandidate
from tidegate.core.checking.line_planner import LinePlanner
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout, OnFile
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.stored_lines import LINE_ID, UPLOAD_ID, line_table
from tidegate.core.rules.expressions import AT, HAS_CHANGED, MAY_BE_ANOTHERS, ROW, STAYS, UPLOAD, before_column
from tidegate.core.rules.rule import FileRule

# Largest number of students whose records are asked for at once. Few records are kept.
STUDENTS_PER_QUESTION = 50_000
_ORDINAL = "ordinal"


class LoadedBefore(NamedTuple):
    """What the upload that a fix file corrects has loaded of the fix file's students.

    Attributes:
        rows: The rows that it, its other corrections and those that it corrects itself have loaded, with the layout's
            values and look-ups.
        since: The ID of the first of these uploads. What has a higher one, and is not among the rows, came since.
        unsettled: The students of whom more rows of it have errors that nobody has corrected yet.
    """

    rows: pl.DataFrame
    since: int
    unsettled: pl.Series


class Corrected(NamedTuple):
    """The rows of a fix file, and what was loaded before of their students: None if nobody knows what it corrects."""

    rows: pl.DataFrame
    before: LoadedBefore | None


FindLoadedBefore = Callable[[pl.DataFrame], LoadedBefore | None]
"""Takes the rows of a fix file, and returns what the upload that it corrects has loaded of their
students; None if there is no such upload."""


def without_equals(rows: pl.DataFrame, others: pl.DataFrame, *, on: Sequence[str]) -> pl.DataFrame:
    """Return `rows` without one equal row for each of `others`; rows are equal that agree in the columns `on`."""
    content = [*on, _ORDINAL]
    number = pl.int_range(pl.len()).over(*on).alias(_ORDINAL)
    rows, others = rows.with_columns(number), others.select(*on, number)
    return rows.join(others, on=content, how="anti", nulls_equal=True, maintain_order="left").drop(_ORDINAL)


class RecordsOnFile:
    """The stored records of a file's groups.

    A fix file is checked together with what it corrects. So what the corrected upload has loaded is
    left out. If that is no longer on file, or the group has got another line since, the group has
    changed, and has all of its records.
    """

    def __init__(
        self,
        layout: Layout,
        on_file: OnFile,
        *,
        tables: ReferenceData,
        school_year: SchoolYear,
        corrected: Corrected | None = None,
        wants_all: bool = False,
    ) -> None:
        """Prepare the look-up of stored records.

        Args:
            layout: The layout of the school year.
            on_file: What the layout says about them.
            tables: The state's reference data.
            school_year: The school year.
            corrected: What a fix file has, and what it corrects; None for any other file.
            wants_all: Whether a record is wanted that is the only one of its group.
        """
        self._columns, self._student = list(on_file.columns), on_file.student
        self._lines = line_table(layout, on_file)
        self._group, self._key = list(layout.group), list(layout.key)
        self._tables = tables
        self._school_year = school_year
        self._corrected = None if corrected is None else self._as_compared(corrected)
        self._wants_all = wants_all or (corrected is not None and corrected.before is not None)

    def _as_compared(self, corrected: Corrected) -> Corrected:
        rows, before = corrected.rows.select(map(self._as_stored, self._columns)), corrected.before
        if before is None:
            return Corrected(rows, None)
        loaded = before.rows.select(map(self._as_stored, self._columns))
        unsettled = before.unsettled.cast(self._lines.schema[self._student], strict=False)
        return Corrected(rows, LoadedBefore(loaded, before.since, unsettled.drop_nulls().unique()))

    def _as_stored(self, name: str) -> pl.Expr:
        """Return a column in the type of the records; a blank text is an empty string."""
        dtype = self._lines.schema[name]
        column = pl.col(name).cast(dtype, strict=False)
        return column.fill_null("") if dtype == pl.String else column

    def of(self, students: pl.Series) -> Iterator[pl.DataFrame]:
        """Yield the records of these students under the rows' names, with UPLOAD, HAS_CHANGED and STAYS.

        Each part has all records of its students.
        """
        for some in students.sort().to_frame().iter_slices(STUDENTS_PER_QUESTION):
            # a file has fewer lines only where there are several, but what is corrected may be a single one
            only_several = not self._wants_all
            asked = some.to_series()
            records = self._tables.lines(self._lines, asked, self._school_year, only_several=only_several)
            records = records.rename({UPLOAD_ID: UPLOAD})
            if not records.is_empty():
                yield self._marked(records)

    def _marked(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the records with HAS_CHANGED and STAYS; where a fix file corrects what is known, without those that
        were loaded before."""
        if self._corrected is None or self._corrected.before is None:
            # nobody knows which of these the fix file adds to
            stays = pl.lit(self._corrected is not None)
            return records.with_columns(pl.lit(False).alias(HAS_CHANGED), stays.alias(STAYS))
        rows, before = self._corrected.rows, self._corrected.before
        came = (pl.col(UPLOAD) > before.since).fill_null(False)
        if self._key:
            marked = records.join(before.rows, on=self._key, how="anti", maintain_order="left")
            marked = marked.with_columns(pl.lit(False).alias(HAS_CHANGED))
        else:
            # of equal lines the oldest is the one that was loaded before
            marked = self._with_changed_groups(records.sort(LINE_ID), rows, before.rows, came)
        is_unsettled = pl.col(self._student).is_in(before.unsettled.implode())
        return marked.with_columns((pl.col(HAS_CHANGED) | came | is_unsettled).alias(STAYS))

    def _with_changed_groups(
        self, records: pl.DataFrame, rows: pl.DataFrame, before: pl.DataFrame, came: pl.Expr
    ) -> pl.DataFrame:
        """Return all records of the groups that have changed, and of the others those that were not loaded before.

        Args:
            records: The records of some students.
            rows: The rows of the fix file. A line that one of them repeats is no change.
            before: What was loaded before.
            came: Whether a record has come since.
        """
        of_students = before.join(records, on=self._student, how="semi")
        gone = without_equals(of_students, records, on=self._columns)
        others = without_equals(records, before, on=self._columns)
        come = without_equals(others.filter(came), rows, on=self._columns)
        changed = pl.concat([gone.select(self._group), come.select(self._group)]).unique()
        of_changed = records.join(changed, on=self._group, how="semi", maintain_order="left")
        others = others.join(changed, on=self._group, how="anti", maintain_order="left")
        return pl.concat(
            [
                of_changed.with_columns(pl.lit(True).alias(HAS_CHANGED)),
                others.with_columns(pl.lit(False).alias(HAS_CHANGED)),
            ]
        )


class RowsOfPartition(NamedTuple):
    """The rows of a partition with stored records below them.

    `ended` has the keys of stored records that end although no row has them, each with the row that changes it (AT) or
    null; it is None where there are none.
    """

    rows: pl.DataFrame
    ended: pl.DataFrame | None = None


def with_compared_records(
    kept: pl.DataFrame,
    records: pl.DataFrame,
    candidate: PlanCandidate,
    *,
    layout: Layout,
    rules: Sequence[FileRule],
    planner: LinePlanner | None,
) -> RowsOfPartition:
    """Return rows as the rules compare them with the lines on file.

    Args:
        kept: The rows of a partition.
        records: All lines on file of their students.
        candidate: The plan of the partition if no further row has an error.
        layout: The layout of the school year.
        rules: The rules across rows.
        planner: Plans what the rows do to the lines on file; None where nobody asked.
    """
    together = _with_more_on_file(kept, records, layout=layout, rules=rules, planner=planner)
    if not candidate.may_be_anothers.is_empty():
        together = together.with_columns(pl.col(AT).is_in(candidate.may_be_anothers.implode()).alias(MAY_BE_ANOTHERS))
    stored = layout.stored_records
    if stored is None or candidate.ended.is_empty():
        return RowsOfPartition(together)
    ended = candidate.ended.join(records, on=LINE_ID, how="inner").select(AT, *stored.key)
    return RowsOfPartition(together, ended.cast({name: kept.schema[name] for name in stored.key}))


def _with_more_on_file(
    kept: pl.DataFrame,
    records: pl.DataFrame,
    *,
    layout: Layout,
    rules: Sequence[FileRule],
    planner: LinePlanner | None,
) -> pl.DataFrame:
    """Return the rows with stored records below them: of each group that has changed, and of each group with more
    records than rows while the sender has not chosen what becomes of the others.

    Args:
        kept: The rows of a partition.
        records: All lines on file of their students.
        layout: The layout of the school year.
        rules: The rules across rows.
        planner: Plans what the rows do to the lines on file; None where nobody asked.
    """
    group = list(layout.group)
    if not group:
        return kept
    rows = kept.lazy().filter(pl.col(ROW).is_not_null()).drop_nulls(group)
    has_choice = pl.lit(False) if planner is None else planner.options.is_chosen()
    counted = rows.group_by(group).agg(pl.len().alias("in_file"), has_choice.alias("has_choice")).collect()
    waits = ~pl.col("has_choice")
    if planner is not None:
        records, waits = planner.may_belong(records), waits | planner.is_doubtful
    records = _shaped_as(kept, records, rules).join(counted, on=group, how="inner")
    is_more = ((pl.len().over(group) > pl.col("in_file")) & waits) | pl.col(HAS_CHANGED)
    more = records.filter(is_more).drop("in_file", "has_choice")
    return kept if more.is_empty() else pl.concat([kept, more], how="diagonal")


def _shaped_as(kept: pl.DataFrame, records: pl.DataFrame, rules: Sequence[FileRule]) -> pl.DataFrame:
    """Return records with the derived columns of the rules, in the types of the rows."""
    derived = {name: expression for rule in rules for name, expression in rule.derived_columns().items()}
    has = set(records.columns)
    known = {name: each for name, each in derived.items() if has.issuperset(each.meta.root_names())}
    records = records.with_columns(**known)
    return records.cast({name: kept.schema[name] for name in records.columns if name in kept.columns})


def as_texts(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return rows whose texts, kept as numbers and categories, are texts again, as in the examples of a rule."""
    numbers = {
        named: column.type
        for name, column in layout.columns.items()
        if isinstance(column.type, Digits)
        for named in (f"{name}:value", before_column(f"{name}:value"))
        if named in rows.columns and rows.schema[named].is_integer()
    }
    return rows.with_columns(
        pl.col(pl.Categorical).cast(pl.String), *(of.digits(pl.col(name)) for name, of in numbers.items())
    )
