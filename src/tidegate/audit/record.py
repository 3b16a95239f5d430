"""Records an event, in the transaction of the act itself."""

from typing import Any, Protocol

from django.db.models import Model

from tidegate.audit.models import Event
from tidegate.audit.origin import origin


class ActingPerson(Protocol):
    """Whoever acts. The audit log knows no more of people than this."""

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
    """Return the event that is now in the log. `by` is None where the system acts, or its operator at the command line.

    `details` are counts, slugs, choices and IDs of ours; never the value of a cell, never a student's name. In a
    request the event has its address, user agent and ID.
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
