"""The permission table, asked as every role at every place."""

import pytest

from tidegate.accounts import permissions
from tidegate.accounts.roles import ROLES, CteDirector, DataSpecialist, Permission, StateAdministrator, Viewer
from tidegate.core.errors import NotAllowed, NotFound
from tidegate.core.outputs.output import Access

WORK = ("view_students", "view_upload", "send_upload", "download_upload")
LOOK = ("view_students", "view_upload")
STATE = ("manage_people", "view_audit", "view_operations")


@pytest.mark.parametrize(
    ("role", "held_at", "at", "allowed"),
    [
        (StateAdministrator, None, "rock_star", WORK),
        (StateAdministrator, None, "cte_school", WORK),
        (DataSpecialist, "rock_star", "rock_star", WORK),
        (DataSpecialist, "rock_star", "high", WORK),
        (DataSpecialist, "rock_star", "capital", ()),
        (DataSpecialist, "rock_star", "cte_school", ()),
        (CteDirector, "cte_school", "cte_school", WORK),
        (CteDirector, "cte_school", "capital", ()),
        (Viewer, "rock_star", "high", LOOK),
        (Viewer, "rock_star", "cte_school", ()),
        (Viewer, None, "cte_school", LOOK),
        (None, None, "rock_star", ()),
    ],
)
def test_what_a_role_may_do_at_an_organization(state, person_with, role, held_at, at, allowed):
    person = person_with(role, getattr(state, held_at) if held_at else None)
    answers = [verb for verb in WORK if getattr(permissions, f"can_{verb}")(person, getattr(state, at))]
    assert tuple(answers) == allowed


@pytest.mark.parametrize("verb", [*WORK, "view_organization", "set_focus"])
def test_check_raises_where_can_says_no(state, person_with, verb):
    stranger = person_with(DataSpecialist, state.capital)
    assert not getattr(permissions, f"can_{verb}")(stranger, state.rock_star)
    with pytest.raises(NotFound):
        getattr(permissions, f"check_can_{verb}")(stranger, state.rock_star)
    getattr(permissions, f"check_can_{verb}")(stranger, state.cte_school)


def test_a_viewer_is_told_what_the_role_lacks(state, person_with):
    with pytest.raises(NotAllowed, match="Your role does not allow you to send uploads"):
        permissions.check_can_send_upload(person_with(Viewer, state.rock_star), state.high)


@pytest.mark.parametrize("verb", STATE)
def test_only_state_administrators_run_the_system(state, person_with, verb):
    people = [person_with(StateAdministrator), person_with(Viewer), person_with(DataSpecialist, state.rock_star)]
    assert [getattr(permissions, f"can_{verb}")(person) for person in people] == [True, False, False]
    with pytest.raises(NotAllowed):
        getattr(permissions, f"check_can_{verb}")(people[2])


def test_only_state_administrators_manage_the_reference_lists(state, person_with):
    people = [person_with(StateAdministrator), person_with(Viewer), person_with(DataSpecialist, state.rock_star)]
    assert [permissions.can_manage_reference(person) for person in people] == [True, False, False]


def test_a_student_is_seen_from_every_place_of_enrollment(state, person_with):
    director, stranger = person_with(CteDirector, state.cte_school), person_with(Viewer, state.capital)
    assert permissions.can_view_student(director, [state.high, state.cte_school])
    assert not permissions.can_view_student(director, [state.high])
    with pytest.raises(NotFound, match="There is no such student"):
        permissions.check_can_view_student(stranger, [state.high])


def test_a_student_without_any_enrollment_is_the_states_alone(state, person_with):
    assert permissions.can_view_student(person_with(StateAdministrator), [])
    assert not permissions.can_view_student(person_with(DataSpecialist, state.rock_star), [])


def test_every_role_says_what_it_is():
    for slug, role in ROLES.items():
        assert slug == role.slug
        assert role.display_name
        assert role.description.endswith(".")
        assert role.permissions <= set(Permission)
        assert role.is_state_wide or role.organization_kinds


def test_what_an_output_asks_for_is_a_permission_of_the_roles():
    assert {access.value for access in Access} <= {permission.value for permission in Permission}
