"""Wakes rows that wait when what they wait for arrives, and ends their wait when it is over."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg import sql

from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.models import StoredLine
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import records_of, resting_on, stored_lines
from tidegate.reference.copy_rows import raw_cursor, table_of
from tidegate.uploads.lifecycle.worker.lock_upload import lock_upload
from tidegate.uploads.models import State, Upload, WaitEnd, WaitingRow, WaitState
from tidegate.uploads.notifications.upload_messages import notify_of_waits
from tidegate.uploads.queries.newer_file import has_newer_file
from tidegate.uploads.queue import enqueue_waiting_rows

WAITING = Q(state=WaitState.WAITING)
FREE = Q(by_upload__isnull=True) | Q(by_upload__state__in=(State.FAILED, State.CANCELLED))
"""Which rows no upload is about to load."""
_TOLD = (WaitEnd.DAYS, WaitEnd.NO_RIGHT, WaitEnd.FILE_GONE)  # the other ends are what a person has just done
_OF_STUDENTS = sql.SQL("""
    SELECT DISTINCT waiting.upload_id FROM {waiting} waiting JOIN {uploads} upload ON upload.id = waiting.upload_id
    WHERE waiting.state = 'waiting' AND upload.school_year_id = {year} AND upload.file_type = ANY({file_types})
    AND waiting.student_id IN (SELECT student_id FROM {records} WHERE {began})
    ORDER BY 1
""")
_CAME = sql.SQL("brought_by = {}")
_CAME_BACK = sql.SQL("put_back_at = {}")


def wake_after(upload: Upload) -> None:
    """Have the rows looked at that wait for what an upload has loaded, in its transaction."""
    records = records_of(upload.type)
    if records is not None:
        wake(records, sql_of_began=_CAME.format(upload.pk), school_year=upload.year)


def wake_after_undo(records: type[Versioned], *, at: datetime, school_year: SchoolYear) -> None:
    """Have the rows looked at that wait for what an undo has restored, in its transaction."""
    wake(records, sql_of_began=_CAME_BACK.format(sql.Literal(at)), school_year=school_year)


def wake(records: type[Versioned], *, sql_of_began: sql.Composed, school_year: SchoolYear) -> None:
    """Queue a look at the waiting rows of the students of some records.

    Who lets rows wait, and who loads them, lets the students be locked in between, as all do who bring records: so
    either this sees the rows, or the look at them sees these records.

    Args:
        records: What was brought.
        sql_of_began: Which of it was brought now.
        school_year: The school year of the records.
    """
    if not issubclass(records, StoredLine):
        return
    resting = resting_on(records)
    types = [lines.file_type.slug for lines in stored_lines() if lines.model in resting and lines.layout.may_wait]
    if not types or not WaitingRow.objects.filter(WAITING).exists():
        return
    query = _OF_STUDENTS.format(
        waiting=sql.Identifier(table_of(WaitingRow)),
        uploads=sql.Identifier(table_of(Upload)),
        records=sql.Identifier(table_of(records)),
        year=school_year.first,
        file_types=sql.Literal(types),
        began=sql_of_began,
    )
    with raw_cursor() as cursor:
        cursor.execute(query)
        found = [int(str(upload_id)) for (upload_id,) in cursor.fetchall()]
    for upload_id in found:
        enqueue_waiting_rows(upload_id)


def wake_all() -> None:
    """Queue a look at all rows that wait, as every night and after an import of the state's lists."""
    waiting = WaitingRow.objects.filter(WAITING).order_by("upload_id").values_list("upload_id", flat=True).distinct()
    for upload_id in waiting:
        enqueue_waiting_rows(upload_id)


def end_overdue() -> int:
    """End the wait of rows that have waited as many days as the state lets them, and return how many those are."""
    since = timezone.now() - timedelta(days=settings.TIDEGATE_WAIT_DAYS)
    overdue = WaitingRow.objects.filter(WAITING, FREE, since__lt=since)
    count = 0
    for upload_id in list(overdue.order_by("upload_id").values_list("upload_id", flat=True).distinct()):
        with transaction.atomic():
            upload = lock_upload(upload_id)
            count += end_wait(upload, overdue.filter(upload=upload), WaitEnd.DAYS)
    return count


def end_wait(upload: Upload, rows: "QuerySet[WaitingRow]", end: WaitEnd) -> int:
    """End the wait of rows of an upload, in the caller's transaction, and return how many those are."""
    found = dict(rows.filter(WAITING).values_list("pk", "chosen_by"))
    count = WaitingRow.objects.filter(WAITING, pk__in=list(found)).update(
        state=WaitState.ENDED, end=end, by_upload=None, ended_at=timezone.now()
    )
    if count:
        record_event(
            "upload.wait_ended",
            by=None,
            organization=upload.organization,
            subject=upload,
            reason=end.value,
            row_count=count,
        )
        if end in _TOLD:
            _tell(upload, found.values(), end)
    return count


def _tell(upload: Upload, chosen_by: Iterable[int | None], end: WaitEnd) -> None:
    """Tell each person who let some of the rows wait how many those were."""
    counts = Counter(chosen_by)
    why = end.label[:1].lower() + end.label[1:]
    for person in Person.objects.filter(pk__in=[pk for pk in counts if pk]).order_by("pk"):
        notify_of_waits(upload, [person], row_count=counts[person.pk], why=why)


def end_all_of(upload: Upload, end: WaitEnd) -> None:
    """End the wait of all rows of an upload, in the caller's transaction; those that only may wait never will."""
    end_wait(upload, WaitingRow.objects.filter(upload=upload), end)
    WaitingRow.objects.filter(upload=upload, chosen_by=None).delete()


def wait_again(upload: Upload) -> None:
    """Let the rows wait once more that an upload, which is undone now, has loaded, or has taken the place of; those
    that nobody had let wait may again.

    Rows that wait are looked at: what they wait for may have arrived. Where their sender has sent a newer file, it
    holds.
    """
    WaitingRow.objects.filter(by_upload=upload, state=WaitState.LOADED).update(
        state=WaitState.MAY, by_upload=None, ended_at=None, chosen_by=None, since=None
    )
    replaced = WaitingRow.objects.filter(
        by_upload=upload, state=WaitState.ENDED, end=WaitEnd.NEWER, upload__state=State.FINISHED
    )
    for upload_id, sender in list(replaced.order_by().values_list("upload", "upload__organization").distinct()):
        if not has_newer_file(sender, upload):
            rows, open_again = replaced.filter(upload=upload_id), {"end": "", "by_upload": None, "ended_at": None}
            rows.filter(chosen_by=None).update(state=WaitState.MAY, **open_again)
            if rows.update(state=WaitState.WAITING, **open_again):
                enqueue_waiting_rows(upload_id)
