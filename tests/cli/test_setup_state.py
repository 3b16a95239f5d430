"""`tidegate setup` and the import of one list: what they say, and how they end."""

import json

import pytest
from typer.testing import CliRunner

from tidegate.accounts.models import Person
from tidegate.cli import migrate
from tidegate.cli.main import app
from tidegate.core.errors import Conflict, Refusal
from tidegate.reference.models import Code, SchoolYear

pytestmark = pytest.mark.django_db

PASSWORD = "four random words here"
CODES = "Code,Title,FirstYear,LastYear\n1,One,,\n"


@pytest.fixture
def run(monkeypatch):
    """Return a call of a command; the tables are those of this version already."""
    monkeypatch.setattr(migrate, "migrate_database", lambda: None)
    return lambda *given, stdin="": CliRunner(env={"TIDEGATE_PASSWORD": None}).invoke(app, given, input=stdin)


@pytest.fixture
def codes(tmp_path):
    """A file of a code list."""
    path = tmp_path / "races.csv"
    path.write_text(CODES, encoding="utf-8")
    return path


def test_setup_makes_the_first_administrator_and_says_what_is_missing(run):
    given = ("setup", "--email", "avery@example.org", "--name", "Avery", "--password-stdin")
    said = run(*given, "--school-year", "2026-2027", stdin=f"{PASSWORD}\n")
    assert said.exit_code == 1
    assert "done     First administrator" in said.output
    assert "missing  Organizations: There is no SAU yet" in said.output
    assert "tidegate import-organizations organizations.csv" in said.output
    assert Person.objects.get().check_password(PASSWORD)
    assert SchoolYear.objects.get().name == "2026-2027"
    again = run("setup", "--email", "other@example.org")
    assert again.exit_code == 1
    assert "There is an administrator already, so nobody was added" in again.output
    assert Person.objects.count() == 1


def test_setup_prints_the_password_that_it_makes(run):
    said = run("setup", "--email", "avery@example.org")
    password = said.output.partition("Password: ")[2].split()[0]
    assert Person.objects.get().check_password(password)


def test_a_list_is_shown_and_imported_only_with_yes(run, codes):
    shown = run("import-codes", "race_codes", str(codes))
    assert shown.exit_code == 1
    assert "races.csv: 1 code is new" in shown.output
    assert not Code.objects.exists()
    made = run("import-codes", "race_codes", str(codes), "--yes")
    assert (made.exit_code, Code.objects.count()) == (0, 1)
    again = run("import-codes", "race_codes", str(codes), "--yes")
    assert (again.exit_code, "on file already" in again.output) == (0, True)


def test_what_an_earlier_preview_showed_can_be_asked_for(run, codes):
    shown = run("import-codes", "race_codes", str(codes), "--format", "json")
    preview = json.loads(shown.output)
    assert [each["kind"] for each in preview["differences"]] == ["added"]
    codes.write_text(f"{CODES}2,Two,,\n", encoding="utf-8")
    refused = run("import-codes", "race_codes", str(codes), "--expect", preview["sha256"])
    assert isinstance(refused.exception, Conflict)
    assert not Code.objects.exists()
    codes.write_text(CODES, encoding="utf-8")
    assert run("import-codes", "race_codes", str(codes), "--expect", preview["sha256"]).exit_code == 0
    assert Code.objects.count() == 1


def test_where_nothing_is_new_a_program_gets_an_object_all_the_same(run, codes):
    made = run("import-codes", "race_codes", str(codes), "--yes", "--format", "json")
    Code.objects.create(list_name="race_codes", code="2", title="Two")
    again = run("import-codes", "race_codes", str(codes), "--yes", "--format", "json")
    said = json.loads(again.stdout)
    assert (again.exit_code, said.keys()) == (0, json.loads(made.stdout).keys())
    assert (said["differences"], said["touched"], said["warnings"]) == ([], [], [])
    assert (said["unchanged"], said["missing"]) == (1, 1)
    assert "Everything in races.csv is on file already" in again.stderr


def test_a_blank_digest_or_last_year_imports_nothing(run, codes):
    for option in ("--expect", "--end-missing"):
        refused = run("import-codes", "race_codes", str(codes), option, "", "--yes")
        assert isinstance(refused.exception, Refusal)
    assert not Code.objects.exists()
