"""Counts an upload's findings by rule and column, for the pages that show them."""

import polars as pl
from django.db import connection

from tidegate.uploads.models import Upload

_ADD = """
INSERT INTO uploads_findingcount (upload_id, code, "column", severity, count, with_row_count)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (upload_id, code, "column", severity) DO UPDATE
SET count = uploads_findingcount.count + excluded.count,
    with_row_count = uploads_findingcount.with_row_count + excluded.with_row_count
"""
_KEY = ("code", "column", "severity")


def count_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Return `code`, `column`, `severity`, `count` and `with_row_count` of a slice of findings, shaped as FINDINGS."""
    return findings.group_by(_KEY).agg(pl.len().alias("count"), pl.col("row").count().alias("with_row_count"))


def keep_counts(upload: Upload, counts: pl.DataFrame) -> None:
    """Store the counts of all slices, added up, as the upload's, beside what was counted before."""
    together = counts.group_by(_KEY).agg(pl.col("count", "with_row_count").sum()).sort(pl.all())
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, [(upload.pk, *line) for line in together.iter_rows()])
