"""Keeps an upload's findings: in the order of the Result Log, in one COPY, and counted."""

from collections.abc import Iterable, Iterator

import polars as pl

from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.rules.catalogue import reading_rules
from tidegate.core.rules.finding import findings_of_issues, no_findings
from tidegate.reference.copy_rows import copy_slices, table_of
from tidegate.uploads.count_findings import count_findings, keep_counts
from tidegate.uploads.models import Finding, Upload


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


def keep_fault(upload: Upload, fault: ReadingIssue) -> None:
    """Store as the upload's only finding why nothing of its file could be judged."""
    keep_findings(upload, [findings_of_issues([fault], reading_rules())])
