"""Keeps an upload's findings: in the order of the Result Log, in one COPY."""

from collections.abc import Iterable
from itertools import chain

import polars as pl

from tidegate.core.rules.finding import no_findings
from tidegate.reference.copy_rows import copy_slices, table_of
from tidegate.uploads.models import Finding, Upload


def keep_findings(upload: Upload, findings: Iterable[pl.DataFrame]) -> None:
    """Store the slices of findings, shaped as FINDINGS, as the upload's."""
    of_upload = pl.lit(upload.pk, dtype=pl.Int64).alias("upload_id")
    copy_slices(table_of(Finding), (part.with_columns(of_upload) for part in chain([no_findings()], findings)))
