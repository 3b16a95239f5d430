"""Closes a school year, so that its records are read-only for districts, and reopens it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.reference.models import SchoolYear
from tidegate.uploads.lifecycle.waiting.wake_waiting import WAITING
from tidegate.uploads.models import State, Upload, WaitingRow
from tidegate.uploads.queue import enqueue_waiting_rows
from tidegate.windows.models import YearMove
from tidegate.windows.reason import checked_reason


@dataclass(frozen=True)
class OpenWork:
    """What is still under way in a school year.

    Attributes:
        busy_count: Uploads that wait for a worker or have one. They were received before, so they are loaded.
        held_count: Uploads on hold. They can only be cancelled while the year is closed.
        waiting_row_count: Rows that wait for a line of another file. They go on waiting, and are loaded if the
            year is reopened in time.
    """

    busy_count: int
    held_count: int
    waiting_row_count: int

    def __bool__(self) -> bool:
        """Whether anything is under way."""
        return bool(self.busy_count or self.held_count or self.waiting_row_count)


def find_open_work(school_year: SchoolYear) -> OpenWork:
    """Return what is still under way in a school year; checks load nothing and do not count."""
    uploads = Upload.objects.filter(school_year=school_year, check_only=False)
    return OpenWork(
        uploads.filter(state__in=(State.WAITING, State.PROCESSING)).count(),
        uploads.filter(state=State.ON_HOLD).count(),
        WaitingRow.objects.filter(WAITING, upload__school_year=school_year).count(),
    )


@transaction.atomic
def close_year(school_year: SchoolYear, *, by: Person | None) -> OpenWork:
    """Close a school year, and return what was under way. Nothing of it is changed any more but what was received
    before. Raises Conflict where it is closed already."""
    found = _take(school_year, by=by)
    if found.closed_at:
        raise Conflict(
            f"{found.name} is closed already", fix="Reopen it if something has to change", code="YEAR_CLOSED"
        )
    _move(found, is_closed=True, by=by)
    return find_open_work(found)


@transaction.atomic
def reopen_year(school_year: SchoolYear, *, reason: str, by: Person | None) -> None:
    """Reopen a school year, and have its waiting rows looked at. Windows that have closed stay closed.

    Raises:
        Refusal: The person may not, or gives no reason.
        Conflict: It is not closed.
    """
    reason = checked_reason(reason, of="Reopening a school year")
    found = _take(school_year, by=by)
    if not found.closed_at:
        raise Conflict(f"{found.name} is not closed", fix="There is nothing to reopen", code="YEAR_OPEN")
    _move(found, is_closed=False, by=by, reason=reason)
    waiting = WaitingRow.objects.filter(WAITING, upload__school_year=found).order_by("upload_id")
    for upload_id in waiting.values_list("upload_id", flat=True).distinct():
        enqueue_waiting_rows(upload_id)


def _take(school_year: SchoolYear, *, by: Person | None) -> SchoolYear:
    """Return the school year, locked: who is about to send for it is waited for."""
    if by is not None:
        check_can_manage_reference(by)
    return SchoolYear.objects.select_for_update(no_key=True).get(pk=school_year.pk)


def _move(school_year: SchoolYear, *, is_closed: bool, by: Person | None, reason: str = "") -> None:
    school_year.closed_at = timezone.now() if is_closed else None
    school_year.save(update_fields=["closed_at"])
    YearMove.objects.create(school_year=school_year, is_closed=is_closed, by=by, reason=reason)
    record_event("school_year.closed" if is_closed else "school_year.reopened", by=by, school_year=school_year)
