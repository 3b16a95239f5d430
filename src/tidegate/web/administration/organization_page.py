"""What the page of an organization shows: what is on file of it, its schools, and the people who have a role there."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count, Q

from tidegate.accounts.models import Membership, Person
from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.accounts.reach import no_such
from tidegate.accounts.roles import ROLES
from tidegate.administration.codes import current_lines
from tidegate.administration.models import ListChange
from tidegate.administration.organizations import ORGANIZATIONS
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.stored_lines import organization_fields, stored_lines
from tidegate.reference.models import Organization

MAX_SHOWN = 50


class LinesOnPage(NamedTuple):
    """How many lines of a file type are on file in a school year."""

    school_year: str
    noun: str
    line_count: int


def find_to_manage(person: Person, key: int) -> Organization:
    """Return an organization by its key, with the one that it belongs to. Raises NotAllowed or NotFound."""
    check_can_manage_reference(person)
    found = Organization.objects.filter(pk=key).select_related("parent").first()
    if found is None:
        raise no_such("organization")
    return found


def lines_on_file(organization: Organization) -> Iterator[LinesOnPage]:
    """Yield how many lines name the organization, the newest school year first."""
    counts: dict[tuple[int, str], int] = {}
    for lines in stored_lines():
        named = Q()
        for field in organization_fields(lines.model):
            named |= Q(**{field: organization})
        found = current_lines(lines).filter(named) if named else current_lines(lines).none()
        by_year = found.values_list(*["school_year_id"]).annotate(count=Count("pk"))
        for year, count in by_year:
            counts[year, lines.table.noun[1]] = count
    for (year, noun), count in sorted(counts.items(), reverse=True):
        yield LinesOnPage(SchoolYear(year).name, noun, count)


def people_at(organization: Organization) -> list[tuple[Person, str]]:
    """Return the people who hold a role there or at its district, each with the name of the role."""
    held = Membership.objects.filter(organization__in=organization.ids_up_to_district)
    held = held.select_related("person").order_by("person__name", "pk")
    return [(each.person, ROLES[each.role].display_name) for each in held[:MAX_SHOWN] if each.role in ROLES]


def last_changes(list_name: str, *, key: str = "") -> list[ListChange]:
    """Return the last changes of a list that were made; of one row, where its key is given."""
    made = ListChange.objects.filter(list_name=list_name, made_at__isnull=False).select_related("made_by")
    if key:
        # A small containment test: of the first element of a difference, which is its key.
        made = made.filter(differences__contains=[[key]])
    return list(made.defer("differences").order_by("-pk")[:10])


def changes_of(organization: Organization) -> list[ListChange]:
    """Return the last changes of the organization."""
    return last_changes(ORGANIZATIONS, key=str(organization.pk))
