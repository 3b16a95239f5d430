"""Chooses which file types are collected for a school year."""

from collections.abc import Collection

from django.db import transaction

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.audit.record import record_event
from tidegate.file_types import find, find_all
from tidegate.reference.models import SchoolYear
from tidegate.windows.models import NotCollected
from tidegate.windows.set_window import lock_windows


@transaction.atomic
def choose_collected(school_year: SchoolYear, file_types: Collection[str], *, by: Person | None) -> list[str]:
    """Have exactly these file types collected for a school year, and return the slugs of those that changed.

    Of a file type that is not collected files can only be checked. Its windows stay, and count again once it is
    collected.
    """
    if by is not None:
        check_can_manage_reference(by)
    wanted = {find(slug).slug for slug in file_types}
    lock_windows(school_year)
    rows = NotCollected.objects.filter(school_year=school_year)
    before = set(rows.values_list("file_type", flat=True))
    after = set(find_all()) - wanted
    rows.filter(file_type__in=before - after).delete()
    NotCollected.objects.bulk_create(
        NotCollected(school_year=school_year, file_type=slug, set_by=by) for slug in sorted(after - before)
    )
    for slug in sorted(before ^ after):
        act = "file_type.not_collected" if slug in after else "file_type.collected"
        record_event(act, by=by, school_year=school_year, file_type=slug)
    return sorted(before ^ after)
