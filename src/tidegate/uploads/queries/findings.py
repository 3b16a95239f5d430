"""The findings of an upload in the order of the Result Log, found by the indexes that have this order."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from django.db.models import F, QuerySet, Value
from django.db.models.lookups import LessThanOrEqual

from tidegate.core.rules.finding import FINDINGS
from tidegate.reference.keyset import after_key, equals_key
from tidegate.uploads.models import Finding, State, Upload

OF_UPLOAD = ("upload_id", "id")
OF_GROUP = ("upload_id", "code", "column", "id")
"""What the findings are ordered by: the columns of the two indexes."""
_FINDINGS_PER_PIECE = 20_000


def findings_of(upload: Upload, *, after: int = 0) -> "QuerySet[Finding]":
    """Return the upload's findings after the one of that ID."""
    later = Finding.objects.filter(after_key(OF_UPLOAD, (upload.pk, after)), upload_id__lte=upload.pk)
    return later.order_by(*OF_UPLOAD)


def findings_of_group(upload: Any, code: Any, column: Any) -> "QuerySet[Finding]":
    """Return an upload's findings of one rule about one column. Each may be an expression."""
    return Finding.objects.filter(*equals_key(OF_GROUP[:-1], [upload, code, column])).order_by(*OF_GROUP)


def refusals_of(upload: Any) -> "QuerySet[Finding]":
    """Return why an upload, given by its ID, could not be read.

    The table may be one large upload's and little else: by its statistics PostgreSQL would read all of it.
    """
    from_there = (after_key(OF_UPLOAD, (upload, 0)), LessThanOrEqual(F("upload_id"), upload))
    return Finding.objects.filter(*from_there, severity="error").order_by(*OF_UPLOAD)


def findings_in_slices(upload: Upload) -> Iterator[pl.DataFrame]:
    """Yield the findings in slices, in order, so that a million of them need no memory."""
    after = 0
    while True:
        part = list(findings_of(upload, after=after).values_list("pk", *FINDINGS)[:_FINDINGS_PER_PIECE])
        if not part:
            return
        after = part[-1][0]
        yield pl.DataFrame([row[1:] for row in part], schema=FINDINGS, orient="row")


def file_finding(upload: Upload) -> Finding | None:
    """Return the finding that says why the file could not be read; None where it could."""
    if upload.state != State.FAILED:
        return None
    refusals = refusals_of(Value(upload.pk))
    return refusals.filter(row__isnull=True).first() or refusals.filter(row=1).first()
