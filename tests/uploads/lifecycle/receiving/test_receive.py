"""Who may send what, and what is kept of it."""

import hashlib
from datetime import timedelta

import pytest
from django.conf import settings as current_settings
from django.db import OperationalError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.uploads.conftest import ROCK_STAR
from tidegate.accounts.rate_limit import RateLimited
from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed, NotFound, Refusal
from tidegate.reference.models import Organization
from tidegate.uploads.lifecycle.receiving.receive import receive
from tidegate.uploads.models import State, Upload
from tidegate.uploads.storage import store
from tidegate.uploads.storage.store import chunks_of

CONTENT = b"SAUID,SchoolID\n1,2\n"


def test_a_file_is_kept_with_its_digest_and_waits(send, specialist):
    upload = send(CONTENT, by=specialist)
    assert upload.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert b"".join(chunks_of(upload.stored_as)) == CONTENT
    assert (upload.state, upload.byte_count) == (State.WAITING, len(CONTENT))


def test_sending_leaves_an_audit_event_without_the_file_name(send, specialist):
    upload = send(CONTENT, by=specialist, file_name="Doe_Jane.csv")
    event = Event.objects.get(act="upload.sent")
    assert (event.person_email, event.subject_id) == (specialist.email, str(upload.pk))
    assert "Doe" not in str(event.details)


def test_a_viewer_may_not_send(send, viewer):
    with pytest.raises(NotAllowed):
        send(CONTENT, by=viewer)
    assert not Upload.objects.exists()


def test_another_organization_answers_as_if_it_did_not_exist(send, specialist):
    with pytest.raises(NotFound):
        send(CONTENT, by=specialist, organization_id=2000)


def test_an_unknown_file_type_is_refused(send, specialist):
    with pytest.raises(NotFound, match="no such file type"):
        send(CONTENT, by=specialist, file_type="grades")


def test_an_upload_without_an_organization_is_refused(state, specialist):
    with pytest.raises(Refusal, match="for one organization"):
        receive(file=None, file_name="x", file_type="cte", school_year=None, organization=None, by=specialist)


def test_the_file_name_is_kept_without_a_path(send, specialist):
    assert send(CONTENT, by=specialist, file_name="C:\\Users\\x\\cte\x07 2020.csv").file_name == "cte 2020.csv"


def test_a_person_who_sends_files_without_end_is_asked_to_wait(send, specialist, other_specialist, settings):
    settings.TIDEGATE_MAX_UPLOADS_PER_HOUR = 2
    first, _ = (send(CONTENT, by=specialist) for _ in range(2))
    Upload.objects.filter(pk=first.pk).update(sent_at=timezone.now() - timedelta(minutes=50))
    with pytest.raises(RateLimited, match="You have sent 2 files within an hour, the most allowed") as refused:
        send(CONTENT, by=specialist)
    assert 590 < refused.value.retry_after_seconds <= 600
    assert send(CONTENT, by=other_specialist, organization_id=2000).state == State.WAITING
    Upload.objects.filter(sent_by=specialist).update(sent_at=timezone.now() - timedelta(minutes=61))
    assert send(CONTENT, by=specialist).state == State.WAITING


def test_a_file_whose_upload_is_there_is_settled(send, specialist, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        upload = send("x", by=specialist)
    assert list(store.pending_files(for_seconds=0)) == []
    assert store.is_kept(upload.stored_as)


def test_a_connection_that_breaks_at_the_commit_leaves_the_file_for_the_upload_that_may_be_there(
    send, specialist, monkeypatch
):
    def break_off(*_, **__):
        raise OperationalError

    monkeypatch.setattr("tidegate.uploads.lifecycle.receiving.receive.enqueue", break_off)
    with pytest.raises(OperationalError):
        send("x", by=specialist)
    (left,) = store.pending_files(for_seconds=0)
    assert store.is_kept(left)


def test_an_upload_that_surely_never_came_to_be_leaves_no_file(send, specialist, monkeypatch):
    def go_wrong(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("tidegate.uploads.lifecycle.receiving.receive.enqueue", go_wrong)
    with pytest.raises(RuntimeError):
        send("x", by=specialist)
    assert not any(path.is_file() for path in current_settings.TIDEGATE_UPLOADS_DIR.rglob("*"))


def test_a_schools_uploads_stand_in_one_line_with_those_of_its_sau(send, state, specialist):
    school = Organization.objects.filter(parent_id=ROCK_STAR).first()
    locks = set()
    for organization_id in (ROCK_STAR, school.pk):
        send("x", by=specialist, organization_id=organization_id)
        locks.add(ProcrastinateJob.objects.latest("id").lock)
    assert locks == {f"organization:{ROCK_STAR}"}
