"""When an upload that is being processed will probably end, told by how long others of its file type took."""

from datetime import datetime, timedelta
from statistics import median

from django.utils import timezone

from tidegate.uploads.models import Progress, State, Upload

_MAX_UPLOADS_LOOKED_AT = 100
_MAX_UPLOADS_COMPARED = 5
_MIN_SHARE = 0.1
"""An upload with less than this share of the rows says nothing: most of its time went by without its rows."""


def expected_end(upload: Upload, progress: Progress) -> datetime | None:
    """Return when it will probably end. None where that is not known: the rows are not counted yet, no other upload of
    about this size is known, or it takes longer than the others did."""
    if not progress.row_count or upload.started_at is None:
        return None
    ended = Upload.objects.filter(
        school_year=upload.school_year_id, file_type=upload.file_type, state=State.FINISHED, started_at__isnull=False
    ).order_by("-sent_at")[:_MAX_UPLOADS_LOOKED_AT]
    seconds_per_row = [
        (end - start).total_seconds() / rows
        for start, end, rows in ended.values_list("started_at", "finished_at", "row_count")
        if start and end and rows and rows >= progress.row_count * _MIN_SHARE
    ]
    if not seconds_per_row:
        return None
    rate = median(seconds_per_row[:_MAX_UPLOADS_COMPARED])
    end = upload.started_at + timedelta(seconds=rate * progress.row_count)
    return end if end > timezone.now() else None
