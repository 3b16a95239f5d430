"""How far a person's roles reach: a district with its schools, one school, or the whole state."""

from collections.abc import Container, Iterator

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from tidegate.accounts.models import Person
from tidegate.accounts.roles import ROLES, Permission, Role, roles_with
from tidegate.core.errors import NotFound
from tidegate.reference.models import Organization, OrganizationKind
from tidegate.reference.models.organization import identified_by


def roles_at(person: Person, organization: Organization | None) -> Iterator[type[Role]]:
    """Yield the roles that the person holds over the organization; None is the whole state."""
    reaching = organization.ids_up_to_district if organization else []
    for membership in person.memberships.all() if person.is_active else ():
        if (membership.organization_id is None or membership.organization_id in reaching) and membership.role in ROLES:
            yield ROLES[membership.role]


def has_permission(person: Person, permission: Permission, organization: Organization | None) -> bool:
    """Whether one of the person's roles allows this at the organization; None is the whole state."""
    return any(permission in role.permissions for role in roles_at(person, organization))


def is_state_wide(person: Person) -> bool:
    """Whether a role of the person reaches the whole state."""
    return any(True for _ in roles_at(person, None))


def organizations_visible_to(person: Person) -> "QuerySet[Organization]":
    """Return the organizations that the person's roles reach, by name."""
    return _organizations_of(person, ROLES)


def organizations_allowing(person: Person, permission: Permission) -> "QuerySet[Organization]":
    """Return the organizations at which one of the person's roles allows this, by name."""
    return _organizations_of(person, roles_with(permission))


def _organizations_of(person: Person, roles: Container[str]) -> "QuerySet[Organization]":
    """Return the organizations that those of the roles reach which the person holds."""
    held = _held_at(person, roles)
    if None in held:  # the whole state
        return Organization.objects.all()
    return Organization.objects.filter(Q(pk__in=held) | Q(parent__in=held))


def held_allowing(person: Person, permission: Permission) -> list[int | None]:
    """Return the IDs of the organizations at which the person holds a role that allows this; it reaches these and their
    schools. None among them is the whole state."""
    return _held_at(person, roles_with(permission))


def _held_at(person: Person, roles: Container[str]) -> list[int | None]:
    memberships = person.memberships.all() if person.is_active else ()
    return [membership.organization_id for membership in memberships if membership.role in roles]


def organizations_reached_from(organization: Organization) -> "QuerySet[Organization]":
    """Return an organization and its schools."""
    return Organization.objects.filter(Q(pk=organization.pk) | Q(parent=organization.pk))


def organizations_to_focus_on(person: Person) -> "QuerySet[Organization]":
    """Return the organizations that the person may choose in Change Focus: districts, then technical schools, then
    schools."""
    kinds = (OrganizationKind.SAU, OrganizationKind.CTE_SCHOOL, OrganizationKind.SCHOOL)
    order = Case(*(When(kind=kind, then=Value(i)) for i, kind in enumerate(kinds)), output_field=IntegerField())
    return organizations_visible_to(person).order_by(order, "name", "pk")


def find_organization(person: Person, identifier: int | str) -> Organization:
    """Return the organization with this ID.

    Raises NotFound where there is none or the person's roles do not reach it, both alike.
    """
    organization = organizations_visible_to(person).filter(identified_by(identifier)).first()
    if organization is None:
        raise no_such("organization")
    return organization


def no_such(thing: str) -> NotFound:
    """Return the Refusal for what does not exist or may not be known of: the answer must be the
    same for both."""
    return NotFound(
        f"There is no such {thing}",
        fix="It does not exist, or it belongs to another organization",
    )
