"""Fills in the people of a demo. They and their password are known to everybody: never for real data."""

from collections.abc import Iterable

from django.db import transaction

from tidegate.accounts.demo_person import DemoPerson
from tidegate.accounts.focus import save_focus
from tidegate.accounts.models import Focus, Person
from tidegate.accounts.people import add_person, give_role
from tidegate.core.layouts.school_year import SchoolYear as Period
from tidegate.reference.models import Organization, SchoolYear


@transaction.atomic
def fill_people(people: Iterable[DemoPerson], *, password: str, period: Period) -> list[Person]:
    """Return the demo's people, each with their role, focused on a school year. The demo's organizations are there by
    now.

    Run again it changes nothing but a focus that was moved, which goes back to where the demo begins.
    """
    school_year = SchoolYear.objects.get(first=period.first)
    return [_fill(demo, password, school_year) for demo in people]


def _fill(demo: DemoPerson, password: str, school_year: SchoolYear) -> Person:
    person = Person.objects.filter(email=demo.email).first()
    if person is None:
        person = add_person(by=None, email=demo.email, name=demo.name, password=password)
    organization = Organization.objects.get(name=demo.organization_name) if demo.organization_name else None
    give_role(by=None, person=person, role=demo.role.slug, organization=organization)
    if not Focus.objects.filter(person=person, school_year=school_year, organization=organization).exists():
        save_focus(by=person, school_year=school_year, organization=organization)
    return person
