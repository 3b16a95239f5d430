"""Which organizations a school year's files may be sent for."""

from tidegate.core.errors import Conflict
from tidegate.core.format_day import format_day
from tidegate.reference.models import Organization, SchoolYear


def check_is_open(organization: Organization, school_year: SchoolYear) -> None:
    """Raise a Conflict where the organization had closed before the school year began."""
    if organization.closed_on and not organization.is_open_in(school_year.period):
        raise Conflict(
            f"{organization.name} closed on {format_day(organization.closed_on)}, before {school_year.name} began",
            fix="Choose an earlier school year, or the organization that its students went to",
            code="ORGANIZATION_CLOSED",
        )
