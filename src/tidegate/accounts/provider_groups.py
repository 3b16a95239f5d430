"""Roles by the groups that the provider of single sign-on names; they end when a person signs in without the group."""

import logging
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from tidegate.accounts.group_roles import ANY, read_entry
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.people import LAST_ADMINISTRATOR, end_role, give_role
from tidegate.accounts.roles import ROLES
from tidegate.core.errors import Refusal
from tidegate.reference.models import Organization
from tidegate.reference.models.organization import identified_by

log = logging.getLogger(__name__)


def claims_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the provider says of a person, in its ID token and when it is asked."""
    return {**said, **(said.get("id_token") or {}), **(said.get("userinfo") or {})}


def groups_in(said: Mapping[str, Any]) -> list[str] | None:
    """Return the groups that the provider names; None where it says nothing of them that could be followed.

    A person in very many groups has none in what Entra ID says, but the name of a place to ask (`_claim_names`).
    """
    claim, data = settings.TIDEGATE_SSO_GROUPS_CLAIM, claims_in(said)
    if claim not in data and claim in (data.get("_claim_names") or {}):
        log.warning("The provider does not name the groups of a person who has too many: roles stay as they are")
        return None
    groups = data.get(claim) or []
    return [groups] if isinstance(groups, str) else [str(group) for group in groups]


def roles_of(groups: Collection[str]) -> Iterator[tuple[str, Organization | None]]:
    """Yield the roles that the state gives to these groups, and where; what cannot be held there is left out."""
    for entry in map(read_entry, settings.TIDEGATE_SSO_GROUPS):
        for group in groups:
            found = _place_in(entry.group, entry.place, group)
            organization = Organization.objects.filter(identified_by(found)).first() if found else None
            is_there = found == "" or organization is not None
            if is_there and ROLES[entry.role].may_be_held_at(organization.kind if organization else None):
                yield entry.role, organization


def places_not_found() -> list[str]:
    """Return the organizations that an entry names by itself and that are not on file: it gives nothing there."""
    places = [entry.place for entry in map(read_entry, settings.TIDEGATE_SSO_GROUPS) if entry.place]
    named = [place for place in dict.fromkeys(places) if ANY not in place]
    return [place for place in named if not Organization.objects.filter(identified_by(place)).exists()]


def _place_in(pattern: str, place: str, group: str) -> str | None:
    """Return the organization that a group stands for by one entry; blank is the whole state, None is that it does
    not fit."""
    begin, star, end = pattern.partition(ANY)
    if not star:
        return place if group == pattern else None
    is_alike = group.startswith(begin) and group.endswith(end) and len(group) > len(begin) + len(end)
    return place.replace(ANY, group[len(begin) : len(group) - len(end)]) if is_alike else None


@transaction.atomic
def follow_provider(person: Person, groups: Collection[str] | None) -> None:
    """Give the person the roles of their groups, and end those that came from groups which they are not in any more.

    What the state has given by itself stays. The last state administrator stays one, too. Where the settings give a
    group nothing any more, its roles end, too.
    """
    if groups is None:
        return
    wanted = set(roles_of(groups))
    for role, organization in sorted(wanted, key=str):
        give_role(by=None, person=person, role=role, organization=organization, by_provider=True)
    for membership in Membership.objects.filter(person=person, by_provider=True).select_related("organization"):
        if (membership.role, membership.organization) not in wanted:
            _end(membership)


def _end(membership: Membership) -> None:
    try:
        end_role(by=None, membership=membership)
    except Refusal as refusal:
        if refusal.code != LAST_ADMINISTRATOR:
            raise
        log.warning("The only state administrator keeps the role without the provider's group")
