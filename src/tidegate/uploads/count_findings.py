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


def count_findings(upload: Upload, findings: pl.DataFrame) -> None:
    """Add `findings`, shaped as FINDINGS, to what has been counted of the upload: all of them, or a slice of them."""
    counted = findings.group_by("code", "column", "severity").agg(
        pl.len().alias("count"), pl.col("row").count().alias("with_row_count")
    )
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, [(upload.pk, *line) for line in counted.sort(pl.all()).iter_rows()])
