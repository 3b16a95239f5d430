"""People sign in by e-mail address, and hold roles only where these can be held."""

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from tidegate.accounts.models import Membership, Person
from tidegate.accounts.people import add_person, end_role, give_role
from tidegate.accounts.roles import Approver, Certifier, CteDirector, DataSpecialist, StateAdministrator, Viewer
from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed, Refusal

pytestmark = pytest.mark.django_db


def test_the_case_of_the_email_address_does_not_matter_at_sign_in(rf):
    person = add_person(by=None, email=" Robin@Example.ORG ", name="Robin", password="a long password")
    assert person.email == "robin@example.org"
    assert authenticate(rf.post("/"), username="ROBIN@example.org", password="a long password") == person
    assert authenticate(rf.post("/"), username="robin@example.org", password="another password") is None


def test_an_email_address_exists_once_in_whatever_case():
    add_person(by=None, email="robin@example.org", name="Robin")
    with pytest.raises(Refusal, match="already"):
        add_person(by=None, email="Robin@Example.org", name="Robin again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="Robin@example.org", name="Around the form")


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (StateAdministrator, "rock_star"),
        (DataSpecialist, None),
        (DataSpecialist, "high"),
        (CteDirector, "high"),
        (CteDirector, "rock_star"),
    ],
)
def test_a_role_is_held_only_where_it_belongs(state, person_with, role, place):
    organization = getattr(state, place) if place else None
    with pytest.raises(Refusal, match="is not a role for this organization"):
        give_role(by=None, person=person_with(), role=role.slug, organization=organization)


def test_giving_and_ending_a_role_leaves_events(state, person_with):
    administrator, person = person_with(StateAdministrator), person_with()
    for _ in range(2):
        membership = give_role(by=administrator, person=person, role=Viewer.slug, organization=state.high)
    end_role(by=administrator, membership=membership)
    assert not person.memberships.exists()
    acts = list(Event.objects.order_by("id").values_list("act", "person_email", "organization_id"))
    assert acts == [("role.given", administrator.email, 1001), ("role.ended", administrator.email, 1001)]


def test_only_a_state_administrator_gives_roles(state, person_with):
    specialist = person_with(DataSpecialist, state.rock_star)
    with pytest.raises(NotAllowed):
        give_role(by=specialist, person=specialist, role=StateAdministrator.slug, organization=None)
    with pytest.raises(NotAllowed):
        add_person(by=specialist, email="x@example.org", name="X")


def test_an_unknown_role_is_refused(person_with):
    with pytest.raises(Refusal, match="no such role"):
        give_role(by=None, person=person_with(), role="emperor", organization=None)


def test_the_same_role_is_held_once(person_with):
    person = person_with(StateAdministrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=person, role=StateAdministrator.slug, organization=None)


@pytest.mark.parametrize("role", [Certifier, Approver])
def test_nobody_gives_themselves_a_role_that_signs(person_with, role):
    administrator, other = person_with(StateAdministrator), person_with(StateAdministrator)
    with pytest.raises(NotAllowed, match="give yourself"):
        give_role(by=administrator, person=administrator, role=role.slug, organization=None)
    assert give_role(by=other, person=administrator, role=role.slug, organization=None).pk
