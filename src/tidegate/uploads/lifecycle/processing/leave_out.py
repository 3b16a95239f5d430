"""Ends an upload that only leaves rows out: it has no file, since nothing is loaded."""

from django.utils import timezone

from tidegate.uploads.lifecycle.waiting.replace_waiting import end_corrected
from tidegate.uploads.models import RowCorrection, State, Upload


def only_leaves_out(upload: Upload) -> bool:
    """Whether it is a correction on the page of an upload that sends no row."""
    return RowCorrection.objects.filter(pk=upload.pk, rows=[]).exists()


def end_left_out(upload: Upload) -> None:
    """Move the upload to its end. None of the rows waits any more."""
    end_corrected(upload)
    upload.move_to(State.FINISHED)
    upload.finished_at = timezone.now()
    upload.row_count = upload.success_count = upload.error_count = 0
    upload.warning_count = upload.notice_count = 0
