"""Who may send what, and what is kept of it."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed, NotFound, Refusal, TooMany
from tidegate.uploads.models import State, Upload
from tidegate.uploads.receive import receive
from tidegate.uploads.store import chunks_of

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
    for _ in range(2):
        send(CONTENT, by=specialist)
    with pytest.raises(TooMany, match="You have sent 2 files within an hour, as many as are allowed"):
        send(CONTENT, by=specialist)
    assert send(CONTENT, by=other_specialist, organization_id=2000).state == State.WAITING
    Upload.objects.filter(sent_by=specialist).update(sent_at=timezone.now() - timedelta(minutes=61))
    assert send(CONTENT, by=specialist).state == State.WAITING
