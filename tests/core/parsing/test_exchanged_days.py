"""Day and month that a program has exchanged are questioned where the dates tell, and nobody else is blamed."""

import random
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.fix_file import fix_file
from tidegate.core.reading.limits import Limits
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.suggestions.suggestion import from_text
from tidegate.file_types import find

CTE = find("cte")
YEAR = SchoolYear(2020)
REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
DAYS = [YEAR.first_day + timedelta(days=number) for number in range(365)]
CAN_BE_EXCHANGED = [day for day in DAYS if day.day <= 12]
DURING_A_WEEK = ["2020-09-08", "2020-09-10", "2020-09-11"]


def checked(folder: Path, days: list[str], ends: list[str] | None = None, **how):
    path = folder / "upload.csv"
    rows = [
        f"1000,2001,900000001,,01.0205,{day},{end},1," for day, end in zip(days, ends or [""] * len(days), strict=True)
    ]
    path.write_text("\n".join([",".join(CTE.layout.columns), *rows]))
    return check(path, CTE.layout, CTE.rules, focus=Focus(YEAR), tables=ReferenceFolder(REFERENCE), **how)


def told(folder: Path, days: list[str], ends: list[str] | None = None, **how) -> dict[str, list[int | None]]:
    """Return the rows in which day and month are said to be exchanged, by code."""
    findings = checked(folder, days, ends, **how).findings
    return {code: findings.filter(pl.col("code") == code)["row"].to_list() for code in ("CELL115", "CELL116")}


def exchanged(day: date) -> str:
    return f"{day.year}-{day.day:02}-{day.month:02}"


def test_dates_that_a_program_has_exchanged_are_all_questioned(tmp_path):
    chance = random.Random(14)
    for count in (8, 40, 120):
        days = [exchanged(chance.choice(CAN_BE_EXCHANGED)) for _ in range(count)]
        can_be_either = [
            row
            for row, day in enumerate(map(date.fromisoformat, days), 2)
            if day in DAYS and day.day != day.month and date.fromisoformat(exchanged(day)) in DAYS
        ]
        assert can_be_either
        assert told(tmp_path, days) == {"CELL115": can_be_either, "CELL116": []}


def test_dates_that_are_right_are_never_questioned(tmp_path):
    chance = random.Random(41)
    for share in (0, 0.02, 0.2):
        of_days = ([*CAN_BE_EXCHANGED, *DAYS], CAN_BE_EXCHANGED, [day for day in DAYS if day.day <= 3])
        for pool in of_days:
            days = [chance.choice(pool) for _ in range(60)]
            # a wrong year here and there
            days = [
                day.replace(year=chance.choice([2019, 2020, 2021])) if chance.random() < share else day for day in days
            ]
            assert told(tmp_path, [str(day) for day in days]) == {"CELL115": [], "CELL116": []}


@pytest.mark.parametrize(
    ("days", "errors", "notices"),
    [
        (["2020-01-09", "2020-01-10", "2020-12-10"], [4], 0),
        (["2020-01-09", "2020-12-10"], [], 1),
        (["2020-01-09"], [], 0),
        (["2020-09-01", "2020-10-01", "2020-11-02", "2020-01-09", "2020-01-10"], [], 0),
        ([*DURING_A_WEEK, "2020-09-15"], [], 0),
        ([*DURING_A_WEEK, "2020-09-15", "2021-01-25", "2020-01-11"], [], 0),
        ([*DURING_A_WEEK, "2020-01-11"], [], 1),
        (["2020-01-09", "2020-01-10", "2019-09-20", "2019-10-21", "2020-12-10"], [], 0),
        (["2020/01/09", "20200110", "2020-12-10 00:00:00", "10-DEC-2020"], [4, 5], 0),
        ([f"2020-{month}-{day}" for month, day in product(("08", "10", "12"), ("07", "09", "11"))], [], 0),
        ([f"2020-{month}-{day}" for month, day in product(("08", "10", "12"), ("07", "09", "11", "12"))], [], 1),
    ],
)
def test_an_exchange_is_told_by_dates_in_the_year_only_so(tmp_path, days, errors, notices):
    assert told(tmp_path, days) == {"CELL115": errors, "CELL116": [None] * notices}


def test_the_columns_of_a_file_are_looked_at_together(tmp_path):
    days, ends = ["2020-01-09", "2020-12-10", "2020-01-09"], ["2021-11-06", "", ""]
    assert told(tmp_path, days, ends)["CELL115"] == [3]
    assert told(tmp_path, days, ["2021-06-11", "", ""])["CELL115"] == []


