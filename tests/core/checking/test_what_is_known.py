"""A finding says what the lists and the records tell of its row: where the student is instead, and what was meant."""

import csv
import shutil
from pathlib import Path

import pytest

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.rules.cause import fix_in_words
from tidegate.core.suggestions.suggestion import from_text
from tidegate.file_types import find

REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
CENTER, REGION = "Capital Area Technical Center", "Mid-Maine Technical Center"
CTE = {"SAUID": "1000", "SchoolID": "2001", "StateStudentID": "900000044", "SchoolStudentID": "L00044"}
CTE |= {"CTECode": "01.0205", "StartDate": "9/8/2020", "CreditsEarned": "1"}
PRIMARY = {"SAUID": "1000", "SchoolID": "1001", "StateStudentID": "900000044", "SchoolStudentID": "L00044"}
PRIMARY |= {"EnrollmentType": "P", "GradeLevel": "11", "EntryDate": "2020-09-08", "StartStatus": "02"}
PRIMARY |= {"ResidentSAUID": "1000"}
CONCURRENT = PRIMARY | {"SAUID": "3000", "SchoolID": "3001", "EnrollmentType": "C"}
ENROLLED = (
    "2020-2021,1000,1001,900000044,L00044,P,11,2020-09-08,02,,",
    "2020-2021,3000,3001,900000044,9,C,11,2020-09-08,02,2021-01-15,02",
    "2020-2021,1000,1001,900000045,L00045,P,11,2020-09-08,02,,",
)


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("known") / "reference"
    shutil.copytree(REFERENCE, folder)
    with (folder / "organizations.csv").open("a") as organizations:
        organizations.write(
            "\n3000,Waterville Public Schools,SAU,,\n3001,Mid-Maine Technical Center,CTE School,3000,MMTC\n"
        )
    with (folder / "students.csv").open("a") as students:
        students.write("\n900000044,A,B,,2004-01-01,F\n900000045,C,D,,2004-01-01,F\n")
    with (folder / "enrollments.csv").open("a") as enrollments:
        enrollments.write("\n" + "\n".join(ENROLLED) + "\n")
    return folder


@pytest.fixture
def check_rows(reference, tmp_path):
    """Check rows of a file type."""

    def check_rows(file_type: str, *rows: dict[str, str], organization: int | None = None) -> CheckResult:
        kind, upload = find(file_type), tmp_path / "upload.csv"
        with upload.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, kind.layout.columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        focus = Focus(SchoolYear(2020), organization, "Rock Star Public Schools")
        return check(upload, kind.layout, kind.rules, focus=focus, tables=ReferenceFolder(reference))

    return check_rows


@pytest.fixture
def judge(check_rows):
    """Check rows, and return the code, the message and the fix of each finding that is no notice."""
    return lambda file_type, *rows, **more: told(check_rows(file_type, *rows, **more), find(file_type))


def told(checked: CheckResult, kind) -> list[tuple[str, str, str]]:
    rules = kind.rules_by_code()
    found = checked.findings.filter(checked.findings["severity"] != "notice").select("code", "message", "known").rows()
    return [(code, message, fix_in_words(code, known, rules)) for code, message, known in found]


def test_a_student_of_another_center_is_named_with_it(judge):
    ((code, message, fix),) = judge("cte", CTE)
    assert (code, message) == ("CTE501", f'Secondary enrollment not found at "{CENTER}"')
    assert fix.endswith(f"Secondary and concurrent mean the same. The student is enrolled at {REGION} instead.")


def test_a_student_of_no_center_needs_a_row_with_type_c(judge):
    ((code, _, fix),) = judge("cte", CTE | {"StateStudentID": "900000045"})
    assert code == "CTE501"
    assert fix.endswith("The student has no CTE school this year: add a row with type C to a Student Enrollment file.")


def test_the_center_of_the_student_is_named_beside_a_sending_school(judge):
    ((code, _, fix),) = judge("cte", CTE | {"SchoolID": "1001"})
    assert (code, fix) == ("CTE404", f"Use the ID of the CTE school. This student is enrolled at {REGION} (MMTC).")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("9/3/2020", "5 days before the enrollment at {} begins (2020-09-08)"),
        ("2020-09-07", "1 day before the enrollment at {} begins (2020-09-08)"),
        ("1/20/2021", "5 days after the enrollment at {} ended (2021-01-15)"),
    ],
)
def test_how_many_days_a_start_is_beside_the_enrollment_is_said(judge, day, said):
    found = judge("cte", CTE | {"SchoolID": "3001", "StartDate": day})
    assert found[0][:2] == ("CTE503", f"StartDate {day} is {said.format(REGION)}")


