"""Allows an organization late files of a type, and takes that back."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_allow_late_uploads
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.format_day import format_day
from tidegate.file_types import find
from tidegate.reference.models import Organization, SchoolYear
from tidegate.windows.collection import CURRENT, find_collection
from tidegate.windows.models import LateAllowance
from tidegate.windows.reason import checked_reason
from tidegate.windows.set_window import lock_windows

_MAX_DAYS = 366


@transaction.atomic
def allow_late(
    file_type: str, school_year: SchoolYear, organization: Organization, *, until: date, reason: str, by: Person
) -> LateAllowance:
    """Allow an organization to send files of a type after its window has closed, and return the allowance, which takes
    the place of the one before.

    Args:
        file_type: The slug of the file type.
        school_year: The school year.
        organization: Who may send; a district's allowance is also for its schools.
        until: The last day, included.
        reason: Why.
        by: Who allows it.

    Raises:
        Refusal: The person may not allow it, gives no reason, or the day has gone by, is before the closing day or far
            away.
        Conflict: No late file can be sent, since the file type has no window, is not collected, or the year is closed.
    """
    check_can_allow_late_uploads(by)
    slug = find(file_type).slug
    reason = checked_reason(reason, of="A late file")
    lock_windows(school_year)
    _check_day(slug, school_year, organization, until=until)
    same = LateAllowance.objects.filter(CURRENT, file_type=slug, school_year=school_year, organization=organization)
    if (before := same.first()) and (before.until, before.reason) == (until, reason):
        return before  # sent twice
    same.update(ended_by=by, ended_at=timezone.now())
    allowance = LateAllowance.objects.create(
        file_type=slug, school_year=school_year, organization=organization, until=until, reason=reason, allowed_by=by
    )
    _record("late_allowance.given", allowance, by=by)
    return allowance


@transaction.atomic
def end_allowance(allowance_id: int, *, by: Person) -> LateAllowance:
    """Take an allowance back, and return it. What was sent with it stays."""
    check_can_allow_late_uploads(by)
    found = find_allowance(allowance_id)
    lock_windows(found.school_year)
    if not LateAllowance.objects.filter(CURRENT, pk=found.pk).update(ended_by=by, ended_at=timezone.now()):
        raise Conflict("This allowance has ended already", fix="Look at the page again", code="ALLOWANCE_ENDED")
    _record("late_allowance.ended", found, by=by)
    return found


def find_allowance(allowance_id: int) -> LateAllowance:
    """Return the allowance of this number, present or earlier. Raises NotFound where there is none."""
    found = LateAllowance.objects.select_related("school_year", "organization").filter(pk=allowance_id).first()
    if found is None:
        raise no_such("late allowance")
    return found


def _check_day(slug: str, school_year: SchoolYear, organization: Organization, *, until: date) -> None:
    today = timezone.localdate()
    collection = find_collection(slug, school_year, organization)
    if school_year.closed_at or not collection.is_collected:
        said = f"{school_year.name} is closed" if school_year.closed_at else f"{find(slug).name} is not collected"
        raise Conflict(f"{said}, so no late file can be sent", fix="Change that first", code="NOTHING_LATE")
    if collection.window is None:
        raise Conflict(
            f"{find(slug).name} for {school_year.name} has no closing day, so no file is late",
            fix="There is nothing to allow",
            code="NOTHING_LATE",
        )
    closes = collection.window.closes
    if until <= closes:
        raise Refusal(
            f"The window is open until {format_day(closes)} anyway", fix="Choose a later day", code="ALLOWANCE_DAY"
        )
    if until < today:
        raise Refusal(f"{format_day(until)} has gone by", fix="Choose today or a later day", code="ALLOWANCE_DAY")
    if (until - today).days > _MAX_DAYS:
        raise Refusal(
            "The day is more than a year away", fix="Check the year, or change the window", code="ALLOWANCE_DAY"
        )


def _record(act: str, allowance: LateAllowance, *, by: Person) -> None:
    record_event(
        act,
        by=by,
        organization=allowance.organization,
        school_year=allowance.school_year,
        subject=allowance,
        file_type=allowance.file_type,
        until=allowance.until.isoformat(),
    )