def test_a_form_that_hangs_on_the_day_tells_of_an_exchange(tmp_path):
    split = ["9/14/2020", "9/28/2020", "10/13/2020", "2020-08-09", "2020-10-09", "2020-12-10"]
    assert told(tmp_path, split)["CELL115"] == []
    assert told(tmp_path, [*split, "2020-01-09"])["CELL115"] == [5, 6, 7]
    assert told(tmp_path, [*split, "2020-01-09", "9/8/2020"])["CELL115"] == []
    assert told(tmp_path, [*split, "2020-01-09", "2020-09-15"])["CELL115"] == []


def test_small_slices_say_what_one_says(tmp_path):
    days = [*["2020-12-10"] * 40, *["2020-01-09", "2020-02-09"] * 10]
    little = Limits(chunk_bytes=150, kept_bytes=150)
    assert told(tmp_path, days, limits=little) == told(tmp_path, days) == {"CELL115": [*range(2, 42)], "CELL116": []}


def test_the_day_that_was_meant_is_suggested_first(tmp_path):
    findings = checked(tmp_path, ["2020-01-09", "2020-01-10", "2020-12-10"]).findings
    suggested = [[each.value for each in from_text(text)] for text in findings["suggestions"]]
    assert suggested == [["2020-09-01", "2021-01-09"], ["2020-10-01", "2021-01-10"], ["2020-10-12"]]
    alone = checked(tmp_path, ["2020-01-09", "2020-09-02"]).findings["suggestions"]
    assert [each.value for each in from_text(alone[0])] == ["2021-01-09"]


def test_an_exchanged_date_stays_questioned_until_it_is_written_another_way(tmp_path):
    def fix(days: list[str]) -> Path:
        found = checked(tmp_path, days)
        path = tmp_path / "to-fix.csv"
        pieces = fix_file(
            tmp_path / "upload.csv", found.layout, [found.findings], CTE.rules_by_code(), file_name="upload.csv"
        )
        path.write_text("".join(pieces), encoding="utf-8", newline="")
        return path

    text = fix(["2020-01-09", "2020-02-09", "2020-12-10"]).read_text(encoding="utf-8-sig")
    assert text.count("or October 12 if day and month were swapped") == 1
    mended = text.replace("2020-01-09,", "2020-09-01,").replace("2020-02-09,", "2020-09-02,")
    again = tmp_path / "again.csv"
    for said, is_good in (("2020-12-10", False), ("20201210", False), ("12/10/2020", True), ("2020-10-12", True)):
        again.write_text(mended.replace("2020-12-10,", f"{said},"), encoding="utf-8")
        found = check(again, CTE.layout, CTE.rules, focus=Focus(YEAR), tables=ReferenceFolder(REFERENCE)).findings
        errors = found.filter(found["severity"] == "error")
        assert errors.filter(pl.col("code") != "CTE301")["code"].to_list() == ([] if is_good else ["CELL115"])


@pytest.mark.parametrize("late", ["2020-28-09", "2020/28/9", "20202809", "2020-28-09 00:00:00"])
def test_a_date_with_the_day_before_the_month_questions_the_others(tmp_path, late):
    days = [late, "2020-10-11", "2020-10-10", "9/11/2020", "2020-27-09"]
    assert told(tmp_path, days) == {"CELL115": [3], "CELL116": []}
    assert told(tmp_path, days[1:], [late, "", "", ""]) == {"CELL115": [2], "CELL116": []}
    assert told(tmp_path, days[:-1]) == {"CELL115": [], "CELL116": []}


def test_one_mistyped_month_among_many_dates_questions_no_other(tmp_path):
    late = [f"2020-10-{day}" for day in range(13, 32)]
    assert told(tmp_path, [*late, "2020-13-10", "2020-10-11"]) == {"CELL115": [], "CELL116": []}
    assert told(tmp_path, [*late[:8], "2020-13-10", "2020-14-10", "2020-10-11"])["CELL115"] == [12]


def test_the_last_row_questions_the_first_slice(tmp_path):
    days = ["2020-10-11"] * 40 + ["2020-13-10", "2020-14-10"]
    assert told(tmp_path, days, limits=Limits(chunk_bytes=150))["CELL115"] == list(range(2, 42))
