"""Which birth dates fit which grades, in any school year."""

from datetime import date
from itertools import pairwise

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find
from tidegate.states.maine.file_types.new_state_id.ages import (
    any_grade,
    born_within,
    is_outside,
    possible_in_grade,
    usual_in_grade,
)

AGES = find("new-state-id").layout.ages
LIMITS = {"any": any_grade(), "possible": possible_in_grade(), "usual": usual_in_grade()}


def age_of(born: date, year: int) -> int:
    day = date(year, *AGES.month_and_day)
    return day.year - born.year - ((born.month, born.day) > (day.month, day.day))


@given(st.dates(), st.sampled_from(sorted(AGES.grades)), st.integers(1990, 2060))
@example(date(2, 1, 1), "11", 2020)
@settings(max_examples=150)
def test_a_birth_date_fits_a_grade_by_the_whole_years_of_life(born, grade, year):
    first_day = SchoolYear(year).first_day
    row = {"DateOfBirth:value": [born], "GradeLevel:value": [grade], "context.first_day": [first_day]}
    age, of = age_of(born, year), AGES.grades[grade]
    for name, limits in (("any", AGES.of_any_grade), ("possible", of.possible), ("usual", of.usual)):
        within = born_within(LIMITS[name])
        outside, first, last = pl.DataFrame(row).select(is_outside(LIMITS[name]), **within).row(0)
        assert outside == (not limits[0] <= age <= limits[1]) == (not first <= born <= last)


def test_of_a_grade_that_cannot_be_read_nothing_is_said():
    row = {"DateOfBirth:value": [date(1904, 1, 1)], "GradeLevel:value": pl.Series([None], dtype=pl.String)}
    rows = pl.DataFrame(row | {"context.first_day": [date(2020, 7, 1)]})
    assert rows.select(is_outside(LIMITS["possible"])).item() is None
    assert rows.select(is_outside(LIMITS["any"])).item()


def test_the_layouts_grades_follow_each_other_year_by_year():
    limits = list(AGES.grades.values())
    for younger, older in pairwise(limits):
        assert younger.usual <= older.usual
        assert younger.possible <= older.possible
