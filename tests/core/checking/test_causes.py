"""Causes: what a person puts right once, in the order in which to fix it."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from tidegate.core.checking import CheckResult, Focus, cause_collector, check, stages
from tidegate.core.checking.cause_collector import MAX_VALUES, CauseCollector
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.report import report
from tidegate.core.outputs.source import CheckSource
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.rules.cause import MAX_ROWS_LISTED, rows_in_words
from tidegate.core.rules.expressions import AT
from tidegate.file_types import find

CTE, REFERENCE = find("cte"), Path(__file__).parents[2] / "corpus" / "reference"
GOOD = {
    "SAUID": "1000", "SchoolID": "2001", "StateStudentID": "900000001", "SchoolStudentID": "L00001",
    "CTECode": "01.0205", "StartDate": "2020-09-01", "EndDate": "", "CreditsEarned": "1.50", "PostsecondaryCredits": "",
}  # fmt: skip
NOT_AT_A_CENTER = "900000009"
STUDENTS = [f"90000000{number}" for number in range(1, 5)]


@pytest.fixture
def checked(tmp_path):
    """Return a function that checks rows, given by the cells in which they differ from a good one."""

    def run(*rows: dict[str, str]) -> CheckResult:
        lines = [",".join(CTE.layout.columns), *(",".join((GOOD | row)[name] for name in GOOD) for row in rows)]
        (tmp_path / "upload.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        reference = tmp_path / "reference"
        shutil.copytree(REFERENCE, reference, dirs_exist_ok=True)
        with (reference / "students.csv").open("a") as students:
            students.write(f"{NOT_AT_A_CENTER},Sample9,Student,,2004-09-15,F\n")
        focus = Focus(SchoolYear(2020), 1000, "Rock Star Public Schools")
        return check(tmp_path / "upload.csv", CTE.layout, CTE.rules, focus=focus, tables=ReferenceFolder(reference))

    return run


def in_short(result: CheckResult) -> list[tuple]:
    return [(cause.code, cause.values, cause.row_count) for cause in result.causes]


def test_each_value_is_a_cause_and_the_frequent_one_comes_first(checked):
    rows = [{"CTECode": "44", "StartDate": "2020-09-02"}, *[{"CTECode": "43", "StartDate": "2020-10-01"}] * 9]
    result = checked(*rows)
    assert in_short(result) == [("CTE403", ("43",), 9), ("CTE403", ("44",), 1)]
    assert [cause.text for cause in result.causes] == [
        'Unable to resolve CTE Code "43"',
        'Unable to resolve CTE Code "44"',
    ]
    assert result.causes[1].rows == (2,)


def test_unknown_students_are_one_cause_that_names_none_of_them(checked):
    (cause,) = checked({"StateStudentID": "999000001"}, {"StateStudentID": "999000002"}).causes
    assert (cause.code, cause.values, cause.rows) == ("FIND403", (), (2, 3))
    assert "999" not in cause.text


def test_missing_enrollments_at_one_center_are_one_cause_with_its_name(checked):
    (cause,) = checked(*[{"StateStudentID": NOT_AT_A_CENTER}] * 2, {}).causes
    assert (cause.code, cause.values, cause.row_count) == ("CTE501", ("Capital Area Technical Center",), 2)
    assert cause.text == 'Secondary enrollment not found at "Capital Area Technical Center"'


def test_dates_outside_the_year_are_one_cause_over_all_columns(checked):
    good = [{"StateStudentID": number} for number in STUDENTS[1:]]
    result = checked({"StartDate": "2019-09-03", "EndDate": "2020-01-01"}, *good)
    (cause,) = result.causes
    assert (cause.code, cause.row_count, cause.columns) == ("CELL107", 1, ("StartDate", "EndDate"))


def test_a_file_of_another_year_is_one_sentence(checked):
    rows = [{"StateStudentID": number, "StartDate": "2019-09-03"} for number in STUDENTS]
    result = checked(*rows)
    assert in_short(result) == [("CELL107", (), 4)]
    assert "such as 2019-2020" in result.causes[0].text
    assert result.finding_count == 4  # the Result Log has them all


def test_a_file_of_another_district_is_one_sentence(checked):
    rows = [{"StateStudentID": number, "SAUID": "2000", "SchoolID": "2001"} for number in STUDENTS]
    (cause,) = checked(*rows).causes
    assert cause.text.startswith('The file is for "Kennebec Harbor Public Schools"; the file was sent for Rock Star')
    assert (cause.code, cause.row_count) == ("ORG201", 4)


def test_rows_that_another_one_holds_back_are_counted_with_its_cause(checked):
    rows = [{"StartDate": f"2020-09-{day:02}"} for day in range(1, 6)]
    rows[2]["CreditsEarned"] = "x"
    (cause,) = checked(*rows).causes
    assert (cause.code, cause.row_count, cause.rows, cause.held_back_count) == ("CELL105", 1, (4,), 4)


def test_a_held_back_row_counts_with_the_first_of_several_causes(checked):
    result = checked({"CreditsEarned": "x", "PostsecondaryCredits": "y", "SchoolStudentID": "L" * 11}, {})
    assert sum(cause.held_back_count for cause in result.causes) == 1
    assert result.causes[0].held_back_count == 1
    assert len(result.causes) == 3


def test_causes_stand_in_the_order_of_fixing(checked):
    result = checked(
        {"StateStudentID": STUDENTS[0], "CTECode": "99.9999"},
        {"StateStudentID": STUDENTS[1], "CreditsEarned": ""},
        {"StateStudentID": STUDENTS[2], "SchoolID": "nowhere"},
    )
    stages = [cause.stage for cause in result.causes]
    assert stages == sorted(stages)
    assert result.causes[0].code == "CELL101"


def test_of_very_many_values_the_rarest_are_one_cause(checked):
    rows = [{"SchoolID": f"X{number}", "StateStudentID": STUDENTS[0]} for number in range(3 * MAX_VALUES)]
    rows += [{"SchoolID": "often"}] * 5
    result = checked(*rows)
    assert len(result.causes) == MAX_VALUES + 1
    assert sum(cause.row_count for cause in result.causes) == len(rows)
    frequent = next(cause for cause in result.causes if cause.values == ("often",))
    assert frequent.row_count == 5
    assert any("other values" in cause.text for cause in result.causes)


def test_rows_of_a_rare_value_count_with_the_other_values(checked):
    rows = [{"SAUID": f"X{number}", "StateStudentID": STUDENTS[0]} for number in range(10 * MAX_VALUES)]
    rows += [{"SAUID": "often", "StateStudentID": STUDENTS[1]}] * 2 + [{"StateStudentID": STUDENTS[1]}]
    rows += [{"SAUID": "rare", "StateStudentID": STUDENTS[2]}, {"StateStudentID": STUDENTS[2]}]
    result = checked(*rows)
    others = next(cause for cause in result.causes if "other values" in cause.text)
    often = next(cause for cause in result.causes if cause.values == ("often",))
    assert sum(cause.row_count for cause in result.causes) == len(rows) - 2
    assert (often.row_count, often.held_back_count) == (2, 1)
    assert (others.row_count, others.held_back_count) == (len(rows) - 3 - MAX_VALUES, 1)


def test_of_very_many_rows_the_first_are_listed(checked):
    (cause,) = checked(*[{"CTECode": "43"}] * (MAX_ROWS_LISTED + 5)).causes
    assert cause.row_count == MAX_ROWS_LISTED + 5
    assert cause.rows == tuple(range(2, MAX_ROWS_LISTED + 2))


def test_the_report_has_no_value_of_a_personal_column(checked, tmp_path):
    result = checked(
        {"StateStudentID": "98765432", "SchoolStudentID": "Zebedee Quillon"},
        {"StateStudentID": "987654321", "SchoolStudentID": "  Zebedee"},
        {"StateStudentID": "000000001"},
        {"StateStudentID": "Zebedee"},
        {"StateStudentID": STUDENTS[2], "CTECode": "43"},
        {"StateStudentID": "77777", "SchoolID": "987654321", "CTECode": "L00044"},
    )
    page = "".join(report(CheckSource(tmp_path / "upload.csv", result, CTE.rules_by_code(), "2020-2021")))
    assert "987654" not in page
    assert "Zebedee" not in page
    assert "Unable to resolve CTE Code &quot;43&quot;" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("rows", "count", "words"),
    [((2,), 1, "2"), ((2, 3, 4, 9), 4, "2-4, 9"), ((2, 3), 10, "2-3 and 8 more"), ((), 0, "")],
)
def test_row_numbers_are_said_as_ranges(rows, count, words):
    assert rows_in_words(rows, count) == words


def test_findings_that_are_added_later_count_in_every_sum(checked):
    result = checked({}, {"StartDate": "2020-10-01"})
    assert result.findings.is_empty()
    rule = next(rule for rule in result.cross_row.rules if rule.code == "CTE301")
    result.add_findings_of_rows(rule, pl.DataFrame({AT: [1], "first_bad_row": [2]}, schema_overrides={AT: pl.UInt32}))
    assert result.findings["row"].to_list() == [3]
    assert (result.success_count, result.error_count, result.finding_count) == (1, 1, 1)
    assert in_short(result) == [("CTE301", (), 1)]


@pytest.mark.parametrize("code", ["x{}", "43", "{}.0001"])
def test_causes_counted_at_a_glance_are_those_counted_one_by_one(checked, monkeypatch, code):
    rows = [{"CTECode": code.format(number // 3 if 30 < number < 40 else number)} for number in range(60)]
    found = []
    monkeypatch.setattr(stages, "_MIN_ROWS_PER_PIECE", 10)
    monkeypatch.setattr(stages, "_MAX_FINDINGS_PER_PIECE", 10)
    monkeypatch.setattr(cause_collector, "_MAX_VALUES_COUNTED", 4)
    for glance in (CauseCollector._number_of_one, lambda *_: None):
        monkeypatch.setattr(CauseCollector, "_number_of_one", glance)
        found.append(checked(*rows).causes)
    assert found[0] == found[1]
