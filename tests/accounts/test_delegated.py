"""A people manager looks after the people of one office, and of no other, and never of themselves."""

import pytest

from tidegate.accounts.find_people import find_person, search_people
from tidegate.accounts.models import Membership
from tidegate.accounts.people import end_role, give_role, set_access
from tidegate.accounts.permissions import can_give_role, can_manage_account, can_manage_some_people
from tidegate.accounts.roles import CteDirector, DataSpecialist, PeopleManager, StateAdministrator, Viewer
from tidegate.core.errors import NotAllowed, NotFound, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(state, person_with, settings):
    """A data specialist of Rock Star who manages its people, too."""
    settings.TIDEGATE_DELEGATED_PEOPLE = True
    person = person_with(DataSpecialist, state.rock_star)
    Membership.objects.create(person=person, role=PeopleManager.slug, organization=state.rock_star)
    return person


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (DataSpecialist, "rock_star", True),
        (Viewer, "high", True),
        (PeopleManager, "rock_star", False),
        (DataSpecialist, "capital", False),
        (CteDirector, "cte_school", False),
        (StateAdministrator, None, False),
    ],
)
def test_a_manager_gives_roles_of_the_own_office_up_to_the_own(state, person_with, manager, role, place, may):
    organization = getattr(state, place) if place else None
    assert can_give_role(manager, role.slug, organization) == may
    if may:
        give_role(by=manager, person=person_with(), role=role.slug, organization=organization)
    else:
        with pytest.raises(Refusal):
            give_role(by=manager, person=person_with(), role=role.slug, organization=organization)


def test_a_manager_without_another_role_gives_none(state, person_with, manager):
    manager.memberships.get(role=DataSpecialist.slug).delete()
    assert not can_give_role(manager, Viewer.slug, state.high)


def test_a_manager_changes_no_own_roles(state, manager):
    with pytest.raises(NotAllowed, match="your own roles"):
        give_role(by=manager, person=manager, role=Viewer.slug, organization=state.high)
    with pytest.raises(NotAllowed, match="your own roles"):
        end_role(by=manager, membership=manager.memberships.get(role=DataSpecialist.slug))
    assert not can_manage_account(manager, manager)


def test_a_manager_finds_the_people_of_the_own_office_alone(state, person_with, manager):
    ours, theirs = person_with(Viewer, state.high), person_with(Viewer, state.capital)
    assert set(search_people(manager, "")) == {manager, ours}
    assert find_person(manager, ours.pk) == ours
    with pytest.raises(NotFound):
        find_person(manager, theirs.pk)
    with pytest.raises(NotAllowed):
        search_people(theirs, "")


def test_a_search_tells_no_manager_of_roles_elsewhere(state, person_with, manager):
    ours = person_with(Viewer, state.high)
    Membership.objects.create(person=ours, role=Viewer.slug, organization=state.capital)
    assert list(search_people(manager, state.capital.name)) == []
    assert ours in search_people(manager, state.high.name)


def test_a_manager_ends_the_access_only_of_those_who_are_all_theirs(state, person_with, manager):
    ours = person_with(Viewer, state.high)
    set_access(by=manager, person=ours, may_sign_in=False)
    elsewhere_too = person_with(Viewer, state.high)
    Membership.objects.create(person=elsewhere_too, role=Viewer.slug, organization=state.capital)
    with pytest.raises(NotAllowed):
        set_access(by=manager, person=elsewhere_too, may_sign_in=False)


def test_without_the_states_word_a_manager_manages_nobody(state, person_with, manager, settings):
    settings.TIDEGATE_DELEGATED_PEOPLE = False
    assert not can_manage_some_people(manager)
    assert not can_give_role(manager, Viewer.slug, state.high)
    with pytest.raises(NotAllowed):
        give_role(by=manager, person=person_with(), role=Viewer.slug, organization=state.high)


def test_people_are_found_by_name_email_and_office(state, person_with):
    administrator, viewer = person_with(StateAdministrator), person_with(Viewer, state.capital)
    assert list(search_people(administrator, "capital public")) == [viewer]
    assert list(search_people(administrator, f"{viewer.email} capital")) == [viewer]
    assert list(search_people(administrator, "nobody")) == []
