"""Keeps an upload's findings: in the order of the Result Log, in one COPY, counted, and by their causes."""

from collections.abc import Iterable, Iterator

import polars as pl
from django.db import connection

from tidegate.core.checking import CheckResult
from tidegate.core.checking.cause_collector import cause_of_issue
from tidegate.core.outputs.first_findings import FirstFindings
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.rules.catalogue import reading_rules
from tidegate.core.rules.finding import findings_of_issues, no_findings
from tidegate.reference.copy_rows import copy_slices, table_of
from tidegate.uploads.models import Finding, Upload
from tidegate.uploads.queries.causes import keep_causes

_ADD = """
INSERT INTO uploads_findingcount (upload_id, code, "column", severity, count, with_row_count)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (upload_id, code, "column", severity) DO UPDATE
SET count = uploads_findingcount.count + excluded.count,
    with_row_count = uploads_findingcount.with_row_count + excluded.with_row_count
"""
_KEY = ("code", "column", "severity")


def keep_result(upload: Upload, checked: CheckResult) -> None:
    """Store the findings and their causes as the upload's."""
    first = FirstFindings(checked.causes)
    keep_findings(upload, first.noting(checked.findings_in_slices()))
    keep_causes(upload, checked.causes, first.of_cause)


def keep_findings(upload: Upload, findings: Iterable[pl.DataFrame]) -> None:
    """Store the slices of findings, shaped as FINDINGS, as the upload's."""
    counts: list[pl.DataFrame] = []

    def counted() -> Iterator[pl.DataFrame]:
        yield no_findings()  # a COPY needs to know the columns
        for part in findings:
            counts.append(count_findings(part))
            yield part

    of_upload = pl.lit(upload.pk, dtype=pl.Int64).alias("upload_id")
    copy_slices(table_of(Finding), (part.with_columns(of_upload) for part in counted()))
    if counts:
        keep_counts(upload, pl.concat(counts))


def keep_issue(upload: Upload, issue: ReadingIssue) -> None:
    """Store as the upload's only finding why nothing of its file could be checked."""
    rules = reading_rules()
    keep_findings(upload, [findings_of_issues([issue], rules)])
    keep_causes(upload, [cause_of_issue(issue, rules[issue.code], upload.type.layout)], [()])


def count_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Return `code`, `column`, `severity`, `count` and `with_row_count` of a slice of findings, shaped as FINDINGS."""
    return findings.group_by(_KEY).agg(pl.len().alias("count"), pl.col("row").count().alias("with_row_count"))


def keep_counts(upload: Upload, counts: pl.DataFrame) -> None:
    """Store the counts of all slices, added up, as the upload's, on top of what was counted before."""
    together = counts.group_by(_KEY).agg(pl.col("count", "with_row_count").sum()).sort(pl.all())
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, [(upload.pk, *line) for line in together.iter_rows()])
