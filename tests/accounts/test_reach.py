"""How far a role reaches, and that beyond it nothing can be told from what does not exist."""

import pytest

from tidegate.accounts.permissions import find_organization, organizations_to_focus_on, organizations_visible_to
from tidegate.accounts.roles import CteDirector, DataSpecialist, StateAdministrator, Viewer
from tidegate.core.errors import NotFound


def ids(organizations) -> list[int]:
    return [organization.pk for organization in organizations]


@pytest.mark.parametrize(
    ("role", "held_at", "visible"),
    [
        (StateAdministrator, None, {1000, 1001, 2000, 2001}),
        (Viewer, None, {1000, 1001, 2000, 2001}),
        (DataSpecialist, "rock_star", {1000, 1001}),
        (DataSpecialist, "capital", {2000, 2001}),
        (CteDirector, "cte_school", {2001}),
        (Viewer, "high", {1001}),
        (None, None, set()),
    ],
)
def test_a_role_at_a_sau_reaches_its_schools_and_one_at_a_school_only_that(state, person_with, role, held_at, visible):
    person = person_with(role, getattr(state, held_at) if held_at else None)
    assert set(ids(organizations_visible_to(person))) == visible


def test_somebody_who_is_no_longer_active_reaches_nothing(state, person_with):
    person = person_with(StateAdministrator)
    person.is_active = False
    assert not organizations_visible_to(person).exists()


def test_saus_come_first_in_change_focus(state, person_with):
    assert ids(organizations_to_focus_on(person_with(StateAdministrator))) == [2000, 1000, 2001, 1001]


@pytest.mark.parametrize("organization_id", [2000, 9999])
def test_a_foreign_organization_answers_like_an_unknown_one(state, person_with, organization_id):
    person = person_with(DataSpecialist, state.rock_star)
    with pytest.raises(NotFound) as refusal:
        find_organization(person, organization_id)
    assert (refusal.value.message, refusal.value.code) == ("There is no such organization", "NOT_FOUND")


def test_a_role_that_no_longer_exists_grants_nothing(state, person_with):
    person = person_with(DataSpecialist, state.rock_star)
    person.memberships.update(role="retired-role")
    assert not organizations_visible_to(person).exists()
