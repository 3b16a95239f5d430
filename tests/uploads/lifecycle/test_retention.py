"""Retention deletes what the state's policy says; the upload, its counts and its receipt stay."""

import io
import os
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tests.uploads.outputs import fix_file_chunks, receipt_of, result_log_chunks
from tidegate.accounts.models import AccessRequest, Invitation
from tidegate.audit.models import Event
from tidegate.core.errors import Refusal
from tidegate.records.models import Student
from tidegate.reference.models import Organization
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.retention import apply_retention
from tidegate.uploads.models import EnrollmentClaim, Upload
from tidegate.uploads.storage.store import StoreAway, is_kept, keep, pending_files
from tidegate.uploads.tasks import deliver_webhook

FILE = f"{CTE_HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n"


@pytest.fixture
def old(process_file, specialist, django_capture_on_commit_callbacks):
    """An upload of 40 days ago, with an error."""
    upload = process_file(FILE, by=specialist)
    Upload.objects.filter(pk=upload.pk).update(sent_at=timezone.now() - timedelta(days=40))
    return upload


def run(capture):
    with capture(execute=True):
        return apply_retention()


def test_a_store_that_is_away_lets_nothing_be_deleted(old, settings):
    settings.TIDEGATE_KEEP_LOGS_DAYS = 30
    store = settings.TIDEGATE_UPLOADS_DIR
    store.rename(store.with_name("share"))
    store.mkdir()  # where the share is to be mounted
    with pytest.raises(StoreAway):
        apply_retention()
    assert Upload.objects.get(pk=old.pk).has_log
    settings.TIDEGATE_KEEP_FILES_DAYS = 30
    with pytest.raises(StoreAway):
        apply_retention()
    assert Upload.objects.get(pk=old.pk).stored_as == old.stored_as
    store.rmdir()
    store.with_name("share").rename(store)
    assert (apply_retention().file_count, is_kept(old.stored_as)) == (1, False)
    (event,) = Event.objects.filter(act="upload.file_deleted")
    assert event.details == {"stored_as": old.stored_as}  # by it the copies beside the log of the database go, too


def test_without_a_policy_nothing_is_deleted(old, django_capture_on_commit_callbacks):
    assert run(django_capture_on_commit_callbacks) == (0, 0)


def test_files_and_logs_go_after_their_days_and_the_receipt_stays(old, settings, django_capture_on_commit_callbacks):
    settings.TIDEGATE_KEEP_FILES_DAYS, settings.TIDEGATE_KEEP_LOGS_DAYS = 30, 35
    stored_as = old.stored_as
    assert run(django_capture_on_commit_callbacks) == (1, 1)
    upload = Upload.objects.get(pk=old.pk)
    assert (upload.stored_as, is_kept(stored_as), upload.findings.count(), upload.has_log) == ("", False, 0, False)
    assert (upload.row_count, upload.error_count, CteRecord.objects.count()) == (2, 1, 1)
    assert upload.sha256.encode() in bytes(receipt_of(upload))
    with pytest.raises(Refusal, match="The Result Log was deleted on"):
        result_log_chunks(upload)
    with pytest.raises(Refusal, match="The Result Log was deleted on"):
        fix_file_chunks(upload)
    acts = ("upload.file_deleted", "upload.log_deleted")
    assert sorted(Event.objects.filter(act__in=acts).values_list("act", flat=True)) == sorted(acts)
    assert run(django_capture_on_commit_callbacks) == (0, 0)


def test_what_is_young_or_has_not_ended_keeps_everything(
    process_file, send, specialist, settings, django_capture_on_commit_callbacks
):
    settings.TIDEGATE_KEEP_FILES_DAYS = settings.TIDEGATE_KEEP_LOGS_DAYS = 30
    process_file(FILE, by=specialist)
    waiting = send(FILE, by=specialist)
    Upload.objects.filter(pk=waiting.pk).update(sent_at=timezone.now() - timedelta(days=40))
    assert run(django_capture_on_commit_callbacks) == (0, 0)


