"""A total is the sum of its parts, or the difference is named."""

import io

import openpyxl
import pytest

from tidegate.accountability.department.form import DepartmentForm, FormCategory, Pair
from tidegate.accountability.department.make import refuse_differences
from tidegate.accountability.department.workbook import workbook
from tidegate.accountability.indicators.indicator import IndicatorCount
from tidegate.core.errors import Conflict


def count(category: str, key: str, numerator: int | None, denominator: int | None) -> IndicatorCount:
    return IndicatorCount("5S2", category, key, key or "Missing", numerator, denominator)


def form(*categories: FormCategory, total=(12, 42), **more) -> DepartmentForm:
    said = {"code": "5S2", "title": "Credits", "wording": "Who earned credits.", "numerator": "Numerator"}
    return DepartmentForm(
        **said, denominator="Denominator", total=count("all", "", *total), categories=categories, **more
    )


def by_sex(missing: int) -> FormCategory:
    return FormCategory("sex", (count("sex", "", 0, missing), count("sex", "F", 7, 20), count("sex", "M", 5, 19)))


OF_TWO_PROGRAMS = FormCategory(
    "program", (count("program", "43.0107", 9, 30), count("program", "47.0604", 4, 15)), counted_again=Pair(1, 3)
)


def test_parts_with_missing_as_one_of_them_add_up():
    assert form(by_sex(3), OF_TWO_PROGRAMS).differences == []


def test_a_missing_part_is_refused_with_the_difference():
    with pytest.raises(Conflict) as refused:
        refuse_differences([form(by_sex(3)), form(by_sex(2))])
    assert "5S2, denominator: by sex the parts add up to 41, which is 1 less than the total of 42" in str(refused.value)
    assert refused.value.code == "PARTS_DO_NOT_ADD_UP"


def test_a_numerator_that_is_too_large_is_refused_as_well():
    (difference,) = form(by_sex(3), total=(11, 42)).differences
    assert (difference.counted, difference.total, difference.sum) == ("numerator", 11, 12)


def test_a_student_of_two_programs_who_is_not_taken_off_is_a_difference():
    (numerator, denominator) = form(FormCategory("program", OF_TWO_PROGRAMS.parts)).differences[::-1]
    assert (numerator.sum, denominator.sum) == (13, 45)


def sheets(*forms: DepartmentForm) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook([("Snapshot", "7")], forms)), data_only=True)


def rows(sheet) -> list[tuple]:
    return [
        tuple(cell for cell in row if cell not in (None, "")) for row in sheet.iter_rows(min_row=7, values_only=True)
    ]


def test_a_sheet_has_each_part_and_a_sum_that_is_the_total():
    sheet = sheets(form(by_sex(3), OF_TWO_PROGRAMS))["5S2"]
    assert rows(sheet) == [
        ("All", "All students", 12, 42, 28.57),
        (),
        ("Sex", "Missing", 0, 3, 0),
        ("Sex", "F", "F", 7, 20, 35),
        ("Sex", "M", "M", 5, 19, 26.32),
        ("Sex", "Sum of the parts", 12, 42),
        (),
        ("Program", "43.0107", "43.0107", 9, 30, 30),
        ("Program", "47.0604", "47.0604", 4, 15, 26.67),
        ("Program", "Less students who are in a second part, too", -1, -3),
        ("Program", "Sum of the parts", 12, 42),
    ]


def test_no_data_is_written_so_and_never_0():
    empty = form(total=(None, None), why_no_data="No file type brings test results")
    known = form(FormCategory("race", why_no_data="Nothing on file says it"))
    book = sheets(empty, DepartmentForm(**{**vars(known), "code": "1S1"}))
    assert book["5S2"]["A5"].value == "No data: No file type brings test results"
    assert rows(book["5S2"]) == []
    assert ("Race and ethnicity", "No data: Nothing on file says it") in rows(book["1S1"])


def test_every_sheet_is_marked_on_the_screen_and_on_paper():
    for sheet in sheets(form(by_sex(3))).worksheets:
        assert sheet["A1"].value.startswith("Not for publication")
        assert sheet.oddHeader.center.text == "&BNot for publication"
