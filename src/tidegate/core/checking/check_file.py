"""Checks a file: from its path to everything that was found."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tidegate.core.checking.cause_collector import CauseCollector
from tidegate.core.checking.check_result import CheckResult, refused, sum_up
from tidegate.core.checking.compared_records import Corrected, FindLoadedBefore, RecordsOnFile
from tidegate.core.checking.cross_row import CrossRowChecker
from tidegate.core.checking.focus import Focus
from tidegate.core.checking.line_plan import PlanSettings
from tidegate.core.checking.line_planner import LinePlanner
from tidegate.core.checking.orphaned_lines import EnrollmentsOnFile, with_orphaned_lines
from tidegate.core.checking.resting_line_finder import resting_line_finder
from tidegate.core.checking.stages import LookupStage, RowChecks
from tidegate.core.checking.suggestion_collector import SuggestionCollector
from tidegate.core.frames.spill import prefetch
from tidegate.core.layouts.layout import Layout
from tidegate.core.lookups.code import optional_codes
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence
from tidegate.core.parsing.fix_file_notes import days_in_doubt
from tidegate.core.parsing.parse import ParsedSlice, Parser, parse_slices
from tidegate.core.parsing.repairs import WrittenBlanks
from tidegate.core.reading.header import is_fix_file
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.reading.read_file import Reading, read_in_slices
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.stored_lines import line_table
from tidegate.core.rules.catalogue import askable, rule_set
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import RowRule


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
        corrected = Corrected(rows, find_before(rows))
    return RecordsOnFile(
        layout, on_file, tables=tables, school_year=focus.school_year, corrected=corrected, wants_all=wants_all
    )
