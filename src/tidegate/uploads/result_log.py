"""The Result Log of an upload, drawn from its findings when it is asked for, in pieces."""

from collections.abc import Iterator
from typing import IO

import polars as pl

from tidegate.core.errors import Conflict
from tidegate.core.outputs.result_log import result_log
from tidegate.core.rules.finding import FINDINGS
from tidegate.uploads.findings import findings_of, refusals_of
from tidegate.uploads.models import Finding, State, Upload

_SLICE = 20_000


def result_log_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the Result Log as UTF-8. A Conflict where the upload has no log."""
    check_has_log(upload)
    return (piece.encode() for piece in result_log(upload.type.layout.log_title, findings_in_slices(upload)))


def check_has_log(upload: Upload) -> None:
    """Raise a Conflict where the upload has not ended, was cancelled or failed by our own fault, or its log is gone."""
    if upload.state == State.CANCELLED:
        raise Conflict(
            "The upload was cancelled and has no Result Log",
            fix="Nothing of it was loaded. Send a new file",
            code="CANCELLED",
        )
    if upload.log_deleted_at:
        raise Conflict(
            f"The Result Log was deleted on {upload.log_deleted_at:%Y-%m-%d}, as the state's policy says",
            fix="The receipt stays and has the counts. Send the file again as Check only to see what it says now",
            code="LOG_DELETED",
        )
    if upload.is_busy:
        raise Conflict(
            "The Result Log is not ready yet",
            fix="Wait until the upload is finished, then download it again",
            code="NOT_READY",
        )
    if upload.incident_id:
        raise Conflict(
            "The upload failed by a fault of ours and has no Result Log",
            fix="Nothing of it was loaded. Send the file again; if it fails again, tell the help desk the incident ID",
            code="FAILED",
        )


def write_result_log(upload: Upload, out: IO[str]) -> None:
    """Write the Result Log to a text stream."""
    for piece in result_log_chunks(upload):
        out.write(piece.decode())


def findings_in_slices(upload: Upload) -> Iterator[pl.DataFrame]:
    """Yield the findings in slices, in order, so that a million of them need no memory."""
    after = 0
    while True:
        part = list(findings_of(upload, after=after).values_list("pk", *FINDINGS)[:_SLICE])
        if not part:
            return
        after = part[-1][0]
        yield pl.DataFrame([row[1:] for row in part], schema=FINDINGS, orient="row")


def file_finding(upload: Upload) -> Finding | None:
    """Return the finding that says why the file could not be read; None where it could."""
    if upload.state != State.FAILED:
        return None
    refusals = refusals_of(upload)
    return refusals.filter(row__isnull=True).first() or refusals.filter(row=1).first()
