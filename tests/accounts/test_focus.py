"""The focus: a sensible one to begin with, then what the person chose, within reach."""

from datetime import date

import pytest

from tidegate.accounts.focus import focus_of, save_focus
from tidegate.accounts.models import Focus, Membership
from tidegate.accounts.roles import CteDirector, DataSpecialist, StateAdministrator
from tidegate.audit.models import Event
from tidegate.core.errors import NotFound, Refusal

TODAY = date(2026, 11, 23)


def test_the_first_focus_is_the_newest_year_that_has_begun_at_ones_own_organization(state, person_with):
    focus = focus_of(person_with(CteDirector, state.cte_school), today=TODAY)
    assert (focus.school_year, focus.organization, focus.show_students) == (state.year, state.cte_school, "all")
    assert focus.get_show_students_display() == "Show Active and Inactive"
    assert not Focus.objects.exists()


def test_the_first_focus_is_a_year_in_which_ones_organization_was_open(state, person_with):
    close(state.rock_star, date(2021, 6, 30))
    focus = focus_of(person_with(DataSpecialist, state.rock_star), today=TODAY)
    assert (focus.school_year, focus.organization) == (state.old_year, state.rock_star)


def test_the_first_focus_is_an_open_organization_where_one_is(state, person_with):
    person = person_with(DataSpecialist, state.rock_star)
    Membership.objects.create(person=person, role=DataSpecialist.slug, organization=state.capital)
    close(state.rock_star, date(2021, 6, 30))
    focus = focus_of(person, today=TODAY)
    assert (focus.school_year, focus.organization) == (state.year, state.capital)


def test_an_organization_closed_before_every_year_has_a_focus(state, person_with):
    close(state.rock_star, date(2019, 6, 30))
    focus = focus_of(person_with(DataSpecialist, state.rock_star), today=TODAY)
    assert (focus.school_year, focus.organization) == (state.year, state.rock_star)


def close(organization, day) -> None:
    organization.closed_on = day
    organization.save()


def test_the_first_focus_of_a_state_wide_role_is_the_whole_state(state, person_with):
    assert focus_of(person_with(StateAdministrator), today=TODAY).organization is None


def test_somebody_without_a_role_has_no_focus(state, person_with):
    assert focus_of(person_with(), today=TODAY) is None


def test_a_saved_focus_is_found_again(state, person_with):
    person = person_with(DataSpecialist, state.rock_star)
    save_focus(by=person, school_year=state.year, organization=state.rock_star)
    save_focus(by=person, school_year=state.old_year, organization=state.high, show_students="active")
    focus = focus_of(person, today=TODAY)
    assert (focus.school_year, focus.organization, focus.show_students) == (state.old_year, state.high, "active")
    assert Focus.objects.count() == 1


def test_saving_the_focus_leaves_an_event(state, person_with):
    person = person_with(DataSpecialist, state.rock_star)
    save_focus(by=person, school_year=state.old_year, organization=state.high)
    event = Event.objects.get()
    assert (event.act, event.person_email, event.organization_id) == ("focus.saved", person.email, 1001)
    assert (event.school_year, event.details) == ("2020-2021", {"show_students": "all"})


def test_nobody_focuses_on_a_foreign_organization_or_on_the_whole_state(state, person_with):
    person = person_with(DataSpecialist, state.rock_star)
    for organization in (state.capital, state.cte_school, None):
        with pytest.raises(NotFound, match="There is no such organization"):
            save_focus(by=person, school_year=state.year, organization=organization)
    assert not Focus.objects.exists()
    assert not Event.objects.exists()


def test_an_unknown_choice_of_show_students_is_refused(state, person_with):
    with pytest.raises(Refusal, match="Show Students"):
        save_focus(by=person_with(StateAdministrator), school_year=state.year, organization=None, show_students="x")


def test_a_saved_focus_does_not_outlast_the_role(state, person_with):
    person = person_with(DataSpecialist, state.capital)
    save_focus(by=person, school_year=state.old_year, organization=state.cte_school)
    person.memberships.update(organization=state.rock_star)
    assert focus_of(person, today=TODAY).organization == state.rock_star
