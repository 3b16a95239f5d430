"""Rows that wait, by program: the choice with the file or afterwards, what became of them, and what is declined."""

import pytest

from tests.api.routes.test_uploads import UPLOADS, send
from tests.web.world import STUDENT
from tidegate.accounts.models import Scope
from tidegate.records.models import Enrollment
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.waiting.load_waiting import load_waiting_rows
from tidegate.uploads.models import Upload

HEADER = "SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits"
LINE = f"1000,2001,{STUDENT},,01.0205,2020-09-02,,1.50,"


@pytest.fixture
def taken_away(world):
    """Take the concurrent enrollment away, and return what gives it back."""
    found = Enrollment.objects.filter(student_id=STUDENT, enrollment_type="C")
    assert found.update(school=world.harbor) == 1
    return lambda: Enrollment.objects.filter(student_id=STUDENT, enrollment_type="C").update(school=world.cte_school)


def loaded(client, *lines: str, **more) -> int:
    upload_id = send(client, "\n".join([HEADER, *(lines or [LINE]), ""]).encode(), **more).json()["id"]
    process(upload_id=upload_id)
    return upload_id


def look(client, upload_id: int) -> dict:
    return client.get(f"{UPLOADS}/{upload_id}").json()


def waiting(client, upload_id: int) -> dict:
    return client.get(f"{UPLOADS}/{upload_id}/waiting").json()


def post(client, upload_id: int, act: str, body: dict | None = None):
    return client.post(f"{UPLOADS}/{upload_id}/{act}", body or {}, content_type="application/json")


@pytest.mark.usefixtures("taken_away")
def test_rows_wait_by_the_choice_that_comes_with_the_file(client):
    upload_id = loaded(client, let_wait="true")
    upload = look(client, upload_id)
    assert (upload["row_count"], upload["success_count"], upload["error_count"]) == (1, 0, 1)
    assert (upload["waiting_count"], upload["held_count"]) == (1, 0)
    found = waiting(client, upload_id)
    assert (found["may_wait_count"], found["waiting_count"], found["loaded_count"], found["ended_count"]) == (
        0,
        1,
        0,
        0,
    )
    (row,) = found["rows"]
    assert (row["row"], row["state"], row["upload"], row["reason"]) == (2, "waiting", None, "")
    assert row["since"] < row["until"]
    assert client.get(f"{UPLOADS}/{upload_id}/waiting?after=2").json()["rows"] == []


def test_rows_wait_by_a_choice_afterwards_and_are_loaded(client, taken_away):
    upload_id = loaded(client)
    assert (look(client, upload_id)["waiting_count"], waiting(client, upload_id)["may_wait_count"]) == (0, 1)
    answer = post(client, upload_id, "wait", {"causes": [1]})
    assert (answer.status_code, answer.json()["waiting_count"]) == (200, 1)
    taken_away()
    (sent,) = load_waiting_rows(upload_id)
    process(upload_id=sent.pk)
    found = waiting(client, upload_id)
    assert (found["loaded_count"], found["rows"][0]["upload"]) == (1, sent.pk)
    own = look(client, sent.pk)
    assert (own["follows"], own["success_count"], own["file_name"]) == (upload_id, 1, "cte-waited.csv")
    assert look(client, upload_id)["success_count"] == 0


@pytest.mark.usefixtures("taken_away")
def test_a_wait_can_be_stopped(client):
    upload_id = loaded(client, let_wait="true")
    assert post(client, upload_id, "stop-waiting").json()["waiting_count"] == 0
    again = post(client, upload_id, "stop-waiting")
    assert (again.status_code, again.json()["code"]) == (409, "NONE_WAITS")


@pytest.mark.usefixtures("taken_away")
def test_each_wrong_request_has_a_sentence_of_its_own(client, client_of):
    upload_id = loaded(client)
    unknown = post(client, upload_id, "wait", {"causes": [9]})
    assert (unknown.status_code, unknown.json()["title"]) == (404, "This upload has no cause 9")
    none = post(client, upload_id, "wait", {"causes": []})
    assert (none.status_code, none.json()["title"]) == (404, "No cause was chosen")
    assert post(client, upload_id, "wait", {"causes": ["all"]}).status_code == 422
    other = post(client, loaded(client, LINE.replace("01.0205", "99.9999")), "wait")
    assert (other.status_code, other.json()["code"]) == (409, "NOTHING_CAN_WAIT")
    busy = send(client, HEADER.encode()).json()["id"]
    assert post(client, busy, "wait").json()["code"] == "NOT_LOADED"
    reader = client_of("data specialist", scopes=(Scope.READ,))
    assert post(reader, upload_id, "wait").status_code == 403
    assert waiting(reader, upload_id)["waiting_count"] == 0


@pytest.mark.usefixtures("taken_away")
def test_an_upload_of_others_is_as_if_there_were_none(client, client_of, world):
    foreign = client_of("specialist elsewhere", world.harbor)
    upload_id = loaded(client, let_wait="true")
    for answer in (
        foreign.get(f"{UPLOADS}/{upload_id}/waiting"),
        post(foreign, upload_id, "wait"),
        post(foreign, upload_id, "stop-waiting"),
    ):
        assert (answer.status_code, answer.json()["title"]) == (404, "There is no such upload")
    assert look(client, upload_id)["waiting_count"] == 1
    assert Upload.objects.count() == 1
