"""`tidegate add-year`: opens a school year, and says why where it does not."""

import pytest
from typer.testing import CliRunner

from tidegate.audit.models import Event
from tidegate.cli.main import app
from tidegate.core.errors import Refusal
from tidegate.reference.models import SchoolYear

pytestmark = pytest.mark.django_db


def add_year(name: str):
    return CliRunner().invoke(app, ["add-year", name])


def refusal_of(name: str) -> Refusal:
    found = add_year(name).exception
    assert isinstance(found, Refusal), found
    return found


def test_a_school_year_is_added_once_with_an_event():
    assert add_year(" 2026-2027 ").output == "The school year 2026-2027 was added (2026-07-01 to 2027-06-30)\n"
    assert list(SchoolYear.objects.values_list("first", "name")) == [(2026, "2026-2027")]
    event = Event.objects.get()
    assert (event.act, event.school_year) == ("school_year.added", "2026-2027")
    assert refusal_of("2026-2027").message == "The school year 2026-2027 was added already"
    assert SchoolYear.objects.count() == Event.objects.count() == 1


@pytest.mark.parametrize("name", ["2026", "2026/2027", "next", "", "2026\u20132027"])
def test_what_names_no_two_years_is_refused(name):
    assert refusal_of(name).fix == "Name both years, like this: 2026-2027"


@pytest.mark.parametrize("name", ["2026-2028", "2027-2026", "2026-2026", "26-27", "2026-27", "2026-2027-2028"])
def test_years_that_do_not_follow_each_other_are_refused(name):
    assert refusal_of(name).message == "The school year is not named by two years that follow each other"


@pytest.mark.parametrize("name", ["0000-0001", "1206-1207", "2206-2207", "9998-9999"])
def test_a_year_that_is_far_away_is_a_typing_error(name):
    assert refusal_of(name).message == f"{name} is too far from today"
    assert not SchoolYear.objects.exists()
