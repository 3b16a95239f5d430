"""Retention: deletes the files and logs of old uploads after the days that the state has set.

The uploads themselves and their receipts stay.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from tidegate.accounts.retention import delete_ended
from tidegate.audit.record import record_event
from tidegate.audit.record_refusal import delete_refusal_counts
from tidegate.inbox.messages import delete_old
from tidegate.records.models import AnswerLine
from tidegate.uploads.lifecycle.waiting.wake_waiting import end_all_of
from tidegate.uploads.models import EnrollmentClaim, RowCorrection, State, Upload, WaitEnd, WaitingRow, WaitState
from tidegate.uploads.queue import delete_finished_jobs
from tidegate.uploads.storage import store
from tidegate.uploads.storage.backend import StoreAway
from tidegate.uploads.storage.file_copies import FILE_DELETED

retention_applied = Signal()
"""Sent with `before` when old logs are deleted, so that the API can delete its idempotency records of that age."""
# The age at which a file without an upload is a stray: no upload takes a day to arrive.
_STRAY_SECONDS = 86_400
_WAITING_ROWS = WaitingRow.objects.filter(state=WaitState.WAITING).order_by()
# What its log says of its rows decides what is loaded with them, also where a correction of them waits.
_HAS_WAITING_ROWS = Q(pk__in=_WAITING_ROWS.values("upload")) | Q(
    pk__in=RowCorrection.objects.filter(upload__in=_WAITING_ROWS.values("upload")).order_by().values("first")
)


class Deleted(NamedTuple):
    """How many files and how many logs of uploads were deleted."""

    file_count: int
    log_count: int


def apply_retention() -> Deleted:
    """Delete files and logs that are older than the state keeps them, and files without an upload.

    Nothing is deleted of uploads that wait, are processed or are on hold, and no log of one with rows that wait. Failed
    jobs of the queue, the API's idempotency records, messages, invitations and requests for access that are over are
    kept as long as logs. StoreAway where the files cannot be reached: nothing is deleted then.
    """
    if not store.answers():
        raise StoreAway
    _delete_strays()
    delete_refusal_counts()
    file_count = _each(Q(sent_at__lt=_before(settings.TIDEGATE_KEEP_FILES_DAYS)) & ~Q(stored_as=""), _delete_file)
    before = _before(settings.TIDEGATE_KEEP_LOGS_DAYS)
    log_count = _each(Q(sent_at__lt=before) & Q(log_deleted_at=None) & ~_HAS_WAITING_ROWS, _delete_log)
    delete_finished_jobs(before=before)
    delete_old(before=before)
    delete_ended(before=before)
    retention_applied.send(sender=None, before=before)
    return Deleted(file_count, log_count)


def _before(days: int) -> datetime:
    return timezone.now() - timedelta(days=days) if days else timezone.now() - timedelta(days=365_000)


def _each(old: Q, delete: Callable[[Upload], None]) -> int:
    """Call `delete` for each of these uploads in a transaction of its own, and return how many they were."""
    due = old & ~Q(state__in=(State.WAITING, State.PROCESSING, State.ON_HOLD))
    count = 0
    for upload_id in Upload.objects.filter(due).order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            upload = Upload.objects.select_for_update(no_key=True).filter(due, pk=upload_id).first()
            if upload is not None:  # nobody else has done it meanwhile
                delete(upload)
                count += 1
    return count


def _delete_file(upload: Upload) -> None:
    end_all_of(upload, WaitEnd.FILE_GONE)
    # The file first: where the database goes away now, the next run notes that it is gone.
    deleted = upload.stored_as
    store.remove(deleted)
    upload.stored_as = ""
    upload.save(update_fields=["stored_as"])
    # The name lets the copy go, too, once no moment that can be restored needs it.
    record_event(FILE_DELETED, by=None, subject=upload, stored_as=deleted)


def _delete_strays() -> None:
    for stored_as in store.pending_files(for_seconds=_STRAY_SECONDS):
        if Upload.objects.filter(stored_as=stored_as).exists():
            store.confirm(stored_as)
        elif store.is_name(stored_as):
            store.discard(stored_as)


def _delete_log(upload: Upload) -> None:
    upload.findings.all().delete()
    upload.finding_counts.all().delete()
    upload.causes.all().delete()
    upload.plan_slices.all().delete()
    upload.waiting_rows.all().delete()
    AnswerLine.objects.filter(upload_id=upload.pk).delete()
    EnrollmentClaim.objects.filter(upload=upload).delete()
    upload.log_deleted_at = timezone.now()
    upload.save(update_fields=["log_deleted_at"])
    record_event("upload.log_deleted", by=None, subject=upload)
