"""Records an event, in the transaction of the act itself."""

from typing import Any, Protocol

from django.db.models import Model

from tidegate.audit.models import Event
from tidegate.audit.origin import origin


class ActingPerson(Protocol):
    """The person who acts. The audit log knows no more of people than this."""

    @property
    def pk(self) -> Any:
        """The ID."""
        ...

    @property
    def email(self) -> str:
        """The e-mail address."""
        ...


class Named(Protocol):
    """A school year, the stored one or the core's."""

    @property
    def name(self) -> str:
        """Both years, as `2020-2021`."""
        ...


def record_event(
    act: str,
    *,
    by: ActingPerson | None,
    organization: Model | None = None,
    school_year: Named | None = None,
    subject: Model | None = None,
    **details: Any,
) -> Event:
    """Add an event to the log, with the address, user agent and ID of the current request, and return it.

    Args:
        act: What was done, as `upload.sent`.
        by: The person who did it; None is the system, or its operator at the command line.
        organization: The organization that it concerns.
        school_year: The school year that it concerns.
        subject: What it was done to.
        details: Counts, slugs, choices and IDs of ours; never the value of a cell, never a student's name.
    """
    here = origin()
    return Event.objects.create(
        act=act,
        person_id=by.pk if by else None,
        person_email=by.email if by else "",
        organization_id=organization.pk if organization else None,
        school_year=school_year.name if school_year else "",
        subject_kind=type(subject).__name__.lower() if subject else "",
        subject_id=str(getattr(subject, "public_id", subject.pk)) if subject else "",
        details=details,
        address=here.address,
        user_agent=here.user_agent,
        request_id=here.request_id,
    )
