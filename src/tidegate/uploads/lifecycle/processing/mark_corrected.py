"""Finds the uploads whose errors a later upload has put right, so that they stop asking for attention."""

from collections.abc import Iterator

from django.db.models import QuerySet

from tidegate.records.changes import made_by_hand
from tidegate.uploads.lifecycle.corrections.check_correction import is_by_hand
from tidegate.uploads.models import LineToWithdraw, RowCorrection, State, Upload

_MAX_STEPS = 100
"""How far back a chain of corrections is followed."""


def mark_corrected(upload: Upload) -> None:
    """Note on the uploads before it that this one, which is about to end, has put right what they left out.

    Call it for an upload that was loaded. Where one of its own rows has an error, nothing is noted. An upload that is
    undone later counts no more (see `Upload.is_corrected_later`).
    """
    if upload.error_count_to_fix or not upload.is_file:
        return
    corrected = [earlier.pk for earlier in _corrections(upload)]
    corrected += _tried_earlier(upload)
    Upload.objects.filter(pk__in=corrected).update(corrected_by=upload.pk)


def _corrections(upload: Upload) -> Iterator[Upload]:
    """Yield the uploads that it follows, as long as each step has as many rows as there were errors to put right: one
    row of four does not put four right."""
    later = upload
    for _ in range(_MAX_STEPS):
        earlier = later.follows
        if earlier is None or _scope(earlier) != _scope(upload):
            return
        if not earlier.check_only and earlier.state == State.FINISHED:
            if (later.row_count or 0) < earlier.error_count_to_fix:
                return
            yield earlier
        later = earlier


def _tried_earlier(upload: Upload) -> list[int]:
    """Return the uploads before it that have tried the same: those of the same file or, where a page has made the file,
    those that were about the same rows or the same line."""
    tried = Upload.objects.filter(
        organization=upload.organization_id,
        school_year=upload.school_year_id,
        file_type=upload.file_type,
        state=State.FINISHED,
        check_only=False,
        error_count__gt=0,
        sent_at__lt=upload.sent_at,
    )
    tried = tried.exclude(corrected_by__state=State.FINISHED)
    correction = RowCorrection.objects.filter(pk=upload.pk).first()
    if correction is not None:
        put_right = {*correction.rows, *correction.left_out}
        earlier = RowCorrection.objects.filter(first=correction.first_id, upload__in=tried)
        return [each.pk for each in earlier if put_right.issuperset(each.rows)]
    if is_by_hand(upload):
        lines = LineToWithdraw.objects.filter(upload=upload).values("line_id")
        return list(tried.filter(lines_to_withdraw__line_id__in=lines).values_list("pk", flat=True))
    return _same_file_earlier(upload, tried)


def _same_file_earlier(upload: Upload, tried: "QuerySet[Upload]") -> list[int]:
    """Return the last earlier upload of a file of the same name and number of rows, and all that those of this name
    were before it: people correct their file where it is and send it again, without a link to the first."""
    same = tried.filter(file_name=upload.file_name, row_count=upload.row_count, row_correction=None)
    same = same.exclude(made_by_hand())
    return list(same.order_by("-sent_at").values_list("pk", flat=True)[:_MAX_STEPS])


def _scope(upload: Upload) -> tuple[int, int, str]:
    return upload.organization_id, upload.school_year_id, upload.file_type
