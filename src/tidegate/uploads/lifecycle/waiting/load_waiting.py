"""Sends the rows that wait no more as an upload of their own: what they lacked has arrived."""

import io
from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_send_upload
from tidegate.core.checking import CheckResult
from tidegate.core.errors import Conflict
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.uploads.lifecycle.checking.check_upload import check_path
from tidegate.uploads.lifecycle.checking.corrected_rows import loaded_of_same_students
from tidegate.uploads.lifecycle.corrections.correct_rows import RowsOfFile, as_fix_file, rows_as_sent
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo, first_upload
from tidegate.uploads.lifecycle.receiving.receive import keep_and_queue
from tidegate.uploads.lifecycle.waiting.note_waiting import errors_of_check, waitable_rows
from tidegate.uploads.lifecycle.waiting.wake_waiting import FREE, WAITING, end_wait
from tidegate.uploads.lifecycle.worker.lock_upload import lock_upload
from tidegate.uploads.models import RowCorrection, Upload, WaitEnd, WaitingRow
from tidegate.uploads.storage.sealed import in_memory
from tidegate.windows.check_open import lock_school_year


@transaction.atomic
def load_waiting_rows(upload_id: int) -> list[Upload]:
    """Send those waiting rows of an upload that would be loaded now, or have another error, and return the uploads: one
    for each person who has let some wait.

    What is sent is loaded by the normal path. Rows that still lack it and have no other error go on waiting; so do all
    rows of a closed school year, until it is reopened or their days are over. A window that has closed since does not
    matter: the rows were received before.
    """
    upload = lock_upload(upload_id)
    if lock_school_year(upload.school_year):
        return []
    rows = WaitingRow.objects.filter(WAITING, FREE, upload=upload)
    people = Person.objects.filter(pk__in=rows.values("chosen_by")).order_by("pk")
    return [sent for person in people if (sent := _send(upload, rows.filter(chosen_by=person), by=person))]


def _send(upload: Upload, rows: "QuerySet[WaitingRow]", *, by: Person) -> Upload | None:
    if not can_send_upload(by, upload.organization):
        end_wait(upload, rows, WaitEnd.NO_RIGHT)
        return None
    to_go = RowsToGo.of(first_upload(upload))
    numbers = sorted(rows.values_list("row", flat=True))
    try:
        file = rows_as_sent(to_go, numbers)
    except Conflict:
        end_wait(upload, rows, WaitEnd.FILE_GONE)
        return None
    ready = _ready(upload, to_go, numbers, file)
    if not ready:
        return None
    sent = _upload_of(upload, by=by)
    keep_and_queue(sent, io.BytesIO(_file_of(to_go, ready, file)), by=None)
    RowCorrection.objects.create(upload=sent, first=to_go.first, rows=ready, is_by_itself=True)
    rows.filter(row__in=ready).update(by_upload=sent)
    return sent


def _upload_of(upload: Upload, *, by: Person) -> Upload:
    """Return the upload that loads rows of another one, which is not stored yet."""
    stem, dot, ending = upload.file_name.rpartition(".")
    return Upload(
        file_type=upload.file_type,
        file_name=f"{stem}-waited.{ending}" if dot and stem else f"{upload.file_name}-waited",
        organization=upload.organization,
        school_year=upload.school_year,
        sent_by=by,
        sent_at=timezone.now(),
        missing="" if upload.missing_rows else upload.missing,
        follows=upload,
        mapping=upload.mapping or {},
    )


def _ready(upload: Upload, to_go: RowsToGo, numbers: Sequence[int], file: RowsOfFile) -> list[int]:
    """Return the numbers of the rows that wait for nothing any more. Their students stay locked until the transaction
    ends, so that whoever brings what they lack has done it or sees that these rows wait."""
    as_sent = _upload_of(upload, by=upload.sent_by)
    as_sent.complete = to_go.first.complete  # as `plan_options` finds it for an upload that is stored
    checked = _checked(as_sent, to_go, numbers, file)
    waiting = waitable_rows(checked, errors_of_check(checked, upload.type))
    return sorted(set(numbers) - set(waiting["row"].to_list()))


def _checked(upload: Upload, to_go: RowsToGo, numbers: Sequence[int], file: RowsOfFile) -> CheckResult:
    with in_memory() as (written, path):
        written.write(_file_of(to_go, numbers, file))
        written.flush()
        find_before = partial(loaded_of_same_students, to_go.first, numbers=numbers)
        tables = ReferenceDatabase(is_locking=True)
        return check_path(upload, path, tables=tables, plans=True, find_before=find_before)


def _file_of(to_go: RowsToGo, numbers: Sequence[int], file: RowsOfFile) -> bytes:
    return as_fix_file(to_go, {row: file.rows[row].cells for row in numbers}, file)
