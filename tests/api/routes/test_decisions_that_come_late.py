"""A program decides late, twice, about what is gone, without a reason, or about a foreign record."""

import io

import pytest

from tests.web.world import STUDENT
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.file_types import find
from tidegate.records.state_hash import state_hash
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import State, Upload

HEADER = ",".join(find("cte").layout.in_year(Year(2020)).columns)
LINE = f"1000,2001,{STUDENT},,01.0205,2020-09-01,,{{}},"
OTHER = f"1000,2001,{STUDENT},,01.0205,2020-10-05,,1.00,"


@pytest.fixture
def client(client_of, world, settings, tmp_path):
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    return client_of("CTE director", world.cte_school)


@pytest.fixture
def send(client):
    """Send CTE lines and process them; return the upload as the API has it."""

    def send_lines(*lines, **more):
        file = io.BytesIO("\n".join([HEADER, *lines, ""]).encode())
        file.name = "cte.csv"
        asked = {"file_type": "cte", "school_year": "2020-2021", "organization": 2001, "file": file, **more}
        return ended(client, client.post("/api/v1/uploads", asked))

    return send_lines


def ended(client, answer):
    assert answer.status_code == 202, answer.content
    upload_id = answer.json()["id"]
    process(upload_id=upload_id)
    return client.get(f"/api/v1/uploads/{upload_id}").json()


def decide(client, upload, act, **asked):
    return client.post(f"/api/v1/uploads/{upload['id']}/{act}", asked, content_type="application/json")


def said(answer):
    return answer.status_code, answer.json()["code"], answer.json()["title"]


@pytest.fixture
def two_lines(send):
    return send(LINE.format("1.00"), OTHER, missing="keep")


def test_a_plan_that_grew_old_says_what_moved(client, send, two_lines):
    check = send(LINE.format("2.00"), OTHER, check_only=True)
    send(LINE.format("2.00"), OTHER)
    late = ended(client, decide(client, check, "load"))
    assert (late["plan_has_moved"], late["check_only"]) == (True, True)
    assert (late["changes_seen"]["changed"], late["changes"]["changed"]) == (1, 0)
    moved = client.get(f"/api/v1/uploads/{late['id']}/moved").json()
    (line,) = moved["lines"]
    assert (line["row"], line["then"], line["now"]) == (2, "CreditsEarned 1.00 → 2.00", "Unchanged")
    assert client.get(f"/api/v1/uploads/{check['id']}/moved").json() == {"line_count": 0, "lines": []}


def test_of_two_who_withdraw_the_same_the_second_is_told(client, send, two_lines):
    first = send(LINE.format("1.00"), complete=True)
    assert first["missing_count"] >= 1
    answers = [decide(client, first, "withdraw", reason="Not there") for _ in range(2)]
    uploads = [ended(client, answer) for answer in answers]
    assert [upload["state"] for upload in uploads] == [State.FINISHED, State.FAILED]
    late = decide(client, first, "withdraw", reason="Not there")
    assert said(late) == (409, "LINES_GONE", "Some of these lines are not on file any more")
    assert CteRecord.objects.filter(student_id=STUDENT, replaced_at=None).count() == 1


@pytest.mark.parametrize(
    ("act", "asked", "expected"),
    [
        ("withdraw", {"reason": " "}, (400, "NO_REASON", "A withdrawal needs a reason")),
        ("withdraw", {"reason": "x" * 1001}, (422, "INPUT", None)),
        ("withdraw", {"reason": "x", "lines": []}, (400, "NO_LINES", "No line was chosen")),
        ("withdraw", {"reason": "x", "lines": [2**70]}, (404, "NOT_FOUND", None)),
        ("missing", {"missing": "keep", "rows": []}, (400, "NO_ROWS", "No row was chosen")),
        ("missing", {"missing": "keep", "rows": [99]}, (404, "NOT_FOUND", "Row 99 does not wait for a choice")),
        ("missing", {"missing": "away"}, (422, "INPUT", None)),
        ("load", {}, (409, "NOT_A_CHECK", "This upload is not a check that has ended")),
        ("cancel", {}, (409, "HAS_ENDED", None)),
    ],
)
def test_what_is_decided_wrongly_has_a_sentence_of_its_own(client, send, two_lines, act, asked, expected):
    upload = send(LINE.format("1.00"), complete=True)
    before, count = state_hash(), Upload.objects.count()
    status, code, title = said(decide(client, upload, act, **asked))
    assert (status, title) == (expected[0], expected[2] or title)
    if code != "NOT_FOUND" and status != 422:
        assert code == expected[1]
    assert (state_hash(), Upload.objects.count()) == (before, count)


def test_an_upload_that_leaves_nothing_out_has_nothing_to_withdraw(client, send, two_lines):
    upload = send(LINE.format("1.00"), OTHER, complete=True)
    assert said(decide(client, upload, "withdraw", reason="x"))[:2] == (409, "NOTHING_LEFT_OUT")


def test_a_foreign_upload_is_as_if_there_were_none(client_of, client, send, world, two_lines):
    upload = send(LINE.format("1.00"), complete=True)
    stranger = client_of("specialist elsewhere", world.harbor)
    before = state_hash()
    for act, asked in (("withdraw", {"reason": "x"}), ("missing", {"missing": "keep"}), ("load", {}), ("undo", {})):
        assert decide(stranger, upload, act, **asked).status_code == 404
    assert stranger.get(f"/api/v1/uploads/{upload['id']}/moved").status_code == 404
    assert state_hash() == before


def test_an_undo_is_not_done_twice(client, send, two_lines):
    upload = send(LINE.format("2.50"), OTHER)
    assert decide(client, upload, "undo").json()["state"] == State.UNDONE
    assert said(decide(client, upload, "undo"))[:2] == (409, "UNDONE")
