"""A student's history for programs: no more of it than the page shows to the same person."""

import pytest

from tests.web.world import STRANGER, STUDENT
from tidegate.accounts.models import Scope
from tidegate.audit.models import Event
from tidegate.records.models import Change
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process

ADDRESS = "/api/v1/student-history"
ASKED = {"student_number": STUDENT, "school_year": "2020-2021"}


def ask(client, **more):
    return client.post(ADDRESS, ASKED | more, content_type="application/json")


@pytest.fixture
def corrected(client_of, world, settings, tmp_path):
    """Correct the student's CTE record, and return the upload's ID."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    line = CteRecord.objects.get(student_id=STUDENT).pk
    asked = {"file_type": "cte", "school_year": "2020-2021", "organization": 2001, "act": "correct", "line": line,
             "values": {"CreditsEarned": "2.75"}, "reason": "Typo"}  # fmt: skip
    client = client_of("CTE director", world.cte_school)
    upload_id = client.post("/api/v1/corrections", asked, content_type="application/json").json()["id"]
    process(upload_id=upload_id)
    return upload_id


def test_a_program_reads_what_is_on_file_and_every_version(client_of, world, corrected):
    told = ask(client_of("CTE director", world.cte_school)).json()
    assert (told["student_number"], told["school_year"], told["as_of"]) == (STUDENT, "2020-2021", None)
    assert {fact["kind"] for fact in told["on_file"]} == {"primary", "concurrent", "line"}
    (cte,) = [section for section in told["sections"] if section["name"] == "CTE"]
    (line,) = cte["lines"]
    first, second = line["versions"]
    assert (first["ended"]["what"], second["began"]["what"], second["ended"]) == ("Replaced", "Changed", None)
    assert (first["was_on_file"], second["was_on_file"]) == (False, True)
    assert (second["began"]["upload"], second["began"]["reason"]) == (corrected, "Typo")
    assert list(second["before"].values()) == [first["values"][name] for name in second["before"]]
    event = Event.objects.filter(act="student.viewed").last()
    assert event.details["screen"] == "History"


@pytest.mark.parametrize("number", ["\x00", f"{STUDENT}\x00", "\ud800"])
def test_a_number_that_no_student_can_have_is_a_malformed_request(client_of, number):
    answer = ask(client_of("data specialist"), student_number=number)
    assert (answer.status_code, answer.json()["code"]) == (422, "FORM")


def test_as_of_a_day_nothing_was_on_file_that_came_later(client_of, world, corrected):
    told = ask(client_of("CTE director", world.cte_school), as_of="1999-12-31").json()
    assert (told["as_of"], told["on_file"]) == ("1999-12-31", [])
    assert not any(v["was_on_file"] for s in told["sections"] for line in s["lines"] for v in line["versions"])


def test_of_a_change_of_others_a_program_learns_no_more_than_its_person(client_of, world, corrected):
    told = ask(client_of("data specialist")).json()
    steps = [v["began"] for s in told["sections"] for line in s["lines"] for v in line["versions"]]
    (by_hand,) = [step for step in steps if step["change"] == "Correction by hand"]
    assert (by_hand["upload"], by_hand["by"], by_hand["reason"]) == (None, "", "")
    assert Change.objects.get(pk=corrected).reason == "Typo"


def test_a_token_tells_of_no_change_beyond_its_organization(client_of, world, corrected):
    for organization, seen in (
        (world.rock_star, (None, "", "")),
        (world.cte_school, (corrected, "Cte Director", "Typo")),
    ):
        told = ask(client_of("state administrator", organization)).json()
        steps = [v["began"] for s in told["sections"] for line in s["lines"] for v in line["versions"]]
        (by_hand,) = [step for step in steps if step["change"] == "Correction by hand"]
        assert (by_hand["upload"], by_hand["by"], by_hand["reason"]) == seen


@pytest.mark.parametrize("number", [STRANGER, "900099999", "x", "", "9" * 100])
def test_a_student_out_of_reach_is_as_if_there_were_none(client_of, number):
    answer = ask(client_of("data specialist"), student_number=number)
    assert (answer.status_code, answer.json()["title"]) == (404, "There is no such student")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"as_of": "2999-01-01"}, 400),
        ({"as_of": "soon"}, 422),
        ({"school_year": "1999-2000"}, 400),
        ({"school_year": "2020"}, 422),
        ({"student_number": "9" * 101}, 422),
    ],
)
def test_what_is_asked_wrongly_has_a_sentence_of_its_own(client_of, more, status):
    answer = ask(client_of("data specialist"), **more)
    assert (answer.status_code, bool(answer.json()["title"])) == (status, True)
    assert not Event.objects.filter(act="student.viewed").exists()


def test_a_token_needs_the_scope_and_its_person_the_right(client_of, world):
    assert ask(client_of("data specialist", scopes=(Scope.SEND,))).status_code == 403
    assert client_of("data specialist").get(ADDRESS).status_code == 405
    client = client_of("data specialist")
    assert ask(client).status_code == 200
    world.person("data specialist").memberships.all().delete()
    assert ask(client).status_code == 401


def test_a_token_reaches_no_further_than_its_organization(client_of, world):
    assert ask(client_of("specialist elsewhere", world.harbor)).status_code == 404
