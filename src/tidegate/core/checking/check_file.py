"""Checks a file: from its path to everything that was found."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from tidegate.core.checking.check_result import CheckResult, in_log_order
from tidegate.core.checking.cross_row import CrossRowChecker
from tidegate.core.checking.focus import Focus
from tidegate.core.checking.parsed_slices import parsed_slices
from tidegate.core.checking.records_on_file import FindLoadedBefore, RecordsOnFile
from tidegate.core.checking.slice_checks import SliceChecks
from tidegate.core.frames.prefetch import prefetch
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.layout import Layout
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence
from tidegate.core.parsing.written_blanks import WrittenBlanks
from tidegate.core.reading.fix_file import is_fix_file
from tidegate.core.reading.fix_file_notes import days_in_doubt
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.reading.read_file import Reading, read_in_slices
from tidegate.core.reference.tables import ReferenceData
from tidegate.core.rules.catalogue import reading_rules
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.finding import findings_of_issues
from tidegate.core.rules.rule import RowRule
from tidegate.core.suggestions.suggest_for_header import suggest_for_header


def check(  # noqa: PLR0913 - each is a fact of its own
    path: Path,
    layout: Layout,
    rules: Sequence[RowRule],
    *,
    focus: Focus,
    tables: ReferenceData,
    others: Collection[Layout] = (),
    limits: Limits = NO_LIMITS,
    keeps: Collection[str] | None = None,
    when_judged: Callable[[int], None] = lambda _row_count: None,
    loaded_before: FindLoadedBefore | None = None,
) -> CheckResult:
    """Return what is wrong with the file at `path`, all in one pass. Never raises for what the file holds.

    `rules` are the file type's own; the built-in ones are added. `others` are all layouts, to recognise a file that
    was sent as the wrong type. `keeps` names the columns of the rows that are wanted afterwards, to be loaded; without
    it they are all kept. The file is judged in slices, and `when_judged` is called after each with the number of rows
    that were judged so far. `loaded_before` finds what a fix file adds to; `keeps` then has the columns that the layout
    names under `on_file`. Errors: a Refusal where the stored tables cannot be read.
    """
    layout = layout.in_year(focus.school_year)
    day_order: DayOrder | None = None
    blanks = WrittenBlanks(layout)
    while True:
        reading = read_in_slices(path, layout, others=others, limits=limits)
        dates = DayOrderEvidence(layout, days_in_doubt(path, layout) if is_fix_file(reading.names) else frozenset())
        judge = SliceChecks(
            layout, rules, focus=focus, tables=tables, keeps=keeps, dates=dates, limits=limits, day_order=day_order
        )
        slices = map(judge.look_up, parsed_slices(reading, layout, focus.school_year, tables, blanks=blanks))
        for part in slices if tables.is_bound_to_a_thread else prefetch(slices):
            judge.judge(part)
            if judge.finds_much:
                reading.take_less()
            when_judged(judge.row_count)
        if reading.is_refused:
            return _refused(reading, layout, judge)
        if judge.is_settled and blanks.is_settled:
            break
        # a later slice has told how the dates or the blanks of an earlier one are to be read
        day_order, blanks = judge.day_order, blanks.again()
    checked = judge.finish(reading.faults, _records_on_file(judge, loaded_before, is_fix=is_fix_file(reading.names)))
    return replace(checked, column_places=reading.positions)


def _records_on_file(judge: SliceChecks, find_before: FindLoadedBefore | None, *, is_fix: bool) -> RecordsOnFile | None:
    """Return what is on file of the file's groups; None where the file has none. It is None as well where nobody can
    say what a fix file adds to: without that, lines that the corrected upload has loaded would seem to be left out."""
    layout, before = judge.layout, None
    if layout.on_file is None or not judge.row_count or (is_fix and find_before is None):
        return None
    if is_fix and find_before is not None:
        before = find_before(judge.rows([ROW, *layout.on_file.columns]))
    return RecordsOnFile(
        layout, layout.on_file, tables=judge.tables, school_year=judge.focus.school_year, before=before
    )


def _refused(reading: Reading, layout: Layout, judge: SliceChecks) -> CheckResult:
    findings = findings_of_issues(reading.faults, reading_rules())
    findings = suggest_for_header(in_log_order(findings, layout), reading.names, layout)
    noted = judge.noted if reading.has_no_rows else SpillBuffer()
    return CheckResult(layout, findings, CrossRowChecker((), layout), noted=noted, is_refused=True)
