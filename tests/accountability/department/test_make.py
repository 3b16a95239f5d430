"""The workbook of a snapshot: the numbers that everybody sees, who may make it, and what the audit log keeps."""

import hashlib

import pytest
from typer.testing import CliRunner

from tests.accountability.cte_state import YEAR, build, take
from tidegate.accountability.definitions.describe_definition import describe_definition
from tidegate.accountability.department.forms import forms_of
from tidegate.accountability.department.make import department_forms, make_workbook
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.reports.participation import participation_tables
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import ROLES
from tidegate.audit.models import Event
from tidegate.cli.snapshot import snapshot as command
from tidegate.core.errors import NotAllowed
from tidegate.reference.models import SchoolYear


@pytest.fixture
def taken(db):
    build(7)
    return take()


def test_its_numbers_are_those_of_the_participation_report(taken):
    form = next(forms_of(taken))
    parts = {category.name: category.parts for category in form.categories}
    tables = {table.dimensions: table.lines for table in participation_tables(taken, definition_of(taken), reach=None)}
    for by, dimensions in (("sex", ("gender",)), ("program", ("program",))):
        expected = {
            line.keys[0]: (line.counts["concentrators"], line.counts["participants"])
            for line in tables[dimensions]
            if line.counts["participants"]
        }
        assert {part.key: (part.numerator, part.denominator) for part in parts[by]} == expected
    (total,) = tables[()]
    assert (form.total.numerator, form.total.denominator) == (
        total.counts["concentrators"],
        total.counts["participants"],
    )
    assert total.counts["concentrators"] > 1
    assert form.differences == []


def test_each_form_with_numbers_says_what_is_assumed(db):
    build(7)
    year_end = take_snapshot(find_period("cte-year-end"), SchoolYear.objects.get(first=YEAR), by=None)
    assumptions = tuple(definition_of(year_end).file.to_be_set.values())
    said = {form.code: form.assumed for form in forms_of(year_end)}
    assert said["3S1"] == said["Enrollment"] == assumptions
    assert said["2S1"] == ()


def test_the_definition_in_words_has_every_setting(taken):
    definition = definition_of(taken)
    described = {each.title: each for each in describe_definition(definition)}
    assert (
        sum(each.assumed.count(said) for each in described.values() for said in definition.file.to_be_set.values()) == 4
    )
    assert described["Left school"].assumed == definition.file.to_be_set["left_school"]
    assert described["Graduated"].text.startswith("15 (")
    assert described["Placed"].text.startswith("POSTSEC (Postsecondary education), ADVTRAIN (")
    assert described["Non-traditional programs"].text == "Not listed, so nobody is counted"


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_only_the_states_role_makes_it(taken, role):
    person = Person.objects.create_user("a@example.org", "a long password", name="A")
    if role.is_state_wide:
        Membership.objects.create(person=person, role=role.slug, organization=None)
    if role.slug == "state-administrator":
        assert make_workbook(taken, by=person).content
        return
    for act in (make_workbook, department_forms):
        with pytest.raises(NotAllowed, match="make files for the Department"):
            act(taken, by=person)
    assert not Event.objects.filter(act="department.workbook_made").exists()


def test_the_command_writes_it_and_the_audit_log_keeps_both_hashes(taken, tmp_path):
    path = tmp_path / "book.xlsx"
    said = CliRunner().invoke(command, ["department", str(taken.pk), "--output", str(path)], catch_exceptions=False)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert said.output.strip() == digest
    event = Event.objects.get(act="department.workbook_made")
    assert (event.details["sha256"], event.details["snapshot_sha256"]) == (digest, taken.sha256)
    assert event.subject_id == str(taken.pk)
