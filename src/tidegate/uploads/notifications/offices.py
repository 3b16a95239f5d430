"""Who is told of something that concerns an office."""

from collections.abc import Collection

from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import ROLES, Permission


def senders_of(places: Collection[int]) -> list[Person]:
    """Return the people who send files for these organizations themselves; the state's administrators are not asked."""
    slugs = [slug for slug, role in ROLES.items() if Permission.SEND_UPLOADS in role.permissions]
    held = Membership.objects.filter(role__in=slugs, organization__in=places, person__is_active=True)
    return [each.person for each in held.select_related("person").order_by("person_id")]
