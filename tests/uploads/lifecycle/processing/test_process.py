"""An upload is processed whole or not at all, and the same rows twice change nothing."""

import io

import polars as pl
import pytest
from django.db import connection
from polars.exceptions import PanicException

from tests.uploads.canary import HELD_BY_OTHERS
from tests.uploads.outputs import write_result_log
from tidegate.audit.models import Event
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.suggestions.suggestion import from_text
from tidegate.file_types import find
from tidegate.records.export_folder import export_reference
from tidegate.records.models import Enrollment
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.worker.interruption import HeldByOthers
from tidegate.uploads.models import Finding, State, Upload
from tidegate.uploads.storage.store import discard

CTE_HEADER = ",".join(find("cte").layout.columns)
ENROLLMENT_HEADER = ",".join(find("student-enrollment").layout.columns)
LINE = "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,"
PRIMARY = "1000,1001,900000003,3,P,11,2020-09-01,02,1000,,,,"


def log_of(upload: Upload) -> str:
    write_result_log(upload, out := io.StringIO())
    return out.getvalue()


def current(model):
    return model.objects.filter(replaced_at__isnull=True)


def test_good_rows_load_and_bad_rows_do_not(process_file, specialist):
    upload = process_file(f"{CTE_HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n", by=specialist)
    assert (upload.state, upload.row_count, upload.success_count, upload.error_count) == (State.FINISHED, 2, 1, 1)
    assert current(CteRecord).get().began_with == upload.pk
    assert log_of(upload) == (
        "Row Number,SAU ID,School ID,State Student Number,Error\n"
        '3,1000,2001,900000001,"Unable to resolve CTE Code ""43"""\n'
    )


def test_a_good_file_gives_the_guides_two_lines(process_file, specialist):
    assert log_of(process_file(f"{CTE_HEADER}\n{LINE}\n", by=specialist)) == (
        "CTE Import Error Log\nAll Records completed successfully\n"
    )


def test_the_same_file_twice_changes_nothing_the_second_time(process_file, specialist):
    content = f"{CTE_HEADER}\n{LINE}\n{LINE}\n{LINE.replace('01.0205', '47.0604')}\n"
    first = process_file(content, by=specialist)
    before = list(CteRecord.objects.order_by("pk").values())
    second = process_file(content, by=specialist)
    assert list(CteRecord.objects.order_by("pk").values()) == before
    assert (first.added_count, second.added_count, second.replaced_count, second.unchanged_count) == (3, 0, 0, 3)


def test_a_table_that_grew_is_counted_before_the_next_file(
    process_file, specialist, django_capture_on_commit_callbacks
):
    line_count = 10_000
    with django_capture_on_commit_callbacks(execute=True):
        upload = process_file(f"{CTE_HEADER}\n" + f"{LINE}\n" * line_count, by=specialist)
    assert upload.added_count == line_count
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'records_cterecord'")
        assert cursor.fetchone() == (line_count,)


def test_a_corrected_file_gives_new_versions_only_to_what_differs(process_file, specialist):
    first = process_file(f"{CTE_HEADER}\n{LINE}\n{LINE}\n", by=specialist)
    second = process_file(f"{CTE_HEADER}\n{LINE}\n{LINE.replace('1.50', '2.00')}\n", by=specialist)
    assert sorted(current(CteRecord).values_list("began_with", "credits_earned")) == [(first.pk, 1.5), (second.pk, 2)]
    assert CteRecord.objects.get(ended_with=second.pk).began_with == first.pk


