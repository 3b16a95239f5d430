"""What a program writes in place of a value is an error in every column, and no real name is taken for it."""

from pathlib import Path

import polars as pl
import pytest

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find, find_all

REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
OF_PROGRAMS = [
    "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#N/A", "#ERROR!",
    "Err:502", "(error)", "NaN", "NaT", "<NA>", "[object Object]", "#VALEUR!", "#\u00a1REF!", "Loading...",
]  # fmt: skip
ALSO_OUTSIDE_NAMES = ["nan", "inf", "-inf", "Inf", "undefined"]
REAL = ["Nan", "Null", "Na", "Error", "Ref", "#1", "Err", "Infante", "Spill", "N/A", "None", "#REF", "see #REF! above"]


def findings_of(kind, rows: list[dict[str, str]], folder: Path) -> pl.DataFrame:
    path = folder / "upload.csv"
    whole = {name: column.example for name, column in kind.layout.columns.items()} | {"SchoolStudentID": "4711"}
    whole |= {"StateStudentID": "900000001"} if "StateStudentID" in whole else {}
    cells = [whole | row for row in rows]
    pl.DataFrame(cells).write_csv(path)
    return check(
        path, kind.layout, kind.rules, focus=Focus(SchoolYear(2020)), tables=ReferenceFolder(REFERENCE)
    ).findings


@pytest.mark.parametrize("slug", find_all())
def test_an_error_word_is_an_error_in_every_column(slug, tmp_path):
    kind = find(slug)
    for name, column in kind.layout.columns.items():
        words = OF_PROGRAMS if column.holds_names else [*OF_PROGRAMS, *ALSO_OUTSIDE_NAMES]
        rows = [{name: ""}, *({name: word} for word in words)]
        found = findings_of(kind, rows, tmp_path).filter((pl.col("column") == name) & (pl.col("row") > 2))
        told = found.filter(pl.col("severity") == "error").select("row", "code", "value").rows()
        assert told == [(row, "CELL128", word) for row, word in enumerate(words, start=3)]


def test_no_real_name_and_no_comment_is_taken_for_an_error_word(tmp_path):
    names = [{name: word} for word in REAL for name in ("LastName", "FirstName", "MiddleName")]
    comments = [{"Comments": word} for word in REAL]
    found = [
        *findings_of(find("new-state-id"), names, tmp_path)["code"],
        *findings_of(find("student-enrollment"), comments, tmp_path)["code"],
    ]
    assert "CELL128" not in found


def test_a_value_not_found_is_blank_where_all_are_written_so(tmp_path):
    found = findings_of(find("cte"), [{"SchoolID": "2001", "EndDate": "#N/A"}], tmp_path)
    assert found.select("code", "column").rows() == [("CELL118", "EndDate")]
    found = findings_of(find("new-state-id"), [{"MiddleName": "#N/A"}], tmp_path)
    assert found.select("code", "column").rows() == [("CELL128", "MiddleName")]
