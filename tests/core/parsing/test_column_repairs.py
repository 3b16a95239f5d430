"""Odd texts of a column are repaired alike whether each different text is looked at once or each cell is."""

import polars as pl
import pytest

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.day_order import OrderCounter
from tidegate.core.parsing.parse import ColumnValues
from tidegate.core.parsing.repairs import ColumnRepairs
from tidegate.file_types import find

YEAR = SchoolYear.parse("2020-2021")
CTE = find("cte").layout.columns
ODD = {
    "StartDate": ["2020/9/8", "44075", "8 SEP 2020", "9/8/20", "20200908", "9/8/2020 12:00:00 am", "8 \u017fep 2020"],
    "CTECode": ["43"],
    "StateStudentID": ["9.00000001E+08", "900000001.0", "1"],
}


def repairs_of(column):
    of = OrderCounter(column.type, YEAR) if column.name == "StartDate" else None
    return ColumnRepairs(column, YEAR, of)


def shown(repaired):
    value, repairs = repaired
    told = [(each.code, each.count, each.how, each.different.to_list(), each.orders) for each in repairs]
    return value.to_list(), told


@pytest.mark.parametrize("name", ODD)
def test_few_texts_are_repaired_as_many_are(name):
    column = CTE[name]
    values, few, many = ColumnValues(column), repairs_of(column), repairs_of(column)
    slices = [[*ODD[name], "x", "", *ODD[name][:2]], ["x", *reversed(ODD[name])], ["x", ""]]
    for texts in (pl.Series(each) for each in slices):
        read = values.read(texts)
        each = read._replace(numbers=None, new=texts, new_values=read.value)
        assert shown(few.repair(texts, read)) == shown(many.repair(texts, each))


def test_a_repair_is_told_of_the_slices_that_have_it():
    column = CTE["StartDate"]
    values, repairs = ColumnValues(column), repairs_of(column)
    slices = [pl.Series(each) for each in (["44075", "44075"], ["2020-09-08"], ["x", "44075"])]
    told = [repairs.repair(texts, values.read(texts))[1] for texts in slices]
    assert [[repair.count for repair in each] for each in told] == [[2], [], [1]]


@pytest.mark.parametrize("text", ODD["StartDate"])
def test_a_test_before_a_pattern_misses_no_date(text):
    column = CTE["StartDate"]
    texts = pl.Series([text])
    value, _ = repairs_of(column).repair(texts, ColumnValues(column).read(texts))
    assert value.null_count() == 0
