"""The result of a check, slice by slice: a million findings need no more memory than a thousand."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.checking.cause_collector import CauseCollector
from tidegate.core.checking.cross_row import CrossRowChecker
from tidegate.core.checking.line_plan import LinePlan
from tidegate.core.checking.stages import RowChecks
from tidegate.core.checking.suggestion_collector import NotedFindings
from tidegate.core.checking.wide_findings import WideFindings
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.layout import Layout
from tidegate.core.parsing.exchanged_days import Exchange
from tidegate.core.parsing.repairs import change
from tidegate.core.reading.read_file import Reading
from tidegate.core.rules.catalogue import notices_of_changes, reading_rules
from tidegate.core.rules.cause import MAX_ROWS_LISTED, Cause, stage_of
from tidegate.core.rules.expressions import AT, ROW, ROW_IS_BAD
from tidegate.core.rules.finding import FINDINGS, all_worded, findings_of_issues, no_findings, without_nul
from tidegate.core.rules.rule import FileRule, Severity
from tidegate.core.suggestions.suggest_for_header import pair_columns
from tidegate.core.suggestions.suggestion import Suggestions

# So many findings are put together at once; of a slice with more of them, those about so many rows.
_MAX_FINDINGS_PER_PIECE, _MAX_ROWS_PER_PIECE = 30_000, 20_000


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


class FixFileData(NamedTuple):
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


class CheckResult(msgspec.Struct, frozen=True, dict=True):
    """What a check found.

    Attributes:
        of_file: The findings about the file and its header.
        noted: The findings about each row by itself, by piece.
        rows_kept: The rows, by piece.
        cross_row: The findings across rows.
        answers: The suggestions.
        column_positions: The positions of the layout's columns in the file, from 0.
        causes: The causes, in the order in which they are to be fixed.
        plan: What the good rows do to the lines on file, where somebody asked.
        is_fix_file: Whether the file is a fix file.
        is_missing_what_it_corrects: Whether it is unknown what the upload that a fix file corrects has loaded. The
            rules about lines on file were not asked then.
        not_asked: The codes of the rules that could not be asked, by the name of the file that the reference folder
            lacks.
        is_refused: Whether nothing of the file was read: the findings say why, and the counts are 0.
    """

    layout: Layout
    of_file: pl.DataFrame
    cross_row: CrossRowChecker
    noted: NotedFindings
    rows_kept: SpillBuffer = msgspec.field(default_factory=SpillBuffer)
    answers: Suggestions | None = None
    severities: Counter[str] = msgspec.field(default_factory=Counter)
    is_refused: bool = False
    column_positions: Mapping[str, int] = msgspec.field(default_factory=dict)
    plan: LinePlan | None = None
    is_fix_file: bool = False
    is_missing_what_it_corrects: bool = False
    not_asked: Mapping[str, Sequence[str]] = msgspec.field(default_factory=dict)
    causes: list[Cause] = msgspec.field(default_factory=list)

    @property
    def is_bad(self) -> pl.Series:
        """Whether each row has an error."""
        return self.cross_row.is_bad

    @property
    def row_count(self) -> int:
        """Data rows; blank rows do not count."""
        return self.is_bad.len()

    @property
    def error_count(self) -> int:
        """Rows that are not loaded."""
        return int(self.is_bad.sum())

    @property
    def success_count(self) -> int:
        """Rows that are loaded. `success_count` and `error_count` always add up to `row_count`."""
        return self.row_count - self.error_count

    @property
    def has_findings(self) -> bool:
        """Whether there is any finding."""
        return any(self.severities.values()) or not self.of_file.is_empty()

    @property
    def finding_count(self) -> int:
        """How many findings there are, those about the file included."""
        return sum(self.severities.values()) if self.severities else self.of_file.height

    @property
    def needs_action(self) -> bool:
        """Whether there is anything that somebody should look at: an error or a warning."""
        return self.is_refused or bool(self.severities["error"] or self.severities["warning"])

    def count_of(self, severity: str) -> int:
        """Return how many findings are errors, warnings or notices."""
        return self.severities[severity]

    def findings_in_slices(self, *, suggests: bool = True, words: bool = True) -> Iterator[pl.DataFrame]:
        """Yield the findings, shaped as FINDINGS, in the order of the Result Log; no slice is empty.

        Suggesting takes time. With `suggests=False` the findings about single rows have no suggestions yet (see
        `with_suggestions`) and carry further columns. With `words=False` as well they may lack messages (see
        `all_worded`).
        """
        if not self.of_file.is_empty():
            yield self.of_file
        rows = self.rows_kept if self.cross_row.has_findings else [None] * len(self.noted)
        slices = zip(self.noted.in_slices(self.answers if suggests else None, words=words), rows, strict=True)
        for noted, shown in (piece for part in slices for piece in self._in_pieces(*part)):
            between = [] if shown is None else list(self.cross_row.findings(shown))
            findings = in_log_order(_together(noted, between), self.layout) if between else noted
            if not findings.is_empty():
                yield findings.select(FINDINGS.names()) if suggests else findings

    def findings_to_log(self) -> Iterator[pl.DataFrame | WideFindings]:
        """Yield the findings as `findings_in_slices` does without suggestions and words; where no rule across rows has
        any, some may come in wide form."""
        if self.cross_row.has_findings:
            yield from self.findings_in_slices(suggests=False, words=False)
            return
        yield from (part for part in chain([self.of_file], self.noted.to_log()) if not part.is_empty())

    def _in_pieces(
        self, noted: pl.DataFrame, rows: pl.DataFrame | None
    ) -> Iterator[tuple[pl.DataFrame, pl.DataFrame | None]]:
        """Yield the findings and the rows of a slice: at once or, where there are many findings, some rows at a time.
        Findings across rows count, too."""
        if rows is None or noted.height + self.cross_row.finding_count(rows) <= _MAX_FINDINGS_PER_PIECE:
            yield noted, rows
            return
        firsts = rows[ROW].gather_every(_MAX_ROWS_PER_PIECE)[1:]
        numbers = firsts.search_sorted(noted[ROW].fill_null(0), side="right")
        for number, piece in enumerate(rows.iter_slices(_MAX_ROWS_PER_PIECE)):
            yield noted.filter(numbers == number), piece

    def with_suggestions(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Return a few findings with their suggestions."""
        return findings if self.answers is None else self.answers.joined_to_few(findings)

    def rows_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield all data rows with the columns that the check was asked to keep (texts, values,
        look-ups), and ROW_IS_BAD: whether they have an error."""
        position = 0
        for rows in self.rows_kept:
            yield rows.with_columns(self.is_bad.slice(position, rows.height).alias(ROW_IS_BAD))
            position += rows.height

    def good_rows_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield the rows that are loaded."""
        return (rows.filter(~pl.col(ROW_IS_BAD)).drop(ROW_IS_BAD) for rows in self.rows_in_slices())

    def planned_rows_in_slices(self, *kinds: str) -> Iterator[pl.DataFrame]:
        """Yield the rows that the plan has as one of these kinds, with LINE_ID: the line that a row changes."""
        assert self.plan is not None
        position, is_wanted = 0, self.plan.is_any_of(*kinds)
        for rows in self.rows_kept:
            numbered = rows.with_columns(pl.int_range(position, position + rows.height, dtype=pl.UInt32).alias(AT))
            chosen = numbered.filter(is_wanted.slice(position, rows.height))
            yield chosen.join(self.plan.replaced, on=AT, how="left", maintain_order="left").drop(AT)
            position += rows.height

    def with_finding_of_file(self, finding: pl.DataFrame, cause: Cause) -> "CheckResult":
        """Return the result with one more finding about the file, shaped as FINDINGS, and its cause."""
        return replace(
            self,
            of_file=pl.concat([self.of_file, finding]),
            severities=self.severities + Counter(finding["severity"]),
            causes=sorted([*self.causes, cause], key=lambda each: each.rank),
        )

    def add_findings_of_rows(self, rule: FileRule, found: pl.DataFrame) -> None:
        """Add findings of a rule across rows to this result, and to all that share its `cross_row`. `found` has the
        positions of the rows (AT) and the values for its message. Where it is an error, the rows are bad from now on.
        """
        vars(self).pop("findings", None)  # those that were read before
        numbers = pl.concat([rows[ROW] for rows in self.rows_kept]).gather(found[AT])
        self.cross_row.report(rule, found.drop(AT).insert_column(0, numbers.alias(ROW)).sort(ROW))
        if rule.severity is Severity.ERROR:
            self.cross_row.is_bad = self.cross_row.is_bad.scatter(found[AT], True)
        severity, heading = str(rule.severity), rule.summary.removesuffix(".")
        rows, count = tuple(numbers.sort().head(MAX_ROWS_LISTED)), numbers.len()
        stage = stage_of(rule.code, is_of_file=False)
        cause = Cause(rule.code, severity, stage, heading, rule.columns[:1], row_count=count, rows=rows)
        self.severities[severity] += count
        self.causes.append(cause)
        self.causes.sort(key=lambda each: each.rank)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """All findings at once."""
        return pl.concat([no_findings(), *self.findings_in_slices()])

    @property
    def rows(self) -> pl.DataFrame:
        """All rows at once."""
        return pl.concat(list(self.rows_in_slices()))

    @property
    def good_rows(self) -> pl.DataFrame:
        """All rows that are loaded, at once."""
        return pl.concat(list(self.good_rows_in_slices()))


