"""Records are fitted to the header: cut, filled up or told of, one by one and many lines at once alike."""

from itertools import product

import polars as pl
import pytest

from tests.core.small_layout import LAYOUT
from tidegate.core.reading.align import OddLines, RowAligner
from tidegate.core.reading.issue import as_issues
from tidegate.core.reading.preamble import find_preamble
from tidegate.core.reading.records import Damage, Record
from tidegate.file_types import find

NAMES = list(LAYOUT.columns)
GOOD = ["0123", "Mildred", "P", "2020-09-01", "1.5"]


@pytest.fixture
def aligner():
    return aligner_of(NAMES)


def aligner_of(names: list[str]) -> RowAligner:
    top = find_preamble([",".join(names) + "\n", ",".join(GOOD) + "\n"], LAYOUT)
    return RowAligner(top, LAYOUT)


def codes(aligner: RowAligner) -> list[tuple[str, int | None]]:
    return [(issue.code, issue.row) for issue in as_issues(aligner.take_issues())]


def test_the_cells_stand_in_the_order_of_the_layout():
    row = aligner_of(NAMES[::-1]).fit(Record(2, GOOD[::-1]))
    assert row == (2, *GOOD)


def test_a_blank_row_is_none(aligner):
    assert aligner.fit(Record(2, ["", " ", "", "", ""])) is None
    assert codes(aligner) == []


def test_cells_that_may_be_blank_may_be_left_out_at_the_end(aligner):
    assert aligner.fit(Record(2, GOOD[:4])) == (2, *GOOD[:4], "")
    assert codes(aligner) == []
    assert [notice.code for notice in aligner.notices()] == ["FILE024"]


def test_a_row_that_lacks_a_required_cell_names_it(aligner):
    assert aligner.fit(Record(2, GOOD[:3])) == (2, *GOOD[:3], None, None)
    issue = as_issues(aligner.take_issues())[0]
    words = {"column": "Start", "count": "3", "width": "5", "text": "Start and what follows are missing"}
    assert (issue.code, issue.row, issue.words) == ("FILE020", 2, words)


@pytest.mark.parametrize(("more", "code"), [("x", "FILE021"), ("", "FILE028")])
def test_a_row_with_a_cell_too_many_is_told_of(aligner, more, code):
    assert aligner.fit(Record(2, [*GOOD, more])) == (2, *GOOD)
    assert codes(aligner) == [(code, 2)]


def test_a_damaged_record_is_told_of_as_such(aligner):
    aligner.fit(Record(2, ['"0123', "x"], Damage.QUOTE_NOT_CLOSED))
    assert codes(aligner) == [("FILE022", 2)]


@pytest.mark.parametrize(("cells", "code"), [(NAMES, "FILE025"), (["Total: 120"], "FILE026")])
def test_the_header_again_and_a_footer_are_no_rows(aligner, cells, code):
    assert aligner.fit(Record(7, cells)) is None
    assert codes(aligner) == [(code, 7)]


def test_an_issue_is_taken_once(aligner):
    aligner.fit(Record(2, GOOD[:1]))
    assert len(codes(aligner)) == 1
    assert codes(aligner) == []


LINES = [GOOD, GOOD[:4], GOOD[:3], [*GOOD, "x"], [*GOOD, ""]]


def test_lines_that_are_fitted_at_once_come_out_as_one_by_one(aligner):
    rows, issues = OddLines(",", aligner).fit(
        pl.Series([",".join(cells) for cells in LINES]), pl.Series(range(2, 7), dtype=pl.UInt32)
    )
    single = aligner_of(NAMES)
    fitted = [single.fit(Record(row, cells)) for row, cells in enumerate(LINES, start=2)]
    assert rows.rows() == fitted
    assert as_issues(issues) == as_issues(single.take_issues())
    assert aligner.early_ends == single.early_ends == 1


def test_lines_with_blank_cells_too_many_are_told_of_as_one_by_one():
    layout = find("cte").layout  # its last two columns are numbers, which a comma may have divided
    top = find_preamble([",".join(layout.columns) + "\n"], layout)
    ids = ("1000,2001,900000001", "x,2001,900000001", "1000,20,01,900000001")
    codes_of, days = ("01.0205", " 7", ""), ("2020-09-01", "soon")
    numbers = ("1.5,,", "1,50,", " 1 ,3 ,", "1,50,,,", "1,51,", "x,,", ",,", "1,5\u200b,", "1,5,\u200b", "1,,\u00a0,,")
    lines = [
        f"{first},a,{code},{day},{end},{number}"
        for first, code, day, end, number in product(ids, codes_of, days, ("", "44000", "x"), numbers)
    ]
    rows, issues = OddLines(",", RowAligner(top, layout)).fit(
        pl.Series(lines), pl.Series(range(2, len(lines) + 2), dtype=pl.UInt32)
    )
    single = RowAligner(top, layout)
    assert rows.rows() == [single.fit(Record(row, line.split(","))) for row, line in enumerate(lines, start=2)]
    assert as_issues(issues) == as_issues(single.take_issues())
    assert set(issues["code"]) == {"FILE046", "FILE028", "FILE021"}
    assert issues["columns"].n_unique() > 3  # or few patterns would have been seen


def test_lines_that_may_be_no_records_are_told_of_as_one_by_one(aligner):
    lines = [
        "Total: 120",
        "--,--",
        ",".join(NAMES),
        "12 rows,,,,",
        "7,students,,,",
        "Total,Mildred,P,x,1",
        "Total: 120",
    ]
    issues = OddLines(",", aligner).no_records(pl.Series(lines), pl.Series(range(2, 9), dtype=pl.UInt32))
    single = aligner_of(NAMES)
    fitted = [single.fit(Record(row, line.split(","))) for row, line in enumerate(lines, start=2)]
    assert issues["row"].to_list() == [row for row, cells in enumerate(fitted, start=2) if cells is None]
    assert as_issues(issues) == as_issues(single.take_issues())
    assert issues["row"].to_list() == [2, 3, 4, 5, 8]


def test_records_that_are_alike_are_told_of_row_by_row(aligner):
    fitted = [aligner.fit(Record(row, GOOD[:3])) for row in (2, 3)]
    assert fitted == [(row, *GOOD[:3], None, None) for row in (2, 3)]
    assert aligner.fit(Record(4, GOOD[:3], Damage.QUOTE_INSIDE)) == (4, *GOOD[:3], None, None)
    assert codes(aligner) == [("FILE020", 2), ("FILE020", 3), ("FILE023", 4)]
    assert [aligner.fit(Record(row, GOOD[:4])) for row in (5, 6)] == [(row, *GOOD[:4], "") for row in (5, 6)]
    assert aligner.early_ends == 2
