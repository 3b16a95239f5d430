"""Finds snapshots by their numbers."""

from tidegate.accountability.models import Snapshot
from tidegate.core.errors import NotFound

_MAX_NUMBER = 2**63 - 1


def find_snapshot(number: int) -> Snapshot:
    """Return the snapshot of that number; NotFound where there is none."""
    known = Snapshot.objects.select_related("school_year", "taken_by")
    found = known.filter(pk=number).first() if 0 < number <= _MAX_NUMBER else None
    if found is None:
        raise NotFound(
            "There is no snapshot of that number",
            fix="Look the number up with tidegate snapshot list",
            code="NO_SNAPSHOT",
        )
    return found
