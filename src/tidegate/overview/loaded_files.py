"""The files that were loaded for some organizations, as the counts of days count them for the whole state."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import State, Upload


def was_loaded() -> Q:
    """Return the condition that the file of an upload was loaded, and that the upload has not been undone."""
    return Q(state=State.FINISHED, check_only=False) & ~Q(sha256="")


def loaded_uploads(places: Collection[int], school_year: SchoolYear) -> "QuerySet[Upload]":
    """Return the uploads of a school year whose files were loaded for these organizations; no checks, nothing to report
    and no withdrawals."""
    own = Upload.objects.filter(organization__in=places, school_year=school_year)
    return own.filter(was_loaded()).order_by()
