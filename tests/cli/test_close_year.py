"""`tidegate close-year` and `set-window`: they say what would happen, do it, and say why where they do not."""

import pytest
from typer.testing import CliRunner

from tidegate.cli.main import app
from tidegate.core.errors import Conflict, NotFound, Refusal
from tidegate.reference.models import Organization, SchoolYear
from tidegate.windows.models import CollectionWindow, YearMove

pytestmark = pytest.mark.django_db
DAYS = ("--opens", "2026-08-17", "--closes", "2026-10-31")


@pytest.fixture
def year() -> SchoolYear:
    return SchoolYear.objects.create(first=2026, name="2026-2027")


def run(*arguments: str):
    return CliRunner().invoke(app, arguments)


def is_closed() -> bool:
    return SchoolYear.objects.get(first=2026).closed_at is not None


def test_a_year_is_closed_only_with_yes_and_reopened_with_a_reason(year):
    assert "2026-2027 would be closed: say --yes to do it" in run("close-year", "2026-2027").output
    assert not is_closed()
    assert "2026-2027 is closed" in run("close-year", "2026-2027", "--yes").output
    assert is_closed()
    assert isinstance(run("close-year", "2026-2027", "--yes").exception, Conflict)
    assert "would be open again" in run("close-year", "2026-2027", "--reopen", "An audit").output
    assert is_closed()
    assert "2026-2027 is open again" in run("close-year", "2026-2027", "--reopen", "An audit", "--yes").output
    assert [move.reason for move in YearMove.objects.order_by("pk")] == ["", "An audit"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_blank_reason_closes_and_reopens_nothing(year, reason):
    assert isinstance(run("close-year", "2026-2027", "--reopen", reason, "--yes").exception, Refusal)
    assert not is_closed()
    run("close-year", "2026-2027", "--yes")
    assert isinstance(run("close-year", "2026-2027", "--reopen", reason, "--yes").exception, Refusal)
    assert is_closed()


def test_what_could_not_be_done_is_not_foretold(year):
    assert isinstance(run("close-year", "2026-2027", "--reopen", "An audit").exception, Conflict)
    run("close-year", "2026-2027", "--yes")
    assert isinstance(run("close-year", "2026-2027").exception, Conflict)
    assert [move.is_closed for move in YearMove.objects.all()] == [True]


def test_a_blank_organization_is_not_everybody(year):
    assert isinstance(run("set-window", "cte", "2026-2027", *DAYS, "--organization", "").exception, NotFound)
    assert not CollectionWindow.objects.exists()


def test_a_window_is_set_for_everybody_or_one_organization(year):
    Organization.objects.create(id=1000, identifier="1000", name="Rock Star Public Schools", kind="SAU")
    assert run("set-window", "cte", "2026-2027", *DAYS, "--due", "2026-10-15").exit_code == 0
    assert run("set-window", "cte", "2026-2027", *DAYS, "--organization", "1000").exit_code == 0
    found = CollectionWindow.objects.order_by("pk").values_list("organization_id", "due")
    assert [(organization, str(due)) for organization, due in found] == [(None, "2026-10-15"), (1000, "2026-10-31")]


def test_what_cannot_be_is_refused_with_a_sentence(year):
    wrong = run("set-window", "cte", "2026-2027", "--opens", "2026-10-31", "--closes", "2026-08-17").exception
    assert isinstance(wrong, Refusal)
    assert wrong.message == "The window closes before it opens"
    assert isinstance(run("set-window", "cte", "2026-2027", *DAYS, "--organization", "9").exception, NotFound)
    assert isinstance(run("close-year", "1999-2000").exception, Refusal)
    assert not CollectionWindow.objects.exists()
