"""The full log: 13 columns, text that stays text, and no cap."""

import csv
import io

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from tidegate.core.layouts.mapping import ColumnMapping, mapped
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.full_log import HEADER, LoggedFile, full_log_csv, full_log_lines, full_log_xlsx, whole_rows
from tidegate.core.outputs.spreadsheet import column_letters
from tidegate.core.reading.preamble import find_preamble
from tidegate.core.rules.finding import FINDINGS
from tidegate.core.suggestions.suggestion import Suggestion, to_text
from tidegate.file_types import find

CTE = find("cte")
LOG = LoggedFile(CTE.layout, CTE.rules_by_code(), "2020-2021", {"StateStudentID": 2, "CTECode": 4})


def finding(row: int | None = 57, column: str = "CTECode", code: str = "CTE403", **more) -> dict[str, object]:
    usual = dict.fromkeys(FINDINGS, "") | {"row": row, "column": column, "code": code, "severity": "error"}
    return usual | {"value": "43", "message": 'Unable to resolve CTE Code "43"', "student_number": "012345678"} | more


def frame(*findings: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(findings), schema=FINDINGS)


def workbook(lines, **more) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(full_log_xlsx(lines, **more))))


def lines_of(*findings: dict[str, object], log: LoggedFile = LOG) -> list[dict[str, int | str]]:
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
        "Expected": "The CTE code is on the state's list of CTE codes and valid in the school year",
        "Severity": "Error",
        "What happened to the row": "Not loaded",
        "Who can act": "You",
        "Code": "CTE403",
        "Layout year": "2020-2021",
    }


def test_it_names_the_office_that_can_act():
    first, second, third = lines_of(finding(code="CTE501"), finding(code="CTE502"), finding(code="NSI501"))
    assert first["Who can act"] == "The office that reports enrollments at the CTE school"
    assert second["Who can act"] == "The sending school's SAU"
    assert third["Who can act"] == ""  # not a rule of this file type


def test_a_warning_says_that_its_row_was_loaded_unless_the_row_has_an_error_too():
    warning = {"severity": "warning"}
    alone, beside, _ = lines_of(finding(row=2, **warning), finding(row=3, **warning), finding(row=3))
    assert (alone["What happened to the row"], beside["What happened to the row"]) == ("Loaded", "Not loaded")


