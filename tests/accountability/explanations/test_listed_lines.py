"""A warning opens into its lines: with file, row, value and message where the file is known, and why where not."""

import csv

import pytest
from django.utils import timezone

from tests.accountability.certification.test_sign import allow
from tidegate.accountability.explanations.listed_lines import lines_behind, lines_breaking, lines_csv, list_lines
from tidegate.core.errors import NotFound
from tidegate.file_types import find
from tidegate.records.models import Enrollment
from tidegate.reference.models import Organization
from tidegate.uploads.models import Finding, Misfit, Upload

KEY = ("1000", "student-enrollment", "ENR406")
HEADER = ",".join(find("student-enrollment").layout.columns)
ROWS = (
    "1000,1001,900000001.0,1,P,11,9/1/2020,02,1000,,10/1/2020,02,",
    "1000,1001, 900000002,2,P,11,2020-09-01,02,1000,,,,",
    "1000,1001,900000001,1,P,11,10/5/2020,02,1000,,,,",
)


@pytest.fixture
def sent(state, process_file, specialist) -> Upload:
    """An upload whose three lines are at a school that had closed: two of one student, and oddly written numbers."""
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    Enrollment.objects.filter(enrollment_type="C").delete()
    upload = process_file("\n".join((HEADER, *ROWS)) + "\n", by=specialist, file_type="student-enrollment")
    assert upload.success_count == 3, list(Finding.objects.values_list("row", "code", "message"))
    return upload


def anybodys(office: Organization) -> bool:
    """See the uploads of every office."""
    return True


def listed(snapshot, **more):
    behind = lines_behind(snapshot, KEY, **{"reach": None} | more)
    return list_lines(behind, list(behind.records), may_view_upload=anybodys)


def test_each_line_has_the_row_and_value_of_its_file(sent, take):
    found = listed(take())
    assert [(each.student_number, each.rows, each.value) for each in found] == [
        ("900000001", (2,), "1001"),
        ("900000002", (3,), "1001"),
        ("900000001", (4,), "1001"),
    ]
    assert {(each.upload, each.column, each.came_with) for each in found} == {(sent, "SchoolID", "Upload")}
    assert found[2].message.startswith('EntryDate "10/5/2020" is after 2020-06-30')
    assert "2020-10-05" in found[2].line


def test_rows_that_nothing_tells_apart_are_all_named(sent, take):
    Finding.objects.filter(student_number__contains="900000001").update(value="", message="The school had closed")
    assert [each.rows for each in listed(take())] == [(2, 4), (3,), (2, 4)]


def test_a_line_without_a_finding_says_what_it_came_with(sent, take):
    snapshot = take()
    Finding.objects.all().delete()
    assert {each.came_with for each in listed(snapshot)} == {
        "Upload; the rule did not warn of it when the file was sent"
    }
    Upload.objects.update(log_deleted_at=timezone.now())
    (said,) = {(each.came_with, each.rows, each.message) for each in listed(snapshot)}
    assert said[0] == "Upload; its Result Log was deleted under the state's policy"
    assert said[1:] == ((), "The school had closed before the enrollment begins")


def test_an_imported_line_says_so(state, take):
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    assert {(each.came_with, each.upload) for each in listed(take())} == {("Import of the state's lists", None)}


def test_lines_of_another_office_are_not_shown(sent, take):
    snapshot = take()
    assert len(listed(snapshot, reach=["1000"])) == 3
    for key, reach in ((KEY, ["2000"]), (("1000", "cte", "ENR406"), None)):
        with pytest.raises(NotFound):
            lines_behind(snapshot, key, reach=reach)


def test_lines_are_a_file(sent, take):
    behind = lines_behind(take(), KEY, reach=None)
    rows = list(csv.DictReader(b"".join(lines_csv(behind, may_view_upload=anybodys)).decode("utf-8-sig").splitlines()))
    assert [(row["FileName"], row["Row"]) for row in rows] == [
        ("upload.csv", "2"),
        ("upload.csv", "3"),
        ("upload.csv", "4"),
    ]
    assert {row["Upload"] for row in rows} == {str(sent.pk)}


def test_the_file_of_an_office_that_may_not_be_seen_has_no_name(sent, take):
    behind = lines_behind(take(), KEY, reach=None)
    text = b"".join(lines_csv(behind, may_view_upload=lambda office: office.pk != 1000)).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert {(row["Upload"], row["FileName"]) for row in rows} == {(str(sent.pk), "")}


def test_a_rule_that_blocks_signing_opens_into_its_lines(sent, take, monkeypatch):
    snapshot = take()
    allow(monkeypatch, blocking_rules=("ENR406",))
    behind = lines_breaking(snapshot, *KEY[1:], reach=["1000"])
    assert [(each.rows, each.value) for each in list_lines(behind, list(behind.records), may_view_upload=anybodys)] == [
        ((2,), "1001"),
        ((3,), "1001"),
        ((4,), "1001"),
    ]
    with pytest.raises(NotFound):
        lines_breaking(snapshot, *KEY[1:], reach=["2000"])


def test_a_line_that_does_not_fit_says_why(sent, take):
    line = Enrollment.objects.get(student="900000002", replaced_at=None)
    of = {"file_type": KEY[1], "school_year_id": 2020, "student_id": "900000002", "places": [], "organization_id": 1000}
    Misfit.objects.create(line_id=line.pk, code="ENR503", column="ExitDate", message="It ends too late", **of)
    snapshot = take()
    behind = lines_breaking(snapshot, KEY[1], "ENR503", reach=["1000"])
    (found,) = list_lines(behind, list(behind.records), may_view_upload=anybodys)
    assert (found.column, found.message, found.rows) == ("ExitDate", "It ends too late", ())
    assert found.came_with == "Upload; the line fit when the file was sent"
    Misfit.objects.all().delete()  # it was corrected since: the snapshot has the line as it was
    (found,) = list_lines(behind, list(behind.records), may_view_upload=anybodys)
    assert found.version_id == line.pk
    assert found.came_with == "Upload; the line fits now, or was replaced since the snapshot was taken"
    with pytest.raises(NotFound):
        lines_breaking(snapshot, KEY[1], "ENR503", reach=["2000"])
