"""What was set for a school year goes along to the next one, a year later, and overwrites nothing."""

from datetime import date

import pytest

from tidegate.core.errors import Conflict
from tidegate.file_types import find_all
from tidegate.reference.models import Code, SchoolYear
from tidegate.windows.choose_collected import choose_collected
from tidegate.windows.collection import Windows, find_window
from tidegate.windows.roll_over import CodeChange, preview_roll_over, roll_over
from tidegate.windows.set_window import WindowDays, set_window

DAYS = WindowDays(date(2020, 2, 29), date(2021, 8, 15), date(2020, 10, 15))
EARLIER = WindowDays(date(2021, 9, 1), date(2021, 12, 1))


@pytest.fixture
def next_year(year) -> SchoolYear:
    return SchoolYear.objects.create(first=2021, name="2021-2022")


def test_windows_of_everybody_and_what_is_not_collected_go_along(year, next_year, district, administrator):
    set_window("cte", year, DAYS, by=administrator)
    set_window("cte", year, WindowDays(date(2020, 9, 1), date(2021, 9, 1)), by=administrator, organization=district)
    set_window("student-enrollment", year, DAYS, by=administrator)
    set_window("student-enrollment", next_year, EARLIER, by=administrator)
    choose_collected(year, set(find_all()) - {"new-state-id"}, by=administrator)
    foreseen = preview_roll_over(next_year)
    assert roll_over(next_year, by=administrator) == foreseen
    assert (foreseen.not_collected, foreseen.kept) == (["new-state-id"], ["student-enrollment"])
    assert foreseen.exception_count == 1
    window = find_window("cte", next_year, district)
    assert (window.opens, window.due, window.closes) == (date(2021, 2, 28), date(2021, 10, 15), date(2022, 8, 15))
    assert find_window("student-enrollment", next_year, None).closes == EARLIER.closes
    assert Windows.of(next_year).not_collected == {"new-state-id"}


def test_nothing_goes_along_twice(year, next_year, administrator):
    assert preview_roll_over(year) is None  # there is none before
    set_window("cte", year, DAYS, by=administrator)
    roll_over(next_year, by=administrator)
    with pytest.raises(Conflict, match="Nothing is left to take along to 2021-2022"):
        roll_over(next_year, by=administrator)


def test_codes_that_end_and_begin_are_counted(next_year):
    Code.objects.create(list_name="teacher_codes", code="98.0001", last_year=2020)
    Code.objects.create(list_name="teacher_codes", code="98.0002", first_year=2021)
    Code.objects.create(list_name="teacher_codes", code="98.0003", first_year=2021)
    assert CodeChange("teacher_codes", 1, 2) in preview_roll_over(next_year).code_changes
