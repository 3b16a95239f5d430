"""One pass finds every fault of a row, and no consequence of one is listed as another."""

import csv
import shutil
from pathlib import Path

import pytest

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.suggestions.suggestion import from_text
from tidegate.file_types import find

REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
YEAR = SchoolYear(2020)
CTE = {"SAUID": "1000", "SchoolID": "2001", "StateStudentID": "900000001", "CTECode": "01.0205"}
CTE |= {"StartDate": "2020-09-01", "CreditsEarned": "1"}
PRIMARY = {"SAUID": "1000", "SchoolID": "1001", "StateStudentID": "900000001", "EnrollmentType": "P"}
PRIMARY |= {"GradeLevel": "11", "EntryDate": "2020-09-01", "StartStatus": "02", "ResidentSAUID": "1000"}
CONCURRENT = PRIMARY | {"SAUID": "2000", "SchoolID": "2001", "EnrollmentType": "C"}


def checked(
    tmp_path: Path,
    file_type: str,
    *rows: dict[str, str],
    organization: int | None = None,
    reference: Path = REFERENCE,
) -> CheckResult:
    kind = find(file_type)
    upload = tmp_path / "upload.csv"
    with upload.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, kind.layout.columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    focus = Focus(YEAR, organization, "Rock Star Public Schools")
    return check(upload, kind.layout, kind.rules, focus=focus, tables=ReferenceFolder(reference))


def errors_of(tmp_path: Path, file_type: str, *rows: dict[str, str], **more) -> list[tuple[int, str]]:
    findings = checked(tmp_path, file_type, *rows, **more).findings
    return findings.filter(findings["severity"] == "error").select("row", "code").rows()


def test_a_missing_primary_enrollment_is_named_beside_a_school_of_the_wrong_kind(tmp_path):
    reference = tmp_path / "reference"
    shutil.copytree(REFERENCE, reference)
    lines = (REFERENCE / "enrollments.csv").read_text("utf-8").splitlines(keepends=True)
    (reference / "enrollments.csv").write_text("".join(line for line in lines if ",P," not in line), "utf-8")
    row = CTE | {"SchoolID": "1001"}
    assert errors_of(tmp_path, "cte", row, reference=reference) == [(2, "CTE404"), (2, "CTE502")]


def test_an_unknown_resident_sau_does_not_hide_that_a_row_is_for_another_organization(tmp_path):
    row = PRIMARY | {"ResidentSAUID": "9999"}
    assert errors_of(tmp_path, "student-enrollment", row, organization=2000) == [(2, "ORG201"), (2, "FIND401")]


def test_a_mistyped_school_is_one_fault_where_the_right_school_may_be_the_uploaders_own(tmp_path):
    row = CTE | {"SchoolID": "20O1"}
    assert errors_of(tmp_path, "cte", row, organization=2001) == [(2, "FIND402")]


def test_an_exit_may_not_leave_a_stored_concurrent_enrollment_open(tmp_path):
    leaving = PRIMARY | {"ExitDate": "2020-12-01", "ExitType": "02"}
    found = checked(tmp_path, "student-enrollment", leaving).findings
    assert found.select("row", "code", "column").rows() == [(2, "ENR504", "ExitDate")]
    assert found["message"].item() == (
        "Ending the primary enrollment on 2020-12-01 leaves the one at Capital Area Technical Center open"
    )


def test_an_exit_is_good_where_the_file_ends_the_concurrent_enrollment_too(tmp_path):
    leaving = PRIMARY | {"ExitDate": "2020-12-01", "ExitType": "02"}
    also = CONCURRENT | {"ExitDate": "2020-12-01", "ExitType": "02"}
    assert errors_of(tmp_path, "student-enrollment", leaving, also) == []


def test_a_bad_exit_of_the_concurrent_enrollment_keeps_the_primary_one_open(tmp_path):
    leaving = PRIMARY | {"ExitDate": "2020-12-01", "ExitType": "02"}
    also = CONCURRENT | {"ExitDate": "2020-12-01", "ExitType": "99"}
    found = errors_of(tmp_path, "student-enrollment", leaving, also)
    assert found == [(2, "ENR504"), (3, "CELL106")]


def test_no_row_is_kept_back_by_rows_that_are_not_loaded_themselves(tmp_path):
    one, other = (PRIMARY | {"ExitDate": day, "ExitType": "02"} for day in ("2020-10-01", "2021-01-15"))
    concurrent = CONCURRENT | {"ExitDate": "2020-12-01", "ExitType": "02"}
    assert errors_of(tmp_path, "student-enrollment", one, other, concurrent) == [(2, "ENR301"), (3, "ENR301")]


def test_a_date_that_may_have_the_day_first_comes_with_both_days(tmp_path):
    rows = [CTE | {"StartDate": day} for day in ("13/10/2020", "25/9/2020", "10/11/2020")]
    found = checked(tmp_path, "cte", *rows).findings
    (suggested,) = found.filter(found["code"] == "CELL111")["suggestions"]
    assert [each.value for each in from_text(suggested)] == ["2020-10-11", "2020-11-10"]


@pytest.mark.parametrize(
    ("column", "text", "meant"),
    [("StateStudentID", "90000O001", "900000001"), ("SchoolID", "2O01", "2001"), ("SAUID", "1O00", "1000")],
)
def test_a_letter_in_an_id_that_looks_like_a_digit_is_asked_about(tmp_path, column, text, meant):
    found = checked(tmp_path, "cte", CTE | {column: text}).findings
    (suggested,) = found.filter(found["column"] == column)["suggestions"]
    assert from_text(suggested)[0].value == meant


def test_a_warning_about_letters_does_not_silence_what_else_is_said_of_the_cell(tmp_path):
    reference = tmp_path / "reference"
    shutil.copytree(REFERENCE, reference)
    with (reference / "students.csv").open("a", encoding="utf-8") as students:
        students.write("900000099,MuÃ±oz,Erin,,2004-05-17,F\n")
    row = {"SAUID": "1000", "LastName": "MuÃ±oz", "FirstName": "Erin", "DateOfBirth": "2004-05-17", "Gender": "F"}
    found = checked(tmp_path, "new-state-id", row | {"GradeLevel": "11"}, reference=reference)
    assert found.findings["code"].to_list() == ["CELL112", "NSI501"]
    assert found.error_count == 1
