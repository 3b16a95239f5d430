"""What can be downloaded: the Result Log, the file as it was sent, the sample file, the code list."""

import csv
import io

import pytest

from tidegate.audit.models import Event


def body(response):
    return b"".join(response.streaming_content).decode()


def test_the_result_log_of_an_upload_without_findings_is_the_guides_two_lines(specialist, world):
    upload = world.send(row_count=1, success_count=1, error_count=0)
    response = specialist.get(f"/state-reporting-status/{upload.pk}/result-log/")
    assert response["Content-Disposition"] == 'attachment; filename="cte-result-log.csv"'
    assert response["Content-Type"].startswith("text/csv")
    assert body(response).splitlines() == ["CTE Import Error Log", "All Records completed successfully"]


def test_the_result_log_has_the_five_columns_and_a_line_per_finding(specialist, world):
    upload = world.send()
    world.find(upload, row=7)
    lines = list(csv.reader(io.StringIO(body(specialist.get(f"/state-reporting-status/{upload.pk}/result-log/")))))
    assert ["Row Number", "SAU ID", "School ID", "State Student Number", "Error"] in lines
    assert lines[-1] == ["7", "1000", "2001", "900000001", 'Unable to resolve CTE Code "43"']


def test_a_result_log_that_is_not_ready_is_declined_with_a_sentence(specialist, world, read):
    upload = world.send(state="waiting", row_count=None, success_count=None, error_count=None)
    response = specialist.get(f"/state-reporting-status/{upload.pk}/result-log/")
    assert response.status_code == 409
    assert "The Result Log is not ready yet" in read(response).text


def test_the_uploaded_file_comes_back_byte_for_byte(specialist, world, tmp_path):
    (tmp_path / "kept").write_bytes(b"SAUID\r\n\xff\x00")
    upload = world.send(stored_as="kept", file_name="Größe, final.csv")
    response = specialist.get(f"/state-reporting-status/{upload.pk}/file/")
    assert b"".join(response.streaming_content) == b"SAUID\r\n\xff\x00"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("stored_as", ["", "gone"])
def test_a_file_that_is_not_kept_says_so(specialist, world, read, tmp_path, stored_as):
    (tmp_path / "kept").touch()
    world.send(stored_as="kept")  # where no file is there, the store is away
    upload = world.send(stored_as=stored_as)
    response = specialist.get(f"/state-reporting-status/{upload.pk}/file/")
    assert response.status_code == 404
    assert "We no longer have the file" in read(response).text


@pytest.mark.parametrize(
    ("page", "act"), [("result-log", "upload.result_log_downloaded"), ("file", "upload.file_downloaded")]
)
def test_every_download_is_in_the_audit_log(specialist, world, tmp_path, page, act):
    (tmp_path / "kept").write_text("SAUID")
    upload = world.send(stored_as="kept")
    specialist.get(f"/state-reporting-status/{upload.pk}/{page}/")
    event = Event.objects.get(act=act)
    assert (event.person_email, event.subject_id) == ("data.specialist@example.org", str(upload.pk))


def test_the_sample_file_has_the_header_and_an_example_student_who_is_nobody(specialist):
    header, example = csv.reader(io.StringIO(body(specialist.get("/file-types/cte/sample-file/"))))
    assert header[:3] == ["SAUID", "SchoolID", "StateStudentID"]
    assert example[2].startswith("00000000")


def test_the_code_list_has_the_codes_that_are_valid_in_the_focus_year(specialist):
    lines = list(csv.reader(io.StringIO(body(specialist.get("/file-types/cte/codes/cte_codes/")))))
    assert lines == [["Code", "Title"], ["01.0205", "Agricultural Mechanics"]]


@pytest.mark.parametrize(
    "address",
    [
        "/file-types/no-such/",
        "/file-types/no-such/sample-file/",
        "/file-types/cte/codes/no_such/",
        "/file-types/student-enrollment/codes/cte_codes/",
    ],
)
def test_what_is_not_there_is_not_found(specialist, address):
    assert specialist.get(address).status_code == 404
