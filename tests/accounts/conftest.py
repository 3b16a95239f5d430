"""A small state with two SAUs and a CTE school, and a way to give people roles in it."""

from types import SimpleNamespace

import pytest

from tidegate.accounts.models import Membership, Person
from tidegate.reference.models import Organization, SchoolYear


@pytest.fixture
def state(db) -> SimpleNamespace:
    """Two SAUs that have nothing to do with each other; the second one is host of the CTE school."""
    rock_star = Organization.objects.create(id=1000, name="Rock Star Public Schools", kind="SAU")
    capital = Organization.objects.create(id=2000, name="Capital Public Schools", kind="SAU")
    years = [SchoolYear.objects.create(first=first, name=f"{first}-{first + 1}") for first in (2020, 2026, 2027)]
    return SimpleNamespace(
        rock_star=rock_star,
        high=Organization.objects.create(id=1001, name="Rock Star High School", kind="School", parent=rock_star),
        capital=capital,
        cte_school=Organization.objects.create(
            id=2001, name="Capital Area Technical Center", kind="CTE School", parent=capital
        ),
        old_year=years[0],
        year=years[1],
    )


@pytest.fixture
def person_with(state):
    """Return a person who holds a role somewhere: `person_with(Viewer, state.high)`; no place is the whole state."""

    def create(role=None, organization=None) -> Person:
        number = Person.objects.count()
        person = Person.objects.create_user(f"person{number}@example.org", "a long password", name=f"Person {number}")
        if role is not None:
            Membership.objects.create(person=person, role=role.slug, organization=organization)
        return person

    return create
