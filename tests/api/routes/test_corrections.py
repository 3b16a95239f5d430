"""A program corrects lines by hand, within the reach of its token and its person."""

import pytest

from tests.web.world import STUDENT
from tidegate.records.models import Change
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import Upload

CORRECTIONS = "/api/v1/corrections"


@pytest.fixture
def client(client_of, world):
    return client_of("CTE director", world.cte_school)


@pytest.fixture
def asked(settings, tmp_path, world):
    """A correction of the student's CTE record that changes its credits."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    return {
        "file_type": "cte", "school_year": "2020-2021", "organization": 2001, "act": "correct",
        "line": CteRecord.objects.get(student_id=STUDENT).pk, "values": {"CreditsEarned": "2.75"}, "reason": "Typo",
    }  # fmt: skip


def send(client, asked, **more):
    return client.post(CORRECTIONS, asked, content_type="application/json", **more)


def test_a_machine_corrects_a_line(client, asked):
    answer = send(client, asked)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    upload_id = answer.json()["id"]
    assert answer["Location"] == f"/api/v1/uploads/{upload_id}"
    process(upload_id=upload_id)
    found = client.get(f"/api/v1/uploads/{upload_id}").json()
    assert (found["state"], found["error_count"]) == ("finished", 0)
    assert str(CteRecord.objects.get(student_id=STUDENT, replaced_at=None).credits_earned) == "2.75"
    assert Change.objects.get(pk=upload_id).reason == "Typo"


def test_a_machine_adds_and_withdraws_a_line(client, asked):
    line = {"SAUID": "1000", "SchoolID": "2001", "StateStudentID": STUDENT, "CTECode": "01.0205",
            "StartDate": "2020-09-02", "CreditsEarned": "0.5"}  # fmt: skip
    added = send(client, asked | {"act": "add", "line": None, "values": line})
    process(upload_id=added.json()["id"])
    assert CteRecord.objects.filter(replaced_at=None).count() == 2
    withdrawn = send(client, asked | {"act": "withdraw", "values": {}})
    process(upload_id=withdrawn.json()["id"])
    assert str(CteRecord.objects.get(replaced_at=None).credits_earned) == "0.50"


def test_the_same_request_again_adds_one_line(client, asked):
    asked |= {"act": "add", "line": None, "values": {"StateStudentID": STUDENT}}
    ids = {send(client, asked, headers={"Idempotency-Key": "once"}).json()["id"] for _ in range(2)}
    assert len(ids) == Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"reason": " "}, 400, "NO_REASON"),
        ({"line": None}, 400, "NO_LINE"),
        ({"line": 987_654_321}, 404, "NOT_FOUND"),
        ({"act": "add"}, 400, "HAS_LINE"),
        ({"values": {"Credits": "1"}}, 400, "NO_COLUMN"),
        ({"values": {}}, 400, "NO_CHANGE"),
        ({"values": {"StateStudentID": "900000002"}}, 400, "OTHER_STUDENT"),
        ({"file_type": "new-state-id"}, 404, "NOT_FOUND"),
        ({"act": "delete"}, 422, "FORM"),
        ({"line": 2**63}, 422, "FORM"),
    ],
)
def test_what_a_machine_asks_wrongly_has_a_sentence_of_its_own(client, asked, changed, status, code):
    answer = send(client, asked | changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert not Upload.objects.exists()


def test_a_line_that_was_changed_since_is_a_conflict(client, asked):
    CteRecord.objects.update(replaced_at="2020-10-01T00:00Z")
    for act in ("correct", "withdraw"):
        answer = send(client, asked | {"act": act})
        assert (answer.status_code, answer.json()["code"]) == (409, "LINE_GONE")


def test_only_who_may_send_files_there_corrects(client_of, world, asked):
    reads = client_of("CTE director", world.cte_school, scopes=("uploads:read",))
    assert send(reads, asked).status_code == 403
    assert send(client_of("data specialist"), asked | {"organization": 1000}).status_code == 404
    elsewhere = client_of("specialist elsewhere", world.harbor)
    assert send(elsewhere, asked).status_code == 404
    foreign, unknown = (
        send(elsewhere, asked | {"organization": 3000, "line": line}) for line in (asked["line"], 10**9)
    )
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    assert not Upload.objects.exists()


HALF = "\ud800"


@pytest.mark.parametrize(
    "changed",
    [
        {"file_type": HALF},
        {"file_type": f"cte{HALF}"},
        {"reason": HALF},
        {"values": {"SchoolStudentID": HALF}},
        {"values": {HALF: "1"}},
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}])
def test_half_of_a_character_is_no_text(client, asked, changed, headers):
    answer = send(client, asked | changed, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "FORM")
    assert answer.json()["errors"] == [{"in": ["body"], "message": "A text has half of a character (a lone surrogate)"}]
    assert not Upload.objects.exists()