def test_the_saus_that_a_student_attends_are_named(judge):
    ((code, message, _),) = judge("cte", CTE | {"SAUID": "2000", "SchoolID": "3001"})
    attends = "Rock Star Public Schools and Waterville Public Schools"
    assert (code, message) == (
        "CTE504",
        f"The student attends {attends}; the row says Kennebec Harbor Public Schools",
    )


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        ("90000044", "CELL103", 'StateStudentID "90000044" has 8 digits; it must have 9'),
        ("900000404", "FIND403", 'Unable to resolve State Student Number "900000404"'),
        ("", "CELL101", "StateStudentID is blank"),
    ],
)
@pytest.mark.parametrize(("file_type", "row"), [("cte", CTE), ("student-enrollment", PRIMARY)])
def test_a_number_that_is_wrong_is_found_by_the_local_one(judge, file_type, row, number, code, message):
    found = judge(file_type, row | {"StateStudentID": number})
    assert found[0][:2] == (code, message)
    assert found[0][2].endswith("Local number L00044 belongs to 900000044.")


def test_local_numbers_of_another_sau_are_told_to_nobody(judge):
    own = judge("student-enrollment", PRIMARY | {"StateStudentID": "90000044"}, organization=1000)
    others = judge("student-enrollment", PRIMARY | {"StateStudentID": "90000044"}, organization=2000)
    assert any("belongs to 900000044" in fix for _, _, fix in own)
    assert not any("belongs to 900000044" in fix for _, _, fix in others)


def test_a_row_of_another_organization_is_told_nothing_of_the_student(judge):
    found = judge("cte", CTE | {"SAUID": "2000", "SchoolID": "2001"}, organization=1000)
    assert ("CTE501", REGION) not in [(code, REGION) for code, _, fix in found if REGION in fix]
    assert {code for code, *_ in found} >= {"ORG201", "CTE501"}


def test_a_row_for_another_organization_names_it_with_its_id(judge):
    found = judge("cte", CTE | {"SAUID": "3000", "SchoolID": "3001"}, organization=1000)
    assert "This row is for Waterville Public Schools (3000); the file was sent for Rock Star Public Schools" in [
        message for _, message, _ in found
    ]


def test_a_school_of_another_sau_names_the_one_that_it_belongs_to(judge):
    found = judge("student-enrollment", PRIMARY | {"SchoolID": "2002"})
    belongs = "Kennebec Harbor High School belongs to Kennebec Harbor Public Schools (2000)"
    assert found[0][:2] == ("ENR201", f"{belongs}; the row says Rock Star Public Schools")


def test_an_unknown_school_lists_those_of_the_sau(judge):
    found = judge("student-enrollment", PRIMARY | {"SAUID": "2000", "SchoolID": "7777"})
    assert found[0][:2] == ("FIND402", 'Unable to resolve School ID "7777"')
    assert found[0][2].endswith(
        f"The schools of Kennebec Harbor Public Schools are {CENTER} (CATC) and Kennebec Harbor High School (HS1)."
    )


@pytest.mark.parametrize(
    ("primary", "said"),
    [
        ({"EntryDate": "2020-09-15"}, "begins 2020-09-15"),
        ({"EntryDate": "2020-08-25", "ExitDate": "2020-09-02", "ExitType": "02"}, "ended 2020-09-02"),
    ],
)
def test_the_nearest_primary_enrollment_is_named(judge, primary, said):
    of_student = {"StateStudentID": "900000045"}
    rows = (PRIMARY | of_student | primary, CONCURRENT | of_student | {"EntryDate": "2020-09-05"})
    found = [each for each in judge("student-enrollment", *rows) if each[0] == "ENR502"]
    assert found[0][1] == "The student has no primary enrollment on 2020-09-05"
    assert "The nearest one, at Rock Star High School, begins 2020-09-08" in found[0][2] or said in found[0][2]


def test_two_rows_of_one_enrollment_name_the_columns_that_differ(judge):
    found = judge("student-enrollment", PRIMARY, PRIMARY | {"GradeLevel": "12", "StartStatus": "11"})
    assert [(code, message) for code, message, _ in found] == [
        ("ENR301", "Rows 2 and 3 are the same enrollment with different GradeLevel and StartStatus"),
    ] * 2


