"""The files of a reference folder are read as strictly and as kindly as an upload."""

from datetime import date
from pathlib import Path

import pytest

from tidegate.core.reference.codes import Codes
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.organizations import Organizations
from tidegate.core.reference.students import Students
from tidegate.records.tables.enrollments import LAYOUT as ENROLLMENTS
from tidegate.records.tables.students import LAYOUT as STUDENTS
from tidegate.reference.problem import ReferenceProblem, ReferenceRefused
from tidegate.reference.tables.codes import LIST_LAYOUT, read_code_list
from tidegate.reference.tables.organizations import LAYOUT as ORGANIZATIONS
from tidegate.reference.tables.organizations import read_organizations


@pytest.mark.parametrize(
    ("layout", "file"),
    [
        (ORGANIZATIONS, Organizations.file),
        (STUDENTS, Students.file),
        (ENROLLMENTS, Enrollments.file),
    ],
)
def test_the_layouts_have_the_headers_that_the_check_reads(layout, file):
    assert (layout.name, tuple(layout.columns)) == (file.file_name, file.columns)


def test_the_layout_of_code_lists_has_the_header_that_the_check_reads():
    assert tuple(LIST_LAYOUT.columns) == Codes.file.header


def read_codes(folder: Path, lines: str):
    (folder / "cte_codes.csv").write_text(f"Code,Title,FirstYear,LastYear\n{lines}", encoding="utf-8")
    return read_code_list(folder, "cte_codes")


def test_a_code_in_a_spreadsheets_wrapping_is_taken_out_of_it(tmp_path):
    assert read_codes(tmp_path, '"=""01.0000""",Agriculture,,\n').rows["code"].to_list() == ["01.0000"]


def test_a_bare_year_is_the_school_year_that_begins_then_and_blank_is_open(tmp_path):
    file = read_codes(tmp_path, "01.0205,A,2020,2021-2022\n43.0103,B,,\n")
    assert file.problems == []
    assert file.rows.select("first_year", "last_year").rows() == [(2020, 2021), (None, None)]


def test_everything_wrong_with_the_codes_is_said_at_once_with_its_row_and_no_value(tmp_path):
    file = read_codes(tmp_path, "1.0205,A,,\n01.0205,B,2020-2022,\n\n01.0205,C,2021,2020\n,D,,\n")
    assert set(file.problems) == {
        ReferenceProblem("cte_codes.csv", 2, "Code is not a CIP code written as NN.NNNN"),
        ReferenceProblem("cte_codes.csv", 3, "FirstYear is not a school year written as 2020-2021"),
        ReferenceProblem("cte_codes.csv", 5, "Code is in an earlier row"),
        ReferenceProblem("cte_codes.csv", 5, "LastYear is before FirstYear"),
        ReferenceProblem("cte_codes.csv", 6, "Code is blank"),
    }


def test_a_header_without_rows_is_an_empty_file_and_no_problem(tmp_path):
    file = read_codes(tmp_path, "")
    assert (file.rows.height, file.problems) == (0, [])


def test_a_missing_file_and_a_wrong_header_are_problems(tmp_path):
    assert read_organizations(tmp_path).problems == [ReferenceProblem("organizations.csv", None, "The file is missing")]
    (tmp_path / "organizations.csv").write_text("OrganizationID,Name,Kind,LocalID\n1,A,SAU,\n", encoding="utf-8")
    file = read_organizations(tmp_path)
    assert [p.sentence for p in file.problems] == ['Column "ParentID" is missing']
    assert not file.is_readable


def test_excels_own_way_of_writing_a_csv_is_taken(tmp_path):
    text = "OrganizationID;Name;Kind;ParentID;LocalID\r\n1000;École à Côté;sau;;\r\n"
    (tmp_path / "organizations.csv").write_bytes(text.encode("cp1252"))
    file = read_organizations(tmp_path)
    assert (file.problems, file.rows.rows()) == (
        [],
        [(2, 1000, "1000", "École à Côté", "SAU", None, None, None, False)],
    )


@pytest.mark.parametrize("name", ["ClosedOn", "closedon", "Closed On", '"Closed_On"', " CLOSED ON "])
@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16")])
def test_the_last_day_of_an_organization_is_found_in_any_spelling(tmp_path, name, delimiter, encoding):
    header = delimiter.join(["OrganizationID", "Name", "Kind", "ParentID", "LocalID", name])
    row = delimiter.join(["1000", "Rock Star", "SAU", "", "", "2021-06-30"])
    (tmp_path / "organizations.csv").write_text(f"{header}\r\n{row}\r\n", encoding=encoding)
    file = read_organizations(tmp_path)
    assert (file.problems, file.rows["closed_on"].to_list()) == ([], [date(2021, 6, 30)])


def test_a_file_that_tells_excel_its_delimiter_may_name_the_last_day(tmp_path):
    text = "sep=;\nOrganizationID;Name;Kind;ParentID;LocalID;ClosedOn\n1000;Rock Star;SAU;;;2021-06-30\n"
    (tmp_path / "organizations.csv").write_text(text, encoding="utf-8")
    assert read_organizations(tmp_path).problems == []


def test_a_long_list_of_problems_is_cut_with_a_count():
    refusal = ReferenceRefused(
        ReferenceProblem("students.csv", row, "StateStudentID is blank") for row in range(2, 302)
    )
    assert refusal.message == "Nothing was imported, because of 300 problems"
    assert refusal.fix.splitlines()[0] == "students.csv row 2: StateStudentID is blank"
    assert refusal.fix.splitlines()[-1] == "and 100 more"
