"""The order of day and month: what the dates of a file tell about each other."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence, OrderCounter, Orders
from tidegate.core.parsing.parse import ColumnValues
from tidegate.file_types import find

YEAR = SchoolYear(2020)
CTE = find("cte").layout
START = CTE.columns["StartDate"]
TEXTS = ("13/10/2020", "10/13/2020", "9/8/2020", "9/1/2020", "1/9/2020", "5/5/2020", "2020-10-13", "", "13.10.20", "x")


def order_of(*slices: list[str], column: str = "StartDate") -> DayOrder:
    """Return what some slices of one column tell."""
    evidence, values, counter = DayOrderEvidence(CTE), ColumnValues(CTE.columns[column]), OrderCounter(Day(), YEAR)
    for texts in slices:
        series = pl.Series(texts, dtype=pl.String)
        evidence.add({column: counter.count(series, values.read(series))})
    return evidence.order()


@pytest.mark.parametrize(
    ("texts", "questioned"),
    [
        (["10/11/2020", "9/8/2020"], set()),
        (["13/10/2020"], {Orders.EITHER, Orders.MONTH_FIRST_IN_YEAR}),
        (["13.10.2020 0:00"], {Orders.EITHER, Orders.MONTH_FIRST_IN_YEAR}),
        (["31/2/2020", "5/5/2020", "2020-13-10"], set()),
        (["13/10/2020", *["10/13/2020"] * 19], set()),
        (["13/10/2020", *["10/13/2020"] * 18], {Orders.EITHER, Orders.MONTH_FIRST_IN_YEAR}),
        (["13/10/2020", *["9/1/2020"] * 19], {Orders.EITHER}),
        (["10/13/2020", *["13/10/2020"] * 19], {Orders.EITHER, Orders.MONTH_FIRST_IN_YEAR, Orders.MONTH_FIRST}),
        (["1/9/2020", "9/8/2020"], {Orders.EITHER}),
        (["1/9/2020", *["9/8/2020"] * 99], {Orders.EITHER}),
        (["1/9/2020", "9/1/2020", "9/8/2020"], {Orders.EITHER}),
        (["1/9/2020", "9/1/2020", "10/13/2020", "9/8/2020"], set()),
        (["1-9-2020", "9/8/2020"], {Orders.EITHER}),
    ],
)
def test_the_dates_of_a_file_tell_which_are_questioned(texts, questioned):
    assert order_of(texts).questioned == questioned


@given(st.lists(st.lists(st.sampled_from(TEXTS), max_size=12), max_size=5), st.randoms())
def test_order_of_rows_and_slices_changes_nothing(slices, chance):
    whole = [text for texts in slices for text in texts]
    chance.shuffle(whole)
    assert order_of(whole) == order_of(*slices)


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=40))
def test_few_and_many_different_texts_are_counted_alike(texts):
    series = pl.Series(texts, dtype=pl.String)
    read = ColumnValues(START).read(series)
    few, many = (OrderCounter(Day(), YEAR).count(series, read._replace(numbers=n)) for n in (read.numbers, None))
    assert +Counter(few) == +Counter(many)
