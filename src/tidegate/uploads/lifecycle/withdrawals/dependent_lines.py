"""Asks what the lines that a person withdraws or corrects leave without what it rests on."""

from typing import Any

import polars as pl
from django.db.models import Q, QuerySet
from msgspec.structs import replace

from tidegate.core.checking import CheckResult, LinePlan
from tidegate.core.checking.orphaned_lines import (
    EnrollmentsOnFile,
    OrphanedLines,
    orphaned_lines,
    resting_rule,
    with_orphaned_lines,
)
from tidegate.core.checking.resting_line_finder import resting_line_finder
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.file_types.layouts_in_year import LayoutsInYear
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.records.stored_lines import StoredLines, lines_of
from tidegate.uploads.lifecycle.checking.keep_findings import keep_findings
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.causes import keep_causes
from tidegate.uploads.rechecks.check_lines import rules_in_force


def left_by_withdrawal(upload: Upload, ids: pl.Series) -> OrphanedLines | None:
    """Return what is left without what it rests on where these lines are withdrawn; None where that is nothing."""
    lines = lines_of(upload.type)
    rule = resting_rule(rules_in_force(lines, upload.year)) if lines else None
    if lines is None or rule is None:
        return None
    plan = replace(LinePlan().with_withdrawn(ids), unfit_students=_students_of(lines, ids))
    return orphaned_lines(rule, _on_file(lines, upload), plan, asked=ids, rows=pl.DataFrame()) or None


def with_left_by_correction(upload: Upload, checked: CheckResult, ids: list[int]) -> CheckResult:
    """Return what was checked of a correction by hand with what it leaves without what it rests on, where a row takes
    the place of these lines."""
    lines = lines_of(upload.type)
    rules = rules_in_force(lines, upload.year) if lines else []
    if lines is None or checked.plan is None or checked.plan.replaced.is_empty() or resting_rule(rules) is None:
        return checked
    moved = pl.Series(LINE_ID, ids, pl.Int64)
    plan = replace(checked.plan, moved=moved, unfit_students=_students_of(lines, moved))
    return with_orphaned_lines(replace(checked, plan=plan), rules, _on_file(lines, upload))


def note_left(upload: Upload, left: OrphanedLines) -> None:
    """Keep the finding about it as the upload's only one. As an error it is for the caller to act on."""
    keep_findings(upload, [left.finding])
    keep_causes(upload, [left.cause], [()])
    counted = f"{left.rule.severity}_count"
    if not left.is_error:  # errors are counted in rows, and there is none
        setattr(upload, counted, 1)


def _on_file(lines: StoredLines, upload: Upload) -> EnrollmentsOnFile:
    year, tables = upload.year, ReferenceDatabase()
    layout = lines.layout.in_year(year)
    find = resting_line_finder(layout, LayoutsInYear(year), tables=tables, school_year=year)
    return EnrollmentsOnFile(lines.table, tables, year, find)


def _students_of(lines: StoredLines, ids: pl.Series) -> pl.Series:
    found: QuerySet[Any] = QuerySet(lines.model).filter(Q(pk__in=ids.to_list()))
    numbers = pl.Series("number", list(found.values_list("student_id", flat=True).distinct()), pl.String)
    number = student_numbers().number(pl.col("number")).cast(lines.table.schema[lines.table.student])
    return numbers.to_frame().select(number).to_series()
