"""How far a worker is with an upload, as others see it while it is at it."""

from contextlib import closing

import pytest
from django.db import connection

from tidegate.api.schemas.uploads import UploadOut
from tidegate.file_types import find
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.worker import progress
from tidegate.uploads.models import Progress, State, Step

FILE = ",".join(find("cte").layout.columns) + "\n1000,2001,900000001,1,01.0205,2020-09-01,,1.50,\n"


@pytest.fixture
def reported(db, monkeypatch):
    """Everything that is reported, as another connection sees it; from the first moment on."""
    monkeypatch.setattr(progress, "_SILENT_SECONDS", 0)
    seen = []
    report = progress.ProgressReporter.report

    def report_and_look(reporter, step, row_count=None):
        report(reporter, step, row_count)
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("SELECT step, row_count FROM uploads_progress")
            seen.extend(cursor.fetchall())

    monkeypatch.setattr(progress.ProgressReporter, "report", report_and_look)
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("DELETE FROM uploads_progress")  # what another test told is there to stay
    return seen


def test_each_step_is_seen_by_others_while_the_worker_is_at_it(send, specialist, reported):
    process(upload_id=send(FILE, by=specialist).pk)
    assert reported == [("reading", None), ("judging", 1), ("loading", 1), ("logging", 1)]


def test_an_upload_that_has_ended_has_no_progress(process_file, specialist, reported):
    upload = process_file(FILE, by=specialist)
    assert upload.state == State.FINISHED
    assert UploadOut.of(upload).progress is None
    assert not Progress.objects.exists()


def test_an_upload_that_takes_a_moment_tells_nothing(send, specialist, reported, monkeypatch):
    monkeypatch.setattr(progress, "_SILENT_SECONDS", 60)
    process(upload_id=send(FILE, by=specialist).pk)
    assert reported == []


def test_the_api_says_the_step_the_share_and_the_rows(send, specialist):
    upload = send(FILE, by=specialist)
    Progress.objects.create(upload=upload, step=Step.LOADING, row_count=7)
    said = UploadOut.of(upload).progress
    assert said is not None
    assert (said.step, said.percent, said.row_count) == ("loading", 50, 7)


def test_where_it_cannot_be_told_the_worker_goes_on(send, specialist, reported):
    upload = send(FILE, by=specialist)
    reporter = progress.ProgressReporter(upload.pk)
    reporter.report("no such step")
    reporter.close()
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.FINISHED