def _together(noted: pl.DataFrame, between: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([all_worded(noted), *between], how="diagonal")


def sum_up(
    layout: Layout,
    reading: Reading,
    row_checks: RowChecks,
    cross_row: CrossRowChecker,
    answers: Suggestions,
    exchange: Exchange,
    causes: CauseCollector,
) -> CheckResult:
    """Return what all stages have found of a file.

    Args:
        layout: The file type's layout in the school year.
        reading: The file, all of whose slices were read.
        row_checks: What is wrong with each row by itself.
        cross_row: What is wrong between rows.
        answers: The suggestions (see `SuggestionCollector.answers`).
        exchange: What the dates say about an exchange of day and month.
        causes: The causes of what is wrong with the rows.
    """
    repairs = row_checks.repairs()
    repairs.add(change("CELL116", hint.column, hint.days, how=hint.how) for hint in exchange.hints)
    of_file = [*reading.end.issues, *repairs.notices(), *notices_of_changes(layout)]
    found, noted = findings_of_issues(of_file, reading_rules()), row_checks.end()
    return CheckResult(
        layout,
        in_log_order(found, layout),
        cross_row,
        noted,
        rows_kept=row_checks.rows_kept,
        answers=answers,
        severities=noted.severities + Counter(found["severity"]) + cross_row.severities(),
        column_positions=reading.positions,
        causes=causes.causes(of_file, reading_rules(), row_checks.row_count),
    )


def refused(layout: Layout, reading: Reading, row_checks: RowChecks, causes: CauseCollector) -> CheckResult:
    """Return why nothing of a file could be read, with the columns that its header may mean.

    Args:
        layout: The file type's layout in the school year.
        reading: The file, as far as it was read.
        row_checks: What was noted about rows before.
        causes: Takes the causes of what is wrong with the file.
    """
    issues = pair_columns(reading.end.issues, reading.names, layout)
    findings = in_log_order(findings_of_issues(issues, reading_rules()), layout)
    noted = row_checks.end() if reading.end.has_no_rows else NotedFindings(layout)
    found = causes.causes(issues, reading_rules(), row_checks.row_count)
    return CheckResult(layout, findings, CrossRowChecker((), layout), noted, is_refused=True, causes=found)


def in_log_order(findings: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return the findings by row, then in the order of the columns; what is about the whole file goes first. None holds
    a NUL, which neither a spreadsheet nor a database has."""
    positions = {name: position for position, name in enumerate(layout.columns)}
    position = pl.col("column").replace_strict(positions, default=-1, return_dtype=pl.Int32)
    return without_nul(findings.sort(pl.col(ROW), position, pl.col("code"), nulls_last=False, maintain_order=True))
