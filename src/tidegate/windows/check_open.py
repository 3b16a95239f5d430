"""Refuses what may not be changed now: outside of a window, or in a school year that is closed."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from tidegate.reference.models import Organization, SchoolYear
from tidegate.windows.collection import Collection, find_collection
from tidegate.windows.describe_window import why_not_open

_LOCK = "SELECT closed_at FROM reference_schoolyear WHERE first = %s FOR SHARE"


def check_can_change(
    file_type: str, school_year: SchoolYear, organization: Organization, *, received_at: datetime | None = None
) -> Collection:
    """Return how the file type is collected; raise Conflict where records of it cannot be changed.

    Args:
        file_type: The slug of the file type.
        school_year: The school year of the records.
        organization: Whose records they are.
        received_at: When the file was received, or the person has acted: this counts, not when it is processed. None
            is now.

    Raises:
        Conflict: The file type is not collected, its window is not open, or the school year is closed.
    """
    school_year.closed_at = lock_school_year(school_year)
    collection = find_collection(file_type, school_year, organization)
    refused = why_not_open(collection, day=timezone.localdate(received_at))
    if refused:
        raise refused
    return collection


def check_year_is_open(school_year: SchoolYear) -> None:
    """Raise Conflict where the school year is closed. It stays open until the caller's transaction ends."""
    school_year.closed_at = lock_school_year(school_year)
    # Without a window the year alone counts.
    refused = why_not_open(Collection("", school_year), day=timezone.localdate())
    if refused:
        raise refused


def lock_school_year(school_year: SchoolYear) -> datetime | None:
    """Return when the school year was closed, None where it is open; nobody closes or reopens it until the caller's
    transaction ends. Several hold this lock at once: it keeps nobody from sending."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [school_year.pk])
        found = cursor.fetchone()
    closed_at: datetime | None = found[0] if found else None
    return closed_at
