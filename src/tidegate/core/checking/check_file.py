"""Checks a file: from its path to everything that was found."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl
from msgspec.structs import replace

from tidegate.core.checking.cause_collector import CauseCollector
from tidegate.core.checking.check_result import (
    STUDENTS_PER_QUESTION,
    CheckResult,
    FindLoadedBefore,
    FixFileData,
    LoadedBefore,
    refused,
    sum_up,
    without_equals,
)
from tidegate.core.checking.cross_row import CrossRowChecker
from tidegate.core.checking.focus import Focus
from tidegate.core.checking.line_plan import PlanSettings
from tidegate.core.checking.line_planner import LinePlanner
from tidegate.core.checking.orphaned_lines import EnrollmentsOnFile, with_orphaned_lines
from tidegate.core.checking.resting_line_finder import resting_line_finder
from tidegate.core.checking.stages import LookupStage, RowChecks
from tidegate.core.checking.suggestion_collector import SuggestionCollector
from tidegate.core.frames.spill import prefetch
from tidegate.core.layouts.layout import Layout, OnFile
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.code import optional_codes
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence
from tidegate.core.parsing.fix_file_notes import days_in_doubt
from tidegate.core.parsing.parse import ParsedSlice, Parser, parse_slices
from tidegate.core.parsing.repairs import WrittenBlanks
from tidegate.core.reading.header import is_fix_file
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.reading.read_file import Reading, read_in_slices
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.stored_lines import LINE_ID, UPLOAD_ID, line_table
from tidegate.core.rules.catalogue import askable, rule_set
from tidegate.core.rules.expressions import HAS_CHANGED, ROW, STAYS, UPLOAD
from tidegate.core.rules.rule import RowRule


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
        corrected: FixFileData | None = None,
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

    def _as_compared(self, corrected: FixFileData) -> FixFileData:
        rows, before = corrected.rows.select(map(self._as_stored, self._columns)), corrected.before
        if before is None:
            return FixFileData(rows, None)
        loaded = before.rows.select(map(self._as_stored, self._columns))
        unsettled = before.unsettled.cast(self._lines.schema[self._student], strict=False)
        return FixFileData(rows, LoadedBefore(loaded, before.since, unsettled.drop_nulls().unique()))

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


def check(  # noqa: PLR0913 - each is a fact of its own
    path: Path,
    layout: Layout,
    rules: Sequence[RowRule],
    *,
    focus: Focus,
    tables: ReferenceData,
    others: Iterable[Layout] = (),
    limits: Limits = NO_LIMITS,
    keeps: Collection[str] | None = None,
    on_progress: Callable[[int], None] = lambda _row_count: None,
    loaded_before: FindLoadedBefore | None = None,
    plan: PlanSettings | None = None,
) -> CheckResult:
    """Return what is wrong with the file at `path`. What the file holds never raises an exception.

    Slice by slice, read and parse run ahead in one thread, look up in a second; the row checks run in
    the calling one. The rules that compare rows are asked at the end. A file is read a second time only if a
    later slice shows that dates or blanks of an earlier one have another meaning.

    Args:
        path: The file.
        layout: The file type's layout, of all years.
        rules: The file type's own rules; the built-in ones are added.
        focus: The school year and the organization.
        tables: The state's reference data: a folder's or the database's.
        others: All layouts, to recognise a file that was sent as the wrong type, and to know the lines that
            rest on this one's.
        limits: Bounds of size, and how much is kept in memory.
        keeps: The columns of the rows that are wanted afterwards, to be loaded; None for all. With
            `loaded_before` it has the columns that the layout names under `on_file`.
        on_progress: Called after each slice with the number of rows checked so far.
        loaded_before: Finds what the upload that a fix file corrects has loaded.
        plan: Asks for the plan of what the good rows do to the lines on file, with what the sender says about
            lines that the file leaves out. `keeps` then has the columns that the layout names under `on_file`.

    Raises:
        Refusal: The reference data cannot be read.
    """
    layout = layout.in_year(focus.school_year)
    all_rules, not_asked, tables = askable(rule_set(layout, rules, focus.school_year), layout, tables)
    needed = None if keeps is None else {*all_rules.columns_needed(), *keeps, *layout.group}
    day_order: DayOrder | None = None
    blanks = WrittenBlanks(layout, optional_codes(layout, tables, focus.school_year))
    while True:
        # Read: bytes become text columns. Parse: texts become values. Look up: what is stored about each row.
        reading = read_in_slices(path, layout, others=others, limits=limits)
        is_fix = is_fix_file(reading.names)
        dates = DayOrderEvidence(layout, focus.school_year, days_in_doubt(path, layout) if is_fix else None)
        lookups = LookupStage(layout, tables, focus, needed=needed, dates=dates, day_order=day_order)
        parser = Parser(layout, focus.school_year, is_fix_file=is_fix, blanks=blanks)
        parsed = parse_slices(iter(reading.slices), parser)
        looked_up = map(lookups.look_up, lookups.of_students(parsed, is_refused=reading.has_ended))

        # Check rows: each by itself, while the next slice is looked up.
        cross_row = CrossRowChecker(
            all_rules.of_rows,
            layout,
            limits,
            planner=_planner(layout, plan, focus, is_fix=is_fix, is_alone=is_fix and loaded_before is None),
        )
        suggestions = SuggestionCollector(layout, tables, focus.school_year)
        causes = CauseCollector(layout, cross_row.rules)
        row_checks = RowChecks(
            layout,
            all_rules,
            keeps=None if keeps is None else {*keeps, *cross_row.shown()},
            suggestions=suggestions,
            causes=causes,
        )
        slices = looked_up if tables.is_bound_to_a_thread else prefetch(looked_up)
        _check_rows(slices, row_checks, cross_row, reading=reading, on_progress=on_progress)
        if reading.end.is_refused:
            return refused(layout, reading, row_checks, causes)
        if lookups.is_settled and blanks.is_settled:
            lookups.forget()
            break
        day_order, blanks = lookups.day_order, blanks.again()

    # Check across rows: with each other and with what is on file. Suggest what was meant. Sum up.
    on_file = _records_on_file(
        row_checks, layout, tables, focus, loaded_before, is_fix=is_fix, wants_all=plan is not None
    )
    enrollments = _enrollments(layout, others, tables, focus)
    cross_row.check(
        causes,
        None if on_file is None else on_file.of,
        None if enrollments is None else enrollments.find_resting,
    )
    answers = suggestions.answers(exchange := dates.exchange())
    return _with_orphaned_lines(
        replace(
            sum_up(layout, reading, row_checks, cross_row, answers, exchange, causes),
            is_fix_file=is_fix,
            is_missing_what_it_corrects=is_fix and not loaded_before and layout.groups_on_file is not None,
            plan=cross_row.plan(tables, focus.school_year),
            not_asked=not_asked,
        ),
        all_rules.of_rows,
        enrollments,
    )


def _check_rows(
    slices: Iterator[ParsedSlice],
    row_checks: RowChecks,
    cross_row: CrossRowChecker,
    *,
    reading: Reading,
    on_progress: Callable[[int], None],
) -> None:
    """Check the rows of all slices, each by itself; the last slice is forgotten at the end.

    Args:
        slices: The slices, with the results of all look-ups.
        row_checks: Checks each row by itself.
        cross_row: Takes the rows for the checks between rows.
        reading: Is asked for smaller slices where there are many findings.
        on_progress: Is told the number of rows checked so far.
    """
    for part in slices:
        for checked in row_checks.check(part):
            cross_row.add(checked)
            del checked
        del part  # not held while the next slice is looked up
        if row_checks.finds_much:
            reading.take_less()
        on_progress(row_checks.row_count)
    row_checks.end()


def _with_orphaned_lines(
    result: CheckResult, rules: Iterable[RowRule], enrollments: EnrollmentsOnFile | None
) -> CheckResult:
    """Return what was checked with the lines that its plan leaves without an enrollment, if any can rest on one."""
    return result if enrollments is None else with_orphaned_lines(result, rules, enrollments)


def _enrollments(
    layout: Layout, others: Iterable[Layout], tables: ReferenceData, focus: Focus
) -> EnrollmentsOnFile | None:
    """Return where to ask about lines that rest on the file's; None where none do.

    Args:
        layout: The layout of the school year.
        others: All layouts, to know the lines that rest on this one's.
        tables: The state's reference data.
        focus: What the file is checked for.
    """
    if not layout.resting or layout.on_file is None:
        return None
    find = resting_line_finder(layout, others, tables=tables, school_year=focus.school_year)
    return EnrollmentsOnFile(line_table(layout, layout.on_file), tables, focus.school_year, find)


def _planner(
    layout: Layout, plan: PlanSettings | None, focus: Focus, *, is_fix: bool, is_alone: bool
) -> LinePlanner | None:
    """Return what makes the plan; None where nobody asks for it or no lines are stored.

    Args:
        layout: The layout of the school year.
        plan: What was asked for; None for no plan.
        focus: What the file is checked for.
        is_fix: Whether the file is a fix file, which never speaks of students whom it does not name.
        is_alone: Whether it is unknown what the file, a fix file, adds to. It has no plan then.
    """
    if plan is None or layout.on_file is None or is_alone:
        return None
    return LinePlanner(layout, replace(plan, is_fix_file=is_fix), organization_id=focus.organization_id)


def _records_on_file(
    row_checks: RowChecks,
    layout: Layout,
    tables: ReferenceData,
    focus: Focus,
    find_before: FindLoadedBefore | None,
    *,
    is_fix: bool,
    wants_all: bool,
) -> RecordsOnFile | None:
    """Return the stored records of the file's groups, or all of its students' ones.

    Args:
        row_checks: Has the rows of the file.
        layout: The layout of the school year.
        tables: The state's reference data.
        focus: What the file is checked for.
        find_before: Finds what the upload that a fix file corrects has loaded.
        is_fix: Whether the file is a fix file.
        wants_all: Whether the records are planned with.

    Returns:
        The records; None if nobody compares rows with them. It is also None for a fix file if the upload
        that it corrects is unknown: lines that this upload has loaded would seem to be missing.
    """
    corrected = None
    on_file = layout.on_file if wants_all else layout.groups_on_file
    if on_file is None or not row_checks.row_count or (is_fix and find_before is None):
        return None
    if is_fix and find_before is not None:
        rows = row_checks.rows([ROW, *on_file.columns])
        corrected = FixFileData(rows, find_before(rows))
    return RecordsOnFile(
        layout, on_file, tables=tables, school_year=focus.school_year, corrected=corrected, wants_all=wants_all
    )
