"""The full log: 13 columns, text that stays text, and no cap."""

import csv
import io

import openpyxl
import polars as pl
import pytest

from tidegate.core.results.full_log import HEADER, LogOf, full_log_csv, full_log_lines, spreadsheet_letters, whole_rows
from tidegate.core.results.full_log_xlsx import write_full_log_xlsx
from tidegate.core.rules.finding import FINDINGS
from tidegate.core.suggestions.suggestion import Suggestion, to_text
from tidegate.file_types import find

CTE = find("cte")
LOG = LogOf(CTE.layout, CTE.rules_by_code(), "2020-2021", {"StateStudentID": 2, "CTECode": 4})


def finding(row: int | None = 57, column: str = "CTECode", code: str = "CTE403", **more) -> dict[str, object]:
    usual = dict.fromkeys(FINDINGS, "") | {"row": row, "column": column, "code": code, "severity": "error"}
    return usual | {"value": "43", "message": 'Unable to resolve CTE Code "43"', "student_number": "012345678"} | more


def frame(*findings: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(findings), schema=FINDINGS)


def lines_of(*findings: dict[str, object], log: LogOf = LOG) -> list[dict[str, int | str]]:
    return [dict(zip(HEADER, line, strict=True)) for line in full_log_lines(log, [frame(*findings)])]


def test_a_line_says_all_that_is_known():
    suggested = to_text([Suggestion("43.0107", "Criminal justice/police science")])
    (line,) = lines_of(finding(suggestions=suggested))
    assert line["How to fix"].startswith('Did you mean "43.0107" (Criminal justice/police science)? The CTE code')
    del line["How to fix"]
    assert line == {
        "Row": 57,
        "Cell": "E57",
        "State Student Number": "012345678",
        "Message": 'Unable to resolve CTE Code "43"',
        "Column": "CTECode",
        "Value": "43",
        "Expected": "A CIP code written as NN.NNNN",
        "Severity": "Error",
        "What happened to the row": "Not loaded",
        "Who can act": "You",
        "Code": "CTE403",
        "Layout year": "2020-2021",
    }


def test_it_names_the_office_that_can_act():
    first, second, third = lines_of(finding(code="CTE501"), finding(code="CTE502"), finding(code="NSI501"))
    assert first["Who can act"] == "The CTE school"
    assert second["Who can act"] == "The sending school's SAU"
    assert third["Who can act"] == ""  # not a rule of this file type


def test_a_warning_says_that_its_row_was_loaded_unless_the_row_has_an_error_too():
    warning = {"severity": "warning"}
    alone, beside, _ = lines_of(finding(row=2, **warning), finding(row=3, **warning), finding(row=3))
    assert (alone["What happened to the row"], beside["What happened to the row"]) == ("Loaded", "Not loaded")


@pytest.mark.parametrize(("place", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_a_spreadsheet_names_them(place: int, letters: str):
    assert spreadsheet_letters(place) == letters


def test_slices_are_cut_between_rows():
    parts = [frame(finding(row=2), finding(row=3)), frame(finding(row=3), finding(row=3)), frame(finding(row=4))]
    assert [part["row"].to_list() for part in whole_rows(parts) if not part.is_empty()] == [[2], [3, 3, 3], [4]]


def test_no_cell_of_the_csv_starts_a_formula_or_loses_a_zero():
    odd = ["=1+1", "+5", "-2", "@a", "\tx", "\r=1", " =1", "012345678", "1E5", "9/1/2020", "1-Sep-20", "Jan 3", "Mar-1"]
    odd += ["$5", "(5)", "5%", ".5", "1 1/2", "10:30 PM", "true"]
    values = [*odd, "43", "plain", "Mary", "maybe 5", "2020-2021", "E5"]
    text = "".join(full_log_csv(full_log_lines(LOG, [frame(*(finding(value=value) for value in values))])))
    shown = [line["Value"] for line in csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))]
    assert shown == [*(f"'{value}" for value in odd), *values[len(odd) :]]


def test_the_cells_of_the_xlsx_are_text_and_none_is_a_formula(tmp_path):
    findings = frame(finding(value="=1+1"), finding(value="012"), finding(value="http://example.org"))
    write_full_log_xlsx(full_log_lines(LOG, [findings]), tmp_path / "log.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").active
    header, *lines = sheet.iter_rows()
    assert [cell.value for cell in header] == list(HEADER)
    assert [line[6].value for line in lines] == ["=1+1", "012", "http://example.org"]
    assert {line[6].data_type for line in lines} == {"s"}
    assert [line[0].value for line in lines] == [57, 57, 57]


def test_what_one_sheet_does_not_hold_goes_to_the_next(tmp_path):
    lines = full_log_lines(LOG, [frame(*(finding(row=row) for row in range(2, 9)))])
    write_full_log_xlsx(lines, tmp_path / "log.xlsx", most_rows=3)
    book = openpyxl.load_workbook(tmp_path / "log.xlsx")
    assert book.sheetnames == ["Findings", "Findings 2", "Findings 3"]
    assert [sheet.max_row for sheet in book] == [4, 4, 2]
