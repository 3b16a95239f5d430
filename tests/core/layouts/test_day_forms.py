"""A date in any of the forms that programs write is read as the same date."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.parse import Parser
from tidegate.file_types import find

YEAR = SchoolYear(2020)
MIDNIGHTS = (
    "", " 00:00:00", "T00:00:00Z", " 00:00:00.000", ":00:00:00", " 12.00.00.000000000 AM", " 12:00AM", " 0:00",
    "T00:00:00-04:00", " 00:00:00+00",
)  # fmt: skip
FORMS = (
    "%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d-%b-%Y", "%d%b%Y", "%B %d, %Y", "%d %B %Y", "%b %d %Y",
    "%A, %B %d, %Y", "%a, %d %b %Y", "%Y-%b-%d",
)  # fmt: skip
SHORT_FORMS = ("%d-%b-%y", "%d%b%y", "%m/%d/%y", "%b %d, %y")


def read_all(texts: list[str], *, within_school_year: bool = True) -> list[date | None]:
    """Return what the cells of one column are read as."""
    cte, new = find("cte").layout, find("new-state-id").layout
    layout, name = (cte, "StartDate") if within_school_year else (new, "DateOfBirth")
    rows = pl.DataFrame({column: texts if column == name else [""] * len(texts) for column in layout.columns})
    return Parser(layout, YEAR).parse(rows).rows[f"{name}:value"].to_list()


def read(text: str) -> date | None:
    return read_all([text])[0]


FEW_COLUMNS = settings(max_examples=12)
DAYS = st.tuples(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS), st.sampled_from(MIDNIGHTS))
DAYS_OF_THE_YEAR = st.tuples(
    st.dates(YEAR.first_day, YEAR.last_day), st.sampled_from(SHORT_FORMS), st.sampled_from(MIDNIGHTS)
)


@given(st.lists(DAYS, min_size=10, max_size=20), st.sampled_from((str, str.upper, str.lower)))
@FEW_COLUMNS
def test_a_date_of_one_meaning_reads_back(written, case):
    texts = [case(day.strftime(form)) + midnight for day, form, midnight in written]
    days = [day for day, _, _ in written]
    assert read_all(texts) == read_all(texts, within_school_year=False) == days


@given(st.lists(DAYS_OF_THE_YEAR, min_size=10, max_size=20))
@FEW_COLUMNS
def test_a_short_year_reads_back_where_the_school_year_tells_it(written):
    texts = [day.strftime(form) + midnight for day, form, midnight in written]
    assert read_all(texts) == [day for day, _, _ in written]
    assert read_all(texts, within_school_year=False) == [None] * len(texts)


@pytest.mark.parametrize("text", ["SEP2020", "Sep-20", "2020-13-09", "31SEP2020", "Monday, September 8, 2020",
    "09082020", "2020-09-08T04:00:00Z", "10-SEP-20 12.00.00 PM", "20-09-08", "20200908x", "10-SEP-18"])  # fmt: skip
def test_what_may_be_no_day_or_another_is_not_read(text):
    assert read(text) is None


@pytest.mark.parametrize(("text", "day"), [("Sept. 8, 2020", 8), ("8th September 2020", 8), ("44082.0", 8),
    ("20200908.0", 8), ("2020-9-8", 8), ("Tue Sep  8 00:00:00 EDT 2020", 8), ("20200908000000", 8)])  # fmt: skip
def test_other_spellings_are_read(text, day):
    assert read(text) == date(2020, 9, day)
