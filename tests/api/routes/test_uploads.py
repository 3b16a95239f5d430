"""Sending a file by program, and reading what became of it."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.test.client import encode_multipart
from django.utils import timezone

from tests.uploads.asking_file import AskingFile, limit_session, session_limit
from tests.web.world import STRANGER, STUDENT
from tidegate.accounts.models import Scope
from tidegate.accounts.tokens import revoke_token
from tidegate.api.idempotency import digests_of, run_once
from tidegate.api.models import IdempotentRequest
from tidegate.api.schemas.uploads import UploadIn
from tidegate.audit.models import Event
from tidegate.core.outputs.catalogue import downloads
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import receive
from tidegate.uploads.lifecycle.retention import apply_retention
from tidegate.uploads.models import State, Upload
from tidegate.uploads.receipts.signing import is_signed

CTE = (
    b"SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits\n1,2\n"
)
UPLOADS = "/api/v1/uploads"


def send(client: Client, content: bytes = CTE, **more):
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    form = {"file_type": "cte", "school_year": "2020-2021", "organization": 1000, **more}
    return client.post(UPLOADS, {**form, "file": SimpleUploadedFile("cte.csv", content)}, headers=headers)


def test_a_file_is_taken_queued_and_found_again(client):
    answer = send(client)
    assert answer.status_code == 202
    assert answer.json()["state"] == "waiting"
    found = client.get(answer["Location"])
    assert found.json() == answer.json()
    assert (found.json()["row_count"], found.json()["school_year"]) == (None, "2020-2021")


def test_the_same_file_again_is_recognised(client):
    first = send(client).json()
    assert first["sent_before"] is None
    before = send(client).json()["sent_before"]
    assert (before["upload"], before["state"], before["sent_at"]) == (first["id"], "waiting", first["sent_at"])
    assert before["sentence"].endswith(f"as upload {first['id']}, which is still being processed")


def test_counts_findings_and_the_result_log_agree(client):
    upload_id = send(client).json()["id"]
    process(upload_id=upload_id)
    upload = client.get(f"{UPLOADS}/{upload_id}").json()
    assert (upload["state"], upload["row_count"], upload["success_count"], upload["error_count"]) == (
        "finished",
        1,
        0,
        1,
    )
    page = client.get(f"{UPLOADS}/{upload_id}/findings").json()
    (finding,) = page["findings"]
    assert (finding["row"], finding["code"], page["next_after"]) == (2, "FILE020", None)
    streamed = client.get(f"{UPLOADS}/{upload_id}/findings", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in b"".join(streamed.streaming_content).splitlines()] == [finding]
    log = b"".join(client.get(f"{UPLOADS}/{upload_id}/result-log").streaming_content).decode()
    assert finding["message"] in log


def test_the_same_request_with_the_same_key_gives_the_same_upload(client):
    first, second = send(client, key="a"), send(client, key="a")
    assert first.json()["id"] == second.json()["id"]
    assert Upload.objects.count() == 1
    other = send(client, CTE + b"3,4\n", key="a")
    assert (other.status_code, other.json()["code"]) == (409, "KEY_TAKEN")


def test_a_field_that_a_later_release_adds_changes_no_digest():
    class LaterUploadIn(UploadIn):
        more: str = ""

    said = {"file_type": "cte", "school_year": "2020-2021", "organization": 1000}
    (_, noted), (_, later), (_, other) = (
        digests_of(form) for form in (UploadIn(**said), LaterUploadIn(**said), LaterUploadIn(**said, more="x"))
    )
    assert (noted == later, noted == other) == (True, False)


def test_a_request_noted_by_another_release_is_the_same_request(client):
    first = send(client, key="a").json()["id"]
    form = UploadIn(file_type="cte", school_year="2020-2021", organization=1000)
    before, after = form.model_dump_json(), form.model_dump_json(exclude_defaults=True)
    as_before = hashlib.sha256(before.encode() + CTE).hexdigest()
    assert IdempotentRequest.objects.get().digest == as_before, "A process of the release before knows it"
    IdempotentRequest.objects.update(digest=hashlib.sha256(after.encode() + CTE).hexdigest())
    assert send(client, key="a").json()["id"] == first
    assert send(client, key="a", check_only="true").json()["code"] == "KEY_TAKEN"


def test_half_of_a_character_in_a_form_is_no_text(client):
    form = {"file_type": "\\ud800", "school_year": "2020-2021", "organization": 1000}
    body = encode_multipart("edge", {**form, "file": SimpleUploadedFile("cte.csv", CTE)})
    answer = client.post(
        UPLOADS,
        body,
        content_type="multipart/form-data; boundary=edge; charset=unicode_escape",
        headers={"Idempotency-Key": "a"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "FORM")


def test_a_request_with_a_key_has_the_stores_time_for_a_large_file(world):
    limit_session("1min")
    file, person = AskingFile(CTE), world.person("data specialist")
    of = {"file_type": "cte", "school_year": world.year, "organization": world.rock_star, "by": person}
    run_once(lambda: receive(file=file, file_name="cte.csv", **of), by=person, key="a", digests=iter([""]))
    assert (file.limits, session_limit()) == ({"30min"}, "1min")
    assert Upload.objects.get().byte_count == len(CTE)


@pytest.mark.parametrize("key", ["\x00", "a\x1f", "a" * 256])
def test_a_key_that_cannot_be_stored_is_a_malformed_request(client, key):
    answer = send(client, key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "FORM")


def test_a_key_is_remembered_as_long_as_logs_are_kept(client, settings):
    settings.TIDEGATE_KEEP_LOGS_DAYS = 30
    old, young = send(client, key="old").json()["id"], send(client, key="young").json()["id"]
    Upload.objects.update(state=State.FINISHED)
    IdempotentRequest.objects.filter(key="old").update(at=timezone.now() - timedelta(days=31))
    apply_retention()
    assert send(client, key="young").json()["id"] == young
    assert send(client, key="old").json()["id"] not in (old, young)


@pytest.mark.parametrize("state", [State.WAITING, State.ON_HOLD])
def test_a_key_is_remembered_until_its_upload_has_ended(client, settings, state):
    settings.TIDEGATE_KEEP_LOGS_DAYS = 30
    first = send(client, key="a").json()["id"]
    Upload.objects.update(state=state)
    IdempotentRequest.objects.update(at=timezone.now() - timedelta(days=31))
    apply_retention()
    assert send(client, key="a").json()["id"] == first


def test_check_only_is_passed_on(client):
    assert send(client, check_only="true").json()["check_only"] is True


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"organization": 2000}, 404, "NOT_FOUND"),
        ({"organization": 9999}, 404, "NOT_FOUND"),
        ({"file_type": "grades"}, 404, "NOT_FOUND"),
        ({"school_year": "2020-2022"}, 400, "SCHOOL_YEAR"),
        ({"organization": "x"}, 422, "FORM"),
    ],
)
def test_what_cannot_be_done_is_a_problem_with_a_code(client, more, status, code):
    answer = send(client, **more)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert not Upload.objects.exists()


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer tg_nothing"}, {"Authorization": "Basic eDp5"}])
def test_without_a_good_token_nothing_is_told(world, header):
    answer = Client(headers=header).get(f"{UPLOADS}/1")
    assert (answer.status_code, answer.json()["code"]) == (401, "NO_TOKEN")


def test_a_revoked_token_is_good_for_nothing(client, world):
    person = world.person("data specialist")
    revoke_token(by=person, token_id=person.tokens.get().pk)
    assert send(client).status_code == 401


def test_a_token_does_only_what_its_scopes_say(client_of):
    reader = client_of("data specialist", scopes=[Scope.READ])
    assert (send(reader).status_code, send(reader).json()["code"]) == (403, "NOT_ALLOWED")
    sender = client_of("data specialist", scopes=[Scope.SEND])
    assert sender.get(send(sender)["Location"]).status_code == 403


def test_another_organizations_upload_is_as_if_it_were_not_there(client_of, world):
    foreign = world.send(world.harbor)
    client = client_of("data specialist")
    for path in ("", "/result-log", "/findings"):
        answers = [client.get(f"{UPLOADS}/{number}{path}") for number in (foreign.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()


def test_a_state_wide_persons_token_reaches_only_its_own_organization(client_of, world):
    client = client_of("state administrator", world.rock_star)
    assert client.get(f"{UPLOADS}/{world.send(world.harbor).pk}").status_code == 404
    assert client.get(f"{UPLOADS}/{world.send().pk}").status_code == 200


def test_reading_findings_leaves_an_audit_event_that_names_the_person(client, world):
    upload = world.send()
    client.get(f"{UPLOADS}/{upload.pk}/findings")
    event = Event.objects.get(act="upload.findings_viewed")
    assert event.person_email == world.person("data specialist").email


def test_the_secret_is_not_stored(client, world):
    token = world.person("data specialist").tokens.get()
    assert len(token.digest) == 64
    assert token.starts_with.startswith("tg_")
    assert len(token.starts_with) < 12


def test_the_receipt_the_full_log_and_the_fix_file_are_there_once_it_is_finished(client):
    upload_id = send(client).json()["id"]
    assert client.get(f"{UPLOADS}/{upload_id}/receipt").status_code == 404
    process(upload_id=upload_id)
    receipt = client.get(f"{UPLOADS}/{upload_id}/receipt").json()
    assert receipt["receipt"]["upload_id"] == upload_id
    assert is_signed(receipt, Client().get("/api/v1/receipt-key").content.decode())
    full_log = b"".join(client.get(f"{UPLOADS}/{upload_id}/full-log").streaming_content).decode()
    assert "FILE020" in full_log
    fix_file = b"".join(client.get(f"{UPLOADS}/{upload_id}/fix-file").streaming_content).decode()
    assert fix_file.splitlines()[1].startswith("1,2,")
    assert client.get(f"{UPLOADS}/{upload_id}/answer-file").status_code == 404


@pytest.mark.parametrize("what", ["", "/findings", *(f"/{output.slug}" for output in downloads())])
def test_another_organizations_upload_is_as_if_there_were_none(client, client_of, world, what):
    upload_id = send(client).json()["id"]
    process(upload_id=upload_id)
    elsewhere = client_of("specialist elsewhere", world.harbor)
    foreign, unknown = (elsewhere.get(f"{UPLOADS}/{number}{what}") for number in (upload_id, upload_id + 999))
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())


def test_a_machine_cancels_what_waits_and_cannot_cancel_what_has_ended(client, world):
    waiting, done = world.send(state="waiting"), world.send()
    assert client.post(f"/api/v1/uploads/{waiting.pk}/cancel").json()["state"] == "cancelled"
    refused = client.post(f"/api/v1/uploads/{done.pk}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "HAS_ENDED")


def test_a_machine_cannot_release_what_it_sent_nor_undo_what_loaded_nothing(client, world):
    held, done = world.send(state="on_hold"), world.send()
    assert client.post(f"/api/v1/uploads/{held.pk}/release").status_code == 403
    refused = client.post(f"/api/v1/uploads/{done.pk}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "NOTHING_TO_UNDO")


def test_an_undo_says_what_it_took_back_and_what_stays(client, world):
    first, second = world.send(added_count=2), world.send(added_count=1)
    line = {"school_year": world.year, "sau": world.rock_star, "school": world.cte_school, "start_date": "2020-09-02"}
    early, late = "2020-10-01T00:00Z", "2020-11-01T00:00Z"
    for code, student, upload, at in (
        ("48.0508", STUDENT, first, early),
        ("47.0604", STRANGER, first, early),
        ("48.0508", STUDENT, second, late),
    ):
        CteRecord.objects.create(
            **line, student_id=student, cte_code=code, credits_earned=1, began_with=upload.pk, valid_from=at
        )
    undone = client.post(f"{UPLOADS}/{first.pk}/undo")
    assert (undone.status_code, undone.json()["state"]) == (200, "finished")
    assert undone.json()["undo"] == {
        "no_longer_fit_count": 0,
        "withdrawn_count": 1, "restored_count": 0, "student_count": 1, "left_student_count": 1,
        "changed_by": [second.pk],
    }  # fmt: skip
    refused = client.post(f"{UPLOADS}/{first.pk}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "CHANGED_SINCE")


@pytest.mark.parametrize(
    ("state", "ask", "what", "code"),
    [
        ("undone", "post", "undo", "UNDONE"),
        ("cancelled", "post", "cancel", "HAS_ENDED"),
        ("finished", "post", "release", "NOT_ON_HOLD"),
        ("waiting", "get", "result-log", "NOT_READY"),
        ("cancelled", "get", "result-log", "CANCELLED"),
        ("processing", "get", "full-log", "NOT_READY"),
        ("waiting", "get", "fix-file", "NOT_READY"),
        ("processing", "get", "answer-file", "NOT_READY"),
    ],
)
def test_what_the_uploads_state_does_not_allow_is_a_conflict_and_no_fault_of_the_request(
    client, world, state, ask, what, code
):
    upload = world.send(state=state, sent_by=world.person("state administrator"))
    answer = getattr(client, ask)(f"{UPLOADS}/{upload.pk}/{what}")
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    problem = answer.json()
    assert (problem["type"], problem["status"], problem["code"]) == ("about:blank", 409, code)
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.parametrize("what", ["findings", "waiting", "moved", "changes", "causes", "fix-file", "answer-file"])
@pytest.mark.parametrize(
    ("state", "more", "code"),
    [
        ("waiting", {}, "NOT_READY"),
        ("processing", {}, "NOT_READY"),
        ("cancelled", {}, "CANCELLED"),
        ("failed", {"incident_id": "0a1b2c3d4e"}, "FAILED"),
        ("finished", {"log_deleted_at": "2020-10-01T00:00Z"}, "LOG_DELETED"),
    ],
)
def test_what_is_not_known_is_never_said_to_be_nothing(client, world, what, state, more, code):
    upload = world.send(state=state)
    Upload.objects.filter(pk=upload.pk).update(**more)
    answer = client.get(f"{UPLOADS}/{upload.pk}/{what}", headers={"Accept": "application/x-ndjson"})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert not Event.objects.filter(act__startswith="upload.", subject_id=str(upload.pk)).exists()


def test_what_moved_since_a_check_whose_log_is_gone_is_not_nothing(client, world):
    check = world.send(check_only=True, log_deleted_at="2020-10-01T00:00Z")
    upload = world.send(follows=check, plan_sha256="a" * 64, expected_plan_sha256="b" * 64)
    answer = client.get(f"{UPLOADS}/{upload.pk}/moved")
    assert (answer.status_code, answer.json()["code"]) == (409, "LOG_DELETED")


@pytest.mark.parametrize("act", ["cancel", "release", "undo"])
def test_a_token_that_only_reads_decides_nothing(client_of, world, act):
    client = client_of("data specialist", scopes=("uploads:read",))
    assert client.post(f"/api/v1/uploads/{world.send().pk}/{act}").status_code == 403


def test_a_token_whose_person_has_left_the_organization_is_good_for_nothing(client, world):
    assert client.get("/api/v1/file-types").status_code == 200
    world.person("data specialist").memberships.all().delete()
    for address in ("/api/v1/file-types", f"{UPLOADS}/1"):
        assert client.get(address).status_code == 401


def test_who_sends_too_often_is_told_when_to_come_back(client, settings):
    settings.TIDEGATE_MAX_UPLOADS_PER_HOUR = 1
    send(client)
    answer = send(client)
    assert (answer.status_code, answer.json()["code"]) == (429, "TOO_MANY")
    assert 3590 < int(answer["Retry-After"]) <= 3600


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_body_that_is_none_is_the_senders_and_not_our_fault(client, content_type):
    answer = client.generic("POST", UPLOADS, b"garbage", content_type=content_type)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_database_that_is_away_is_said_as_such_and_the_request_can_be_sent_again(client, monkeypatch):
    def go_away(_secret):
        raise OperationalError

    monkeypatch.setattr("tidegate.api.authenticate.find_token", go_away)
    answer = client.get(f"{UPLOADS}/1")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "AWAY", "5")


def test_changes_are_counted_and_listed_in_both_forms(client):
    upload_id = send(client).json()["id"]
    assert client.get(f"{UPLOADS}/{upload_id}/changes").status_code == 409
    process(upload_id=upload_id)
    upload = client.get(f"{UPLOADS}/{upload_id}").json()
    assert upload["changes"] == {"new": 0, "changed": 0, "unchanged": 0, "withdrawn": 0}
    assert b"".join(client.get(f"{UPLOADS}/{upload_id}/changes").streaming_content) == b""
    table = b"".join(client.get(f"{UPLOADS}/{upload_id}/changes?format=csv").streaming_content).decode("utf-8-sig")
    assert table.startswith("Change,Row,SAUID,SchoolID,")
    assert client.get(f"{UPLOADS}/{upload_id}/changes?format=xlsx").status_code == 422


def test_what_is_said_about_missing_lines_is_kept_and_a_wrong_word_is_refused(client):
    upload = send(client, missing="withdraw", complete="true").json()
    assert (upload["missing"], upload["complete"]) == ("withdraw", True)
    assert send(client, missing="drop").status_code == 422
    assert Upload.objects.count() == 1


def test_a_check_is_loaded_as_an_upload_that_follows_it(client):
    upload_id = send(client, check_only="true").json()["id"]
    assert client.post(f"{UPLOADS}/{upload_id}/load").status_code == 409
    process(upload_id=upload_id)
    loaded = client.post(f"{UPLOADS}/{upload_id}/load")
    assert (loaded.status_code, loaded.json()["follows"], loaded.json()["check_only"]) == (202, upload_id, False)


def test_a_choice_and_a_withdrawal_need_what_they_are_about(client):
    upload_id = send(client).json()["id"]
    process(upload_id=upload_id)
    json_type = "application/json"
    chosen = client.post(f"{UPLOADS}/{upload_id}/missing", {"missing": "keep"}, content_type=json_type)
    assert (chosen.status_code, chosen.json()["missing"]) == (202, "keep")
    assert client.post(f"{UPLOADS}/{upload_id}/missing", {"missing": ""}, content_type=json_type).status_code == 422
    withdrawn = client.post(f"{UPLOADS}/{upload_id}/withdraw", {"reason": "Gone"}, content_type=json_type)
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "NOTHING_LEFT_OUT")
    other = client.post(f"{UPLOADS}/{upload_id}/withdraw", {"reason": "x", "lines": [7]}, content_type=json_type)
    assert other.status_code == 409
