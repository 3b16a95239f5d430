"""Orphaned lines: the lines of other file types that a plan leaves without the enrollment that they rest on, because it
is withdrawn or moved. Rows that change an enrollment in its place were checked before, by the rule itself (see
`RestingLineRule.rows_with_orphans`)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.checking.check_result import STUDENTS_PER_QUESTION, CheckResult
from tidegate.core.checking.line_plan import LinePlan
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.stored_lines import LINE_ID, LineTable
from tidegate.core.rules.cause import Cause, stage_of
from tidegate.core.rules.expressions import AT, POSITION
from tidegate.core.rules.finding import FINDINGS
from tidegate.core.rules.resting_line_rule import FindResting, RestingLineRule
from tidegate.core.rules.rule import Rule, Severity


class OrphanedLines(msgspec.Struct, frozen=True):
    """What is left without an enrollment, as `RestingLineRule.left_by_ending` has it, and the rule that says so.

    `ended` has for each POSITION the ID of the enrollment that ends.
    """

    rule: RestingLineRule
    found: pl.DataFrame
    ended: pl.DataFrame = msgspec.field(
        default_factory=lambda: pl.DataFrame(schema={POSITION: pl.UInt32, LINE_ID: pl.Int64})
    )

    def __bool__(self) -> bool:
        """Whether any line is left without an enrollment."""
        return not self.found.is_empty()

    @property
    def is_error(self) -> bool:
        """Whether the state forbids to leave a line without an enrollment."""
        return bool(self) and self.rule.severity is Severity.ERROR

    @property
    def ids(self) -> pl.Series:
        """The IDs of the ended enrollments whose end leaves some line without any."""
        return self.ended.join(self.found, on=POSITION, how="semi")[LINE_ID]

    def of_lines(self, ids: pl.Series) -> "OrphanedLines":
        """Return the part of this that the ending of some of the enrollments causes."""
        some = self.ended.filter(pl.col(LINE_ID).is_in(ids.implode()))
        return OrphanedLines(self.rule, self.found.join(some, on=POSITION, how="semi"), some)

    @property
    def message(self) -> str:
        """What is left, in a sentence about a withdrawal."""
        (lines,) = self.rule.in_words(self.found)["lines"]
        return self.rule.message_of_withdrawal.format(lines=lines)

    @property
    def finding(self) -> pl.DataFrame:
        """The sentence as a finding about the upload as a whole."""
        named = {"code": self.rule.code, "severity": str(self.rule.severity), "message": self.message}
        blank = dict.fromkeys(FINDINGS.names(), "")
        return pl.DataFrame([blank | named | {"row": None}], schema=FINDINGS)

    @property
    def cause(self) -> Cause:
        """The cause of the finding."""
        code = self.rule.code
        return Cause(code, str(self.rule.severity), stage_of(code, is_of_file=True), self.message)


class EnrollmentsOnFile(NamedTuple):
    """Where the enrollments of students are found, and the lines that rest on them."""

    lines: LineTable
    tables: ReferenceData
    school_year: SchoolYear
    find_resting: FindResting


def resting_rule(rules: Iterable[Rule]) -> RestingLineRule | None:
    """Return the rule about lines that rest on those of a file; None where nothing does, or nobody asks."""
    return next((rule for rule in rules if isinstance(rule, RestingLineRule)), None)


def orphaned_lines(
    rule: RestingLineRule, on_file: EnrollmentsOnFile, plan: LinePlan, *, asked: pl.Series, rows: pl.DataFrame
) -> OrphanedLines:
    """Return what is left without an enrollment where a plan is written.

    Args:
        rule: The rule.
        on_file: What is on file before.
        plan: The plan; `unfit_students` are those who are looked at.
        asked: The IDs of the ended enrollments that are asked about.
        rows: The rows that the plan loads, under the names of the layout's values and look-ups; others of them do no
            harm.
    """
    loaded = _as_lines(rows, on_file.lines, rule)
    found = list(_left_in_slices(rule, on_file, plan, asked=asked, rows=loaded))
    if not found:
        return OrphanedLines(rule, pl.DataFrame())
    return OrphanedLines(rule, pl.concat([each.found for each in found]), pl.concat([each.ended for each in found]))


def _left_in_slices(
    rule: RestingLineRule, on_file: EnrollmentsOnFile, plan: LinePlan, *, asked: pl.Series, rows: pl.DataFrame
) -> Iterator[OrphanedLines]:
    """Yield what is left without an enrollment, some students at a time; see `orphaned_lines`.

    Args:
        rule: The rule.
        on_file: What is on file before.
        plan: The plan.
        asked: The IDs of the ended enrollments that are asked about.
        rows: The rows that the plan loads, as `_as_lines` has them.
    """
    lines, position = on_file.lines, 0
    for some in plan.unfit_students.sort().to_frame(lines.student).iter_slices(STUDENTS_PER_QUESTION):
        stored = on_file.tables.lines(lines, some[lines.student], on_file.school_year)
        ended = stored.filter(pl.col(LINE_ID).is_in(asked.implode())).with_row_index(POSITION, offset=position)
        position += ended.height
        staying = stored.filter(~pl.col(LINE_ID).is_in(plan.ended.implode()))
        loaded = rows.join(some, on=lines.student, how="semi")
        staying = pl.concat([staying.select(loaded.columns), loaded]).with_row_index(POSITION)
        found = rule.left_by_ending(ended, staying, on_file.find_resting(some[lines.student]))
        yield OrphanedLines(rule, found, ended.select(POSITION, LINE_ID))


def _as_lines(rows: pl.DataFrame, lines: LineTable, rule: RestingLineRule) -> pl.DataFrame:
    """Return what the rule needs of rows, as the lines on file have it that they become."""
    schema = {name: lines.schema[name] for name in rule.needs}
    if rows.is_empty():
        return pl.DataFrame(schema=schema)
    student = student_numbers().number(pl.col(lines.student)).alias(lines.student)
    return rows.with_columns(student).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def with_orphaned_lines(result: CheckResult, rules: Iterable[Rule], on_file: EnrollmentsOnFile) -> CheckResult:
    """Return the result with a finding for the lines that its plan would leave without an enrollment. If that is an
    error, these enrollments stay on file, and a row that would have moved one gets an error. Findings about rows are
    added to `result` itself."""
    plan, rule = result.plan, resting_rule(rules)
    if plan is None or rule is None or plan.unfit_students.is_empty():
        return result
    student = student_numbers().number(pl.col(on_file.lines.student)).cast(plan.unfit_students.dtype)
    loaded = (rows.filter(student.is_in(plan.unfit_students.implode())) for rows in result.good_rows_in_slices())
    rows = pl.concat([each for each in loaded if not each.is_empty()] or [pl.DataFrame()])
    left = orphaned_lines(rule, on_file, plan, asked=pl.concat([plan.withdrawn, plan.moved]), rows=rows)
    if not left:
        return result
    moved, withdrawn = left.of_lines(plan.moved), left.of_lines(plan.withdrawn)
    if moved:
        _add_rows(result, moved)
    if withdrawn:
        result = result.with_finding_of_file(withdrawn.finding, withdrawn.cause)
    return replace(result, plan=plan.without(left.ids)) if left.is_error else result


def _add_rows(result: CheckResult, moved: OrphanedLines) -> None:
    """Add findings about the rows that move enrollments to what was checked."""
    assert result.plan is not None
    at = moved.ended.join(result.plan.replaced, on=LINE_ID, how="inner").select(POSITION, AT)
    found = moved.found.join(at, on=POSITION, how="inner")
    result.add_findings_of_rows(moved.rule, moved.rule.in_words(found, AT))
