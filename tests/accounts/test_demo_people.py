"""The demo's people can sign in and stand where the guide begins."""

from datetime import date

import pytest
from django.contrib.auth import authenticate

from tidegate.accounts.demo_people import fill_people
from tidegate.accounts.focus import focus_of, save_focus
from tidegate.accounts.models import Membership, Person
from tidegate.demo import fill_demo
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.demo import PASSWORD, PEOPLE
from tidegate.states.maine.demo import SCHOOL_YEAR as PERIOD


@pytest.fixture
def demo_state(db):
    fill_demo(today=date(2026, 11, 23))


def test_there_is_somebody_for_each_role_focused_on_the_guides_year(demo_state, rf):
    people = fill_people(PEOPLE, password=PASSWORD, period=PERIOD)
    assert len({person.memberships.get().role for person in people}) == 6
    for person, demo in zip(people, PEOPLE, strict=True):
        focus = focus_of(person)
        assert authenticate(rf.post("/"), username=demo.email, password=PASSWORD) == person
        assert (focus.school_year.name, focus.organization.name if focus.organization else "") == (
            "2020-2021",
            demo.organization_name,
        )


def test_filling_in_again_adds_nobody_and_puts_the_focus_back(demo_state):
    fill_people(PEOPLE, password=PASSWORD, period=PERIOD)
    person = Person.objects.get(email="rockstar@demo.example")
    high = Organization.objects.get(name="Rock Star High School")
    save_focus(by=person, school_year=SchoolYear.objects.get(first=2026), organization=high)
    fill_people(PEOPLE, password=PASSWORD, period=PERIOD)
    assert (Person.objects.count(), Membership.objects.count()) == (7, 7)
    assert focus_of(person).school_year.first == 2020