def test_a_bad_line_leaves_what_is_stored_of_its_group(process_file, specialist):
    process_file(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    before = list(CteRecord.objects.values())
    bad = LINE.replace("1.50", "150")
    upload = process_file(f"{CTE_HEADER}\n{LINE.replace('1.50', '2')}\n{bad}\n", by=specialist)
    assert (upload.success_count, upload.error_count) == (0, 2)
    assert list(CteRecord.objects.values()) == before


def test_a_check_only_upload_says_the_same_and_loads_nothing(process_file, specialist):
    content = f"{CTE_HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n"
    trial = process_file(content, by=specialist, check_only=True)
    assert not CteRecord.objects.exists()
    real = process_file(content, by=specialist)
    assert log_of(trial) == log_of(real)
    counts = ("row_count", "success_count", "error_count", "added_count", "replaced_count", "unchanged_count")
    assert [getattr(trial, name) for name in counts] == [getattr(real, name) for name in counts]


def test_an_enrollment_is_replaced_by_its_next_version(process_file, specialist):
    process_file(f"{ENROLLMENT_HEADER}\n{PRIMARY}\n", by=specialist, file_type="student-enrollment")
    exited = PRIMARY.replace("1000,,,,", "1000,,2021-01-15,02,moved")
    upload = process_file(f"{ENROLLMENT_HEADER}\n{exited}\n", by=specialist, file_type="student-enrollment")
    versions = Enrollment.objects.filter(student_id="900000003").order_by("pk")
    assert [(v.exit_type, v.ended_with) for v in versions] == [("", upload.pk), ("02", None)]


def test_a_transfer_loads_with_the_exit_in_the_same_file(process_file, specialist, other_specialist):
    process_file(f"{ENROLLMENT_HEADER}\n{PRIMARY}\n", by=specialist, file_type="student-enrollment")
    moved = "2000,2002,900000003,3,P,11,2020-10-01,13,2000,,,,"
    refused = process_file(
        f"{ENROLLMENT_HEADER}\n{moved}\n", by=other_specialist, organization_id=2000, file_type="student-enrollment"
    )
    assert 'Student already has a primary enrollment at ""Rock Star Public Schools"" from 2020-09-01' in log_of(refused)
    exited = PRIMARY.replace("1000,,,,", "1000,,2020-10-01,02,")
    process_file(f"{ENROLLMENT_HEADER}\n{exited}\n", by=specialist, file_type="student-enrollment")
    accepted = process_file(
        f"{ENROLLMENT_HEADER}\n{moved}\n", by=other_specialist, organization_id=2000, file_type="student-enrollment"
    )
    assert accepted.success_count == 1


def test_rows_of_another_sau_are_not_loaded(process_file, specialist):
    upload = process_file(f"{CTE_HEADER}\n2000,2001,900000002,1,01.0205,2020-09-01,,1.50,\n{LINE}\n", by=specialist)
    assert (upload.success_count, upload.error_count) == (1, 1)
    assert "(2000); the file was sent for Rock Star Public Schools" in log_of(upload)


def test_a_cte_director_sends_rows_of_several_saus_for_the_cte_school(process_file, director):
    content = f"{CTE_HEADER}\n{LINE}\n2000,2001,900000002,2,01.0205,2020-09-01,,1.50,\n"
    assert process_file(content, by=director, organization_id=2001).success_count == 2


def test_a_workbook_fails_with_a_sentence_and_harms_nothing(process_file, specialist):
    upload = process_file(b"PK\x03\x04 not really", by=specialist, file_name="students.csv")
    assert (upload.state, upload.row_count, upload.incident_id) == (State.FAILED, None, "")
    assert log_of(upload).endswith('"The file is a ZIP archive, not a CSV or TXT file"\n')


def test_a_file_over_the_limit_is_noted_and_not_kept(send, specialist, settings):
    settings.TIDEGATE_MAX_UPLOAD_MB = 1
    upload = send(b"x" * 1_000_001, by=specialist)
    assert (upload.state, upload.stored_as) == (State.FAILED, "")
    assert "The file is larger than the 1 MB allowed" in log_of(upload)
    assert not [path for path in settings.TIDEGATE_UPLOADS_DIR.rglob("*") if path.is_file()]


def test_a_fault_of_ours_fails_the_upload_with_an_incident_and_loads_nothing(send, specialist, caplog):
    upload = send(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    send(f"{CTE_HEADER}\n{LINE}\n\n", by=specialist)  # where no file is there, the store is away
    discard(upload.stored_as)
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.FAILED
    assert upload.incident_id in caplog.text
    assert "900000001" not in caplog.text
    assert not CteRecord.objects.exists()


def test_an_upload_that_has_ended_is_left_alone(process_file, specialist):
    upload = process_file(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    process(upload_id=upload.pk)
    assert Event.objects.filter(act="upload.finished", subject_id=str(upload.pk)).count() == 1
    assert CteRecord.objects.count() == 1


def test_a_panic_of_polars_is_an_incident_and_not_the_end_of_the_worker(send, specialist, monkeypatch):
    def panic(*_, **__):
        raise PanicException("900000001")

    upload = send(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    monkeypatch.setattr("tidegate.core.checking.check_file.sum_up", panic)
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, bool(upload.incident_id)) == (State.FAILED, True)


def test_an_upload_that_a_killed_worker_left_behind_is_taken_up_again(send, specialist):
    upload = send(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    Upload.objects.filter(pk=upload.pk).update(state=State.PROCESSING)
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.success_count) == (State.FINISHED, 1)


@pytest.mark.parametrize(
    "content", ["1000,2001", '1000,2001,900000002,1,01.0205,2020-09-01,,1.50,"', "\x00,\x01", "=1+1,2,3,4,5,6,7,8,9"]
)
def test_odd_rows_are_findings_and_never_an_incident(process_file, specialist, content):
    upload = process_file(f"{CTE_HEADER}\n{content}\n{LINE}\n", by=specialist)
    assert (upload.state, upload.row_count, upload.success_count) == (State.FINISHED, 2, 1)
    assert Finding.objects.filter(upload=upload, row=2).exists()


def test_suggestions_know_what_the_school_has_reported(process_file, specialist, tmp_path):
    process_file(f"{CTE_HEADER}\n{LINE.replace('01.0205', '47.0604')}\n", by=specialist)
    upload = process_file(f"{CTE_HEADER}\n{LINE.replace('01.0205', '47')}\n", by=specialist)
    (first, *_) = from_text(upload.findings.get().suggestions)
    assert (first.value, "taught at this school" in first.reason) == ("47.0604", True)
    export_reference(tmp_path)
    offline = ReferenceFolder(tmp_path).taught_codes(pl.Series([2001, 9999]), Year(2020))
    assert (
        offline.rows()
        == ReferenceDatabase().taught_codes(pl.Series([2001, 9999]), Year(2020)).rows()
        == [(2001, "47.0604")]
    )


@pytest.mark.parametrize("held", ["lock_not_available", "deadlock_detected"])
def test_an_upload_comes_back_where_others_hold_what_it_needs(send, specialist, held):
    upload = send(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    with connection.cursor() as cursor:
        cursor.execute(HELD_BY_OTHERS.format(of="INSERT", table="records_cterecord", held=held))
    with pytest.raises(HeldByOthers):
        process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.try_count) == (State.PROCESSING, 0)
