"""A column's values are the same whether each different text is read once or each cell is."""

from random import Random

import polars as pl
import pytest

from tidegate.core.frames import joins
from tidegate.core.parsing import parse
from tidegate.core.parsing.parse import ColumnValues
from tidegate.file_types import find_all

COLUMNS = [column for kind in find_all().values() for column in kind.layout.columns.values()]
ODD = [
    "",
    "+1",
    "-1",
    "1.0",
    "01",
    "0",
    "١",
    "1e3",
    "+12345678",
    "2020-09-01",
    "9/1/2020",
    "31/12/2020",
    "01.0205",
    "x" * 80,
]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_few_texts_are_read_as_many_are(column, monkeypatch):
    chance = Random(column.name)
    texts = [
        pl.Series([chance.choice([*ODD, column.example, None]) for _ in range(50)], dtype=pl.String) for _ in range(3)
    ]
    once = ColumnValues(column)
    few = [once.read(text) for text in texts]
    monkeypatch.setattr(joins, "MAX_DISTINCT_TEXTS", 0)
    monkeypatch.setattr(parse, "_SAMPLE_SIZE", 2)
    each = ColumnValues(column)
    many = [each.read(text) for text in texts]
    assert all(read.numbers is None for read in many[1:])
    assert [read.value.to_list() for read in few] == [read.value.to_list() for read in many]


def test_a_text_is_new_once():
    column = next(column for column in COLUMNS if column.name == "StartDate")
    values = ColumnValues(column)
    first = values.read(pl.Series(["2020-09-01", "2020-09-01", "x"]))
    second = values.read(pl.Series(["x", "2020-09-02"]))
    assert (first.new.to_list(), second.new.to_list()) == (["2020-09-01", "x"], ["2020-09-02"])


def test_a_number_with_a_sign_in_front_is_no_number_of_digits():
    column = next(column for column in COLUMNS if column.name == "StateStudentID")
    assert ColumnValues(column).read(pl.Series(["+12345678", "012345678"])).value.to_list() == [None, "012345678"]
