"""How many rows of uploads wait for a line of another file, and what became of those that waited."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Min

from tidegate.uploads.models import Upload, WaitEnd, WaitingRow, WaitState
from tidegate.uploads.models.waiting_row import NEVER_WAITED
from tidegate.uploads.queries.related_rows import WAITING_ROWS


def waits_until(since: datetime) -> datetime:
    """Return when the wait ends of a row that waits since then, if what it lacks does not arrive."""
    return since + timedelta(days=settings.TIDEGATE_WAIT_DAYS)


class Waits(NamedTuple):
    """How many rows may wait, how many wait and `since` when the first of them does, and how many were loaded, by the
    upload that has loaded them, or wait no more, with the reason."""

    may: int = 0
    waiting: int = 0
    since: datetime | None = None
    loaded: tuple[tuple[int, int], ...] = ()
    ended: tuple[tuple[WaitEnd, int], ...] = ()


def waits_of(upload: Upload) -> Waits:
    """Return what is known of the rows of an upload that wait or have waited."""
    counts = WaitingRow.objects.filter(~NEVER_WAITED, upload=upload).order_by("state", "end", "by_upload")
    may, waiting, since = 0, 0, None
    loaded: dict[int, int] = defaultdict(int)
    ended: dict[WaitEnd, int] = defaultdict(int)
    together = counts.values_list("state", "end", "by_upload").annotate(rows=Count("pk"), first=Min("since"))
    for state, end, by_upload, count, first in together:
        if state == WaitState.MAY:
            may += count
        elif state == WaitState.WAITING:
            waiting, since = waiting + count, min(filter(None, (since, first)))
        elif state == WaitState.LOADED:
            loaded[by_upload or 0] += count
        else:
            ended[WaitEnd(end)] += count
    return Waits(may, waiting, since, tuple(loaded.items()), tuple(ended.items()))


def may_have_waits(upload: Upload) -> bool:
    """Whether rows of the upload may wait or have waited: it has errors that a line of another file takes away."""
    codes = upload.type.layout.may_wait if upload.error_count else ()
    return bool(codes) and any(each.code in codes for each in upload.finding_counts.all())


def note_waits_of(upload: Upload) -> Waits:
    """Note on an upload what `note_waits` notes, and return all that is known; nothing is asked where no row waits."""
    waits = waits_of(upload) if may_have_waits(upload) and WAITING_ROWS not in upload.has_no else Waits()
    upload.waiting_count, upload.waits_are_noted = waits.waiting, True
    upload.loaded_later_count = sum(count for _, count in waits.loaded)
    upload.waited_in_vain_count = sum(count for _, count in waits.ended)
    return waits


def note_waits(uploads: Iterable[Upload]) -> None:
    """Note on the uploads how many of their rows wait, and what became of those that waited."""
    with_errors = {each.pk: each for each in uploads if each.error_count}
    if not with_errors:
        return
    waited = WaitingRow.objects.filter(~NEVER_WAITED, upload__in=list(with_errors)).exclude(state=WaitState.MAY)
    counts = waited.order_by()
    for upload_id, state, count in counts.values_list("upload_id", "state").annotate(rows=Count("pk")):
        upload = with_errors[upload_id]
        if state == WaitState.WAITING:
            upload.waiting_count = count
        elif state == WaitState.LOADED:
            upload.loaded_later_count = count
        else:
            upload.waited_in_vain_count = count
