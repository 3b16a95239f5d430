"""Blanks that a program writes out are read as blank where all of a column are written so, in slices of any size."""

from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import msgspec
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.repairs import WrittenBlanks
from tidegate.core.reading.limits import Limits
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find

REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
CTE = find("cte")
CELLS = st.lists(st.sampled_from(["NA", "NULL", "2021-06-11", "na", ""]), min_size=1, max_size=30)
LITTLE = Limits(chunk_bytes=150, kept_bytes=150)


def judge(cells, limits):
    with TemporaryDirectory() as folder:
        path = Path(folder, "upload.csv")
        rows = [f"1000,2001,900000001,1,01.0205,2020-09-01,{cell},1.50,1" for cell in cells]
        path.write_text("\n".join([",".join(CTE.layout.columns), *rows]))
        tables = ReferenceFolder(REFERENCE)
        return check(path, CTE.layout, CTE.rules, focus=Focus(SchoolYear(2020)), tables=tables, limits=limits)


@given(CELLS)
@example(["NA"] * 12 + [""])
@example([""] * 12 + ["NA"])
@settings(max_examples=settings.default.max_examples // 5)
def test_a_word_stands_for_a_blank_where_no_cell_of_the_column_is_empty(cells):
    stands = {"NA", "NULL"} if "" not in cells else set()
    for limits in (LITTLE, Limits()):
        checked = judge(cells, limits)
        wrong = checked.findings.filter(pl.col("code") == "CELL104")["row"].to_list()
        assert wrong == [row for row, cell in enumerate(cells, 2) if cell in {"NA", "NULL", "na"} - stands]
        told = checked.findings.filter(pl.col("code") == "CELL118")["message"].to_list()
        count = sum(cell in stands for cell in cells)
        assert [message.split(": ")[1].split(" ")[0] for message in told] == ([str(count)] if count else [])


@pytest.mark.parametrize("limits", [LITTLE, Limits()])
def test_an_id_like_a_blank_beside_an_empty_cell_is_kept_and_named(limits):
    with TemporaryDirectory() as folder:
        path = Path(folder, "upload.csv")
        ids = ["NULL"] * 12 + [""]
        rows = [f"1000,2001,900000001,{each},01.0205,2020-09-01,,1.50,1" for each in ids]
        path.write_text("\n".join([",".join(CTE.layout.columns), *rows]))
        tables = ReferenceFolder(REFERENCE)
        checked = check(path, CTE.layout, CTE.rules, focus=Focus(SchoolYear(2020)), tables=tables, limits=limits)
    assert checked.rows["SchoolStudentID:value"].to_list() == ["NULL"] * 12 + [None]
    told = checked.findings.filter(pl.col("code").is_in(["CELL118", "CELL119"]))["message"].to_list()
    assert told == ['Column SchoolStudentID: 12 values said "NULL"; we kept them as written']


def test_a_code_that_reads_like_a_blank_is_a_value():
    layout = find("cte_outcome").layout
    races = Choice(choices={"NA": "Native American", "WH": "White"})
    column = msgspec.structs.replace(layout.columns["WorkBasedLearning"], type=races)
    text, repairs = WrittenBlanks(layout, {}).read(pl.Series(["NA", "WH", "NULL"]), column)
    assert text.to_list() == ["NA", "WH", ""]
    assert [(repair.code, repair.count, repair.different.to_list()) for repair in repairs] == [("CELL118", 1, ["NULL"])]


@pytest.mark.parametrize(("listed", "read"), [("na", ["NA", None]), ("NB", [None, None]), ("", [None, None])])
def test_a_code_of_the_states_list_that_reads_like_a_blank_is_a_value(tmp_path, listed, read):
    outcome = find("cte_outcome")
    reference = copytree(REFERENCE, tmp_path / "reference")
    (reference / "credential_codes.csv").write_text(f"Code,Title,FirstYear,LastYear\n{listed},Nurse Aide,,\n0001,A,,\n")
    path = tmp_path / "outcomes.csv"
    names = ["SAUID", "SchoolID", "StateStudentID", "CTECode", "Credential"]
    header = ",".join(outcome.layout.columns)
    of = dict.fromkeys(outcome.layout.columns, "")
    rows = [
        {**of, **dict(zip(names, ("1000", "2001", "900000001", "01.0205", each), strict=True))}
        for each in ("NA", "NULL")
    ]
    path.write_text("\n".join([header, *(",".join(row.values()) for row in rows)]))
    checked = check(
        path, outcome.layout, outcome.rules, focus=Focus(SchoolYear(2020)), tables=ReferenceFolder(reference)
    )
    assert checked.rows["Credential:value"].to_list() == read
