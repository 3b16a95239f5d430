"""The uploads on hold that a person should know of: their own, and those that they may release."""

from django.db.models import Q, QuerySet

from tidegate.accounts.models import Person
from tidegate.accounts.reach import organizations_allowing
from tidegate.accounts.roles import Permission
from tidegate.uploads.models import State, Upload


def waiting_for_release(person: Person) -> QuerySet[Upload]:
    """Return the uploads on hold that the person sent or may release, whatever they work in now; the oldest first."""
    may_release = Q(organization__in=organizations_allowing(person, Permission.RELEASE_UPLOADS))
    are_own = Q(sent_by=person, organization__in=organizations_allowing(person, Permission.VIEW_UPLOADS))
    held = Upload.objects.filter(may_release | are_own, state=State.ON_HOLD)
    return held.select_related("organization", "school_year", "sent_by").order_by("sent_at", "pk")
