"""Who is told of something that concerns an office."""

from collections.abc import Collection

from tidegate.accounts.find_people import memberships_with
from tidegate.accounts.models import Person
from tidegate.accounts.roles import Permission


def senders_of(places: Collection[int]) -> list[Person]:
    """Return the people who send files for these organizations themselves; the state's administrators are not asked."""
    return [each.person for each in memberships_with(Permission.SEND_UPLOADS).filter(organization__in=places)]
