"""A date in any of the forms that programs write is read as the same date."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
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


def read(text: str, *, within_school_year: bool = True) -> date | None:
    """Return what a cell is read as."""
    cte, new = find("cte").layout, find("new-state-id").layout
    layout, name = (cte, "StartDate") if within_school_year else (new, "DateOfBirth")
    rows = pl.DataFrame({column: [text if column == name else ""] for column in layout.columns})
    return Parser(layout, YEAR).parse(rows).rows[f"{name}:value"].item()


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS), st.sampled_from(MIDNIGHTS),
    st.sampled_from((str, str.upper, str.lower)),
)  # fmt: skip
def test_a_date_of_one_meaning_reads_back(day, form, midnight, case):
    text = case(day.strftime(form)) + midnight
    assert read(text) == read(text, within_school_year=False) == day


@given(st.dates(YEAR.first_day, YEAR.last_day), st.sampled_from(SHORT_FORMS), st.sampled_from(MIDNIGHTS))
def test_a_short_year_reads_back_where_the_school_year_tells_it(day, form, midnight):
    text = day.strftime(form) + midnight
    assert read(text) == day
    assert read(text, within_school_year=False) is None


@pytest.mark.parametrize("text", ["SEP2020", "Sep-20", "2020-13-09", "31SEP2020", "Monday, September 8, 2020",
    "09082020", "2020-09-08T04:00:00Z", "10-SEP-20 12.00.00 PM", "20-09-08", "20200908x", "10-SEP-18"])  # fmt: skip
def test_what_may_be_no_day_or_another_is_not_read(text):
    assert read(text) is None


@pytest.mark.parametrize(("text", "day"), [("Sept. 8, 2020", 8), ("8th September 2020", 8), ("44082.0", 8),
    ("20200908.0", 8), ("2020-9-8", 8), ("Tue Sep  8 00:00:00 EDT 2020", 8), ("20200908000000", 8)])  # fmt: skip
def test_other_spellings_are_read(text, day):
    assert read(text) == date(2020, 9, day)
