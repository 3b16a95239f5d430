"""Keeps an upload's findings: in the order of the Result Log, in one COPY."""

import polars as pl

from tidegate.core.rules.finding import FINDINGS
from tidegate.reference.copy_rows import copy_rows, table_of
from tidegate.uploads.models import Finding, Upload


def keep_findings(upload: Upload, findings: pl.DataFrame) -> None:
    """Store `findings`, shaped as FINDINGS, as the upload's. PostgreSQL's text has no NUL; a space stands for it."""
    texts = [name for name, kind in FINDINGS.items() if kind == pl.String]
    rows = findings.with_columns(
        pl.col(texts).str.replace_all("\x00", " ", literal=True), pl.lit(upload.pk, dtype=pl.Int64).alias("upload_id")
    )
    copy_rows(table_of(Finding), rows)
