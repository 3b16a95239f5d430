"""*Nothing to report* for a school and file type: an act of its own, signed like an upload."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, NotFound, Refusal
from tidegate.file_types import find
from tidegate.records.models import CURRENT
from tidegate.records.stored_lines import lines_of, organization_fields
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.open_organizations import check_is_open
from tidegate.uploads.models import State, Upload
from tidegate.uploads.notifications.announce import announce
from tidegate.uploads.receipts.receipt import give_receipt
from tidegate.windows.check_open import check_can_change


def schools_of(organization: Organization) -> list[Organization]:
    """Return the organization and its schools, by name: for these it can say that there is nothing to report."""
    own = Organization.objects.filter(pk=organization.pk) | Organization.objects.filter(parent=organization)
    return list(own.order_by("name"))


@transaction.atomic
def report_nothing(
    *, organization: Organization, school: Organization, file_type: str, school_year: SchoolYear, by: Person
) -> Upload:
    """Note that there is nothing to report, with a receipt, and return the act: an upload without a file.

    Args:
        organization: Who says so.
        school: For which school: one of the organization's, or the organization itself.
        file_type: The slug of the file type.
        school_year: The school year.
        by: The person who says so.

    Raises:
        Refusal: The person may not send files for the organization; the school is none of it; or it has lines of the
            file type on file that year; or the window of the file type is not open.
    """
    check_can_send_upload(by, organization)
    check_is_open(organization, school_year)
    if organization.pk not in (school.pk, school.parent_id):
        raise NotFound("Your organization has no such school", fix="Choose one from the list")
    found = find(file_type)
    check_can_change(found.slug, school_year, organization)
    lines = lines_of(found)
    if lines is None or not organization_fields(lines.model):
        raise Refusal(
            "Files of this type leave no lines on file", fix="There is nothing to report for it", code="NO_LINES"
        )
    there = "school" if "school" in organization_fields(lines.model) else organization_fields(lines.model)[0]
    # A district that has nothing to report has nothing at any of its schools.
    here = Q(**{there: school}) | Q(**{f"{there}__parent": school})
    of_year: dict[str, Any] = {"school_year": school_year}
    count = QuerySet(lines.model).filter(CURRENT, here, **of_year).count()
    if count:
        raise Conflict(
            f"{count:,} line{' is' if count == 1 else 's are'} on file for {school.name}",
            fix="Withdraw what is wrong first; if it is right, there is something to report",
            code="ON_FILE",
        )
    now = timezone.now()
    act = Upload.objects.create(
        file_type=found.slug,
        file_name=f"Nothing to report: {school.name}",
        organization=organization,
        school_year=school_year,
        sent_by=by,
        sent_at=now,
        finished_at=now,
        state=State.FINISHED,
        byte_count=0,
        nothing_for=school,
        **dict.fromkeys(("row_count", "success_count", "error_count", "warning_count", "notice_count"), 0),
    )
    give_receipt(act)
    record_event(
        "upload.nothing_reported",
        by=by,
        organization=organization,
        school_year=school_year,
        subject=act,
        file_type=found.slug,
        school=school.identifier,
    )
    announce(act)
    return act