def test_a_row_that_is_held_back_names_the_row_to_fix(judge):
    found = judge("cte", CTE | {"SchoolID": "3001"}, CTE | {"SchoolID": "3001", "CreditsEarned": "0,75"})
    assert found[0] == (
        "CTE301",
        "Held back because row 3 (same student and CTE code) has an error",
        "Fix row 3 and send both rows.",
    )
    assert found[1][:2] == ("CELL105", 'CreditsEarned "0,75": use a point, 0.75')


def test_garbled_letters_are_shown_as_they_were_meant(judge):
    found = judge("student-enrollment", PRIMARY | {"Comments": "Mu\u00c3\u00b1oz"})
    ((_, message, fix),) = [each for each in found if each[0] == "CELL112"]
    assert message == "Letters look garbled: Mu\u00c3\u00b1oz"
    assert fix.endswith("Should it be Mu\u00f1oz?")


def told_of_file(reference: Path, path: Path, content: str) -> list[tuple[str, str, str]]:
    kind = find("cte")
    path.write_text(content, "utf-8")
    focus, others = Focus(SchoolYear(2020)), [find("student-enrollment").layout]
    checked = check(path, kind.layout, kind.rules, focus=focus, tables=ReferenceFolder(reference), others=others)
    rules = kind.rules_by_code()
    found = checked.findings.select("code", "message", "known").rows()
    return [(code, message, fix_in_words(code, known, rules)) for code, message, known in found]


HEADER = ",".join(find("cte").layout.columns)
LINE = "1000,3001,900000044,1,01.0205,2020-09-08,,1.5,3"


def test_an_unknown_column_and_the_missing_one_are_one_finding(reference, tmp_path):
    content = f"{HEADER.replace('CTECode', 'CIP Code')}\n{LINE}\n"
    ((code, message, fix),) = told_of_file(reference, tmp_path / "upload.csv", content)
    assert (code, message) == ("FILE006", 'Column "CIP Code" is not known')
    assert fix.endswith('Is it "CTECode", which is missing?')


def test_a_file_of_another_type_says_which_one_to_choose(reference, tmp_path):
    header = ",".join(find("student-enrollment").layout.columns)
    ((_, _, fix),) = told_of_file(reference, tmp_path / "upload.csv", f"{header}\n{LINE}\n")
    assert fix == "This is a Student Enrollment file. Send it again and choose Student Enrollment under File Type."


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ("1000,3001,900000044,1,01.0205,2020-09-08,2021-06-11,1.5,3,", "CreditsEarned and PostsecondaryCredits"),
        ("1000,3001,900000044,Jr,III,01.0205,2020-09-08,,1.5,", "SchoolStudentID and the columns after it"),
    ],
)
def test_the_columns_that_a_comma_has_moved_are_named(reference, tmp_path, line, columns):
    found = told_of_file(reference, tmp_path / "upload.csv", f"{HEADER}\n{LINE}\n{line}\n")
    ((message, fix),) = [(message, fix) for code, message, fix in found if code == "FILE028"]
    assert message == "The row has one cell too many"
    assert fix.endswith(f"may have pushed the rest one column to the right: compare {columns}.")


AT_REGION = {"SchoolID": "3001"}


@pytest.mark.parametrize(
    ("cells", "code", "meant"),
    [
        ({}, "CTE501", ["MMTC"]),
        ({"SchoolID": "1001"}, "CTE404", ["MMTC"]),
        ({"StateStudentID": "900000045"}, "CTE501", []),
        (AT_REGION | {"StartDate": "9/3/2020"}, "CTE503", ["2020-09-08"]),
        (AT_REGION | {"StartDate": "1/20/2021"}, "CTE503", []),
        (AT_REGION | {"CreditsEarned": "0,75"}, "CELL105", ["0.75"]),
        (AT_REGION | {"CreditsEarned": "some"}, "CELL105", []),
        (AT_REGION | {"StateStudentID": "90000044"}, "CELL103", ["900000044"]),
        (AT_REGION | {"StateStudentID": "900000404"}, "FIND403", ["900000044"]),
    ],
)
def test_what_is_known_of_the_row_is_suggested_for_its_cell(check_rows, cells, code, meant):
    checked = check_rows("cte", CTE | cells)
    found = checked.findings.filter(checked.findings["code"] == code)["suggestions"].to_list()
    assert [[each.value for each in from_text(text)] for text in found] == [meant]


def test_a_row_of_another_organization_gets_no_suggestion_of_the_student(check_rows):
    checked = check_rows("cte", CTE | {"SAUID": "2000", "SchoolID": "2001"}, organization=1000)
    assert checked.findings.filter(checked.findings["code"] == "CTE501")["suggestions"].to_list() == [""]
