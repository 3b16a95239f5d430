"""Keeps an upload's findings: in the order of the Result Log, in one COPY, and counted."""

import polars as pl

from tidegate.reference.copy_rows import copy_rows, table_of
from tidegate.uploads.count_findings import count_findings
from tidegate.uploads.models import Finding, Upload


def keep_findings(upload: Upload, findings: pl.DataFrame) -> None:
    """Store `findings`, shaped as FINDINGS, as the upload's."""
    copy_rows(table_of(Finding), findings.with_columns(pl.lit(upload.pk, dtype=pl.Int64).alias("upload_id")))
    count_findings(upload, findings)