@pytest.mark.parametrize(("place", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_a_spreadsheet_names_them(place: int, letters: str):
    assert column_letters(place) == letters


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
    sheet = workbook(full_log_lines(LOG, [findings]), line_count=3).active
    header, *lines = sheet.iter_rows()
    assert [cell.value for cell in header] == list(HEADER)
    assert [line[6].value for line in lines] == ["=1+1", "012", "http://example.org"]
    assert {line[6].data_type for line in lines} == {"s"}
    assert [line[0].value for line in lines] == [57, 57, 57]


@pytest.mark.parametrize("line_count", [7, 4, 9])  # as it is, and miscounted
def test_what_one_sheet_does_not_hold_goes_to_the_next(line_count):
    lines = full_log_lines(LOG, [frame(*(finding(row=row) for row in range(2, 9)))])
    book = workbook(lines, line_count=line_count, max_rows_per_sheet=3)
    assert book.sheetnames == ["Findings", "Findings 2", "Findings 3"][: -(-line_count // 3)]
    shown = [row[0].value for sheet in book for row in sheet.iter_rows(min_row=2)]
    assert [row for row in shown if row] == list(range(2, 9))


def test_a_log_without_findings_has_its_header():
    assert [cell.value for cell in workbook([], line_count=0).active[1]] == list(HEADER)


ODD_TEXTS = [
    "a & b < c > d", " before and after ", "two\nlines", "tab\there", "\x0b\x1f", "_x0041_", "_x005F_", "\r",
    "Đặng 学校 😀", "\ufffe\uffff", "'", '"', "]]>", "x" * 40_000, "😀" * 20_000,
]  # fmt: skip


@pytest.mark.parametrize("text", ["<r>x</r>", "<r>&</r>"])
def test_a_text_that_xlsxwriter_takes_for_markup_stays_a_text(text):
    assert workbook(full_log_lines(LOG, [frame(finding(value=text))]), line_count=1).active["G2"].value == text


def test_every_text_reads_back_as_xlsxwriter_would_write_it(tmp_path):
    lines = list(full_log_lines(LOG, [frame(*(finding(value=text, message=f"{text}.") for text in ODD_TEXTS))]))
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx", {"constant_memory": True}) as plain:
        sheet = plain.add_worksheet()
        for number, line in enumerate([HEADER, *lines]):
            for place, cell in enumerate(line):
                (sheet.write_number if isinstance(cell, int) else sheet.write_string)(number, place, cell)
    ours = workbook(lines, line_count=len(lines))
    theirs = openpyxl.load_workbook(tmp_path / "plain.xlsx")
    assert list(ours.active.values) == list(theirs.active.values)
    assert ours.active.dimensions == theirs.active.dimensions


def test_the_cells_have_the_formats_of_their_columns():
    sheet = workbook(full_log_lines(LOG, [frame(finding())]), line_count=1).active
    assert [cell.alignment.wrap_text for cell in sheet[2]] == [
        place in (3, 4, 5, 6, 7, 9, 10) or None for place in range(13)
    ]
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet["A1"].font.bold) == ("A2", "A1:M2", True)


def test_a_row_is_as_high_as_its_longest_text_and_the_sheet_is_landscape():
    long = finding(message="Letters look garbled " * 12)
    sheet = workbook(full_log_lines(LOG, [frame(long, finding(row=58))]), line_count=2).active
    assert sheet.row_dimensions[2].height >= 5 * 15
    assert sheet.row_dimensions[2].height > sheet.row_dimensions[3].height
    assert (sheet.page_setup.orientation, sheet.auto_filter.ref) == ("landscape", "A1:M3")
    assert all(sheet.column_dimensions[letter].width >= 8 for letter in "ABCDEFGHIJKLM")


def test_a_footer_that_is_ignored_is_not_loaded():
    (line,) = lines_of(finding(code="FILE026", severity="notice", column="", value=""))
    assert (line["What happened to the row"], line["Expected"], line["Who can act"]) == ("Ignored", "", "")


def test_nothing_happens_to_a_header_below_a_title():
    layout = mapped(CTE.layout, ColumnMapping({"Our code": "CTECode"})).in_year(SchoolYear(2020))
    names = [*reversed(["Our code" if name == "CTECode" else name for name in layout.columns]), "LastName"]
    row = ["x"] * len(names)
    top = find_preamble(["A title\n", ",".join(names) + "\n", *[",".join(row) + ",\n"] * 3], layout)
    codes = [each.code for each in (*top.header.issues, *top.notices) if each.row == 2]
    assert codes == ["FILE010", "FILE011", "FILE044", "FILE029"]
    for code in (*codes, "FILE015", "FILE035", "FILE037", "FILE045"):
        (line,) = lines_of(finding(row=2, code=code, severity="notice", column="", value=""))
        assert line["What happened to the row"] == ""


def test_what_is_known_follows_the_fix():
    (line,) = lines_of(finding(code="CTE404", known="This student is enrolled at Mid-Maine Technical Center (MMTC)"))
    assert line["How to fix"] == (
        "Use the ID of the CTE school. This student is enrolled at Mid-Maine Technical Center (MMTC)."
    )
    assert line["Expected"].startswith("The School ID is that of a CTE center")


def test_pieces_come_while_lines_do():
    asked = []
    lines = (asked.append(row) or (row, *[""] * 12) for row in range(2, 40_000))
    first = next(piece for piece in full_log_xlsx(lines, line_count=39_998) if piece)
    assert first.startswith(b"PK")
    assert len(asked) < 10_000