def test_what_another_run_has_deleted_meanwhile_is_left_alone(old, settings, monkeypatch):
    settings.TIDEGATE_KEEP_FILES_DAYS = settings.TIDEGATE_KEEP_LOGS_DAYS = 30
    lock = Upload.objects.select_for_update

    def another_run_was_faster(*arguments, **named):
        Upload.objects.update(stored_as="", log_deleted_at=timezone.now())
        return lock(*arguments, **named)

    monkeypatch.setattr(type(Upload.objects), "select_for_update", lambda _, *a, **n: another_run_was_faster(*a, **n))
    assert apply_retention() == (0, 0)


def test_a_file_that_came_and_whose_upload_never_did_goes_after_a_day(send, specialist, settings):
    upload = send(FILE, by=specialist)
    stray, young = (keep(io.BytesIO(b"x"), limit_bytes=9).stored_as for _ in range(2))
    for stored_as in (upload.stored_as, stray):
        mark = settings.TIDEGATE_UPLOADS_DIR / "arriving" / stored_as[3:]
        os.utime(mark, (0, 0))
    apply_retention()
    assert [is_kept(name) for name in (upload.stored_as, stray, young)] == [True, False, True]
    assert list(pending_files(for_seconds=0)) == [young]


@pytest.fixture
def jobs(db):
    """Jobs of the queue by name: old and young ones, which have ended or not."""
    made = {}
    with connection.cursor() as cursor:
        for status in ("failed", "cancelled", "todo"):
            for age, days in (("old", 40), ("young", 20)):
                job_id = deliver_webhook.defer(webhook_id=1, message_id="msg_1", body="{}")
                cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job_id])
                moved = "UPDATE procrastinate_events SET at = at - make_interval(days => %s) WHERE job_id = %s"
                cursor.execute(moved, [days, job_id])
                made[f"{age} {status}"] = job_id
    return made


def left(jobs) -> set[str]:
    there = set(ProcrastinateJob.objects.values_list("id", flat=True))
    return {name for name, job_id in jobs.items() if job_id in there}


def test_jobs_that_were_given_up_are_forgotten_with_the_logs_and_those_that_wait_are_not(jobs, settings):
    settings.TIDEGATE_KEEP_LOGS_DAYS = 30
    apply_retention()
    assert left(jobs) == {"young failed", "young cancelled", "old todo", "young todo"}


def test_invitations_and_requests_that_are_over_go_with_the_logs(specialist, settings):
    settings.TIDEGATE_KEEP_LOGS_DAYS = 30
    now, place = timezone.now(), Organization.objects.get(pk=1000)
    long_ago, lately, later = (now + timedelta(days=days) for days in (-40, -20, 5))
    ends = {"accepted_at": long_ago, "withdrawn_at": long_ago, "expires_at": long_ago}
    for number, changed in enumerate([*({name: at} for name, at in ends.items()), {"accepted_at": lately}, {}]):
        made = {"email": f"{number}@example.org", "role": "viewer", "invited_at": long_ago, "expires_at": later}
        Invitation.objects.create(**made | {"digest": str(number)} | changed)
    for role, answer, at in (("x", "declined", long_ago), ("y", "granted", lately), ("z", "open", None)):
        asked = {"person": specialist, "organization": place, "reason": "", "asked_at": long_ago}
        AccessRequest.objects.create(role=role, answer=answer, answered_at=at, **asked)
    apply_retention()
    assert set(Invitation.objects.values_list("email", flat=True)) == {"3@example.org", "4@example.org"}
    assert set(AccessRequest.objects.values_list("answer", flat=True)) == {"granted", "open"}


def test_without_a_policy_no_job_is_forgotten(jobs):
    apply_retention()
    assert left(jobs) == set(jobs)


def test_what_an_upload_claims_goes_with_its_log(old, settings, django_capture_on_commit_callbacks):
    settings.TIDEGATE_KEEP_LOGS_DAYS = 35
    school = Organization.objects.get(pk=1001)
    EnrollmentClaim.objects.create(
        student=Student.objects.get(number="900000001"),
        school_year=old.school_year,
        sau_id=school.parent_id,
        school=school,
        entry_date=date(2020, 9, 1),
        upload=old,
        since=old.sent_at,
    )
    run(django_capture_on_commit_callbacks)
    assert not EnrollmentClaim.objects.exists()
