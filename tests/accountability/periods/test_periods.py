"""A period's file says what is counted and when; a file that is wrong is named with its line."""

from datetime import date

import msgspec
import pytest

from tidegate.accountability.periods.period import Period, find_period, load_period
from tidegate.core.errors import BrokenState, Conflict
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_package

GOOD = (present_package().folder / "periods" / "cte-october-count.toml").read_text()


@pytest.fixture
def load(read_changed):
    """Read the file of a period, with some text replaced by another."""

    def load_file(*replaced: tuple[str, str], name: str = "a-count") -> Period:
        return read_changed(load_period, GOOD, name, *replaced)

    return load_file


def test_the_window_of_a_year_takes_the_place_of_that_of_all_years(load):
    dated = "\n[windows.2026-2027]\nopens = 2026-10-05\ncloses = 2026-10-30\n"
    period = load(("[window]\n", f"{dated}[window]\n"))
    assert str(period.window_in(SchoolYear(2026))) == "from 2026-10-05 to 2026-10-30"
    assert str(period.window_in(SchoolYear(2027))) == "from 2027-10-01 on"
    assert period.is_open_on(date(2026, 10, 30), SchoolYear(2026))
    for day, said in ((date(2026, 10, 4), "2026-10-04"), (date(2026, 10, 31), "2026-10-31")):
        with pytest.raises(Conflict) as refused:
            period.check_is_open(day, SchoolYear(2026))
        assert refused.value.message == (
            f"CTE October Student Count of 2026-2027 is open from 2026-10-05 to 2026-10-30, and today is {said}"
        )


def test_a_window_may_close_in_the_next_calendar_year(load):
    period = load(('closes = ""', 'closes = "08-15"'), ('opens = "10-01"', 'opens = "06-01"'))
    assert str(period.window_in(SchoolYear(2020))) == "from 2021-06-01 to 2021-08-15"


def test_a_year_without_a_window_is_refused(load):
    since = load(("order = 10", 'order = 10\nsince = "2021-2022"'))
    without = load(('[window]\nopens = "10-01"', ""), ('closes = ""', ""))
    for period in (since, without):
        with pytest.raises(Conflict) as refused:
            period.check_is_open(date(2020, 10, 1), SchoolYear(2020))
        assert refused.value.message == "CTE October Student Count has no window in 2020-2021"


def test_the_count_day_is_within_the_school_year():
    period = find_period("CTE_October_Count")
    assert period.count_day_in(SchoolYear(2020)) == date(2020, 10, 1)
    spring = Period("spring", msgspec.structs.replace(period.file, count_day="04-01"), "")
    assert spring.count_day_in(SchoolYear(2020)) == date(2021, 4, 1)


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        (('count_day = "10-01"', 'count_day = "13-01"'), '"13-01" is no day of every year, such as 10-01'),
        (('count_day = "10-01"', 'count_day = "02-29"'), '"02-29" is no day of every year, such as 10-01'),
        (('title = "CTE October Student Count"', 'title = " "'), "the title is blank"),
        (('"cte"]', '"ctw"]'), "file_types has ctw, which is none of: cte, cte-outcome, student-enrollment"),
        (('"CTE403"', '"CTE999"'), "blocking_rules has CTE999"),
        (("order = 10", 'order = "ten"'), "Expected `int`, got `str`"),
        (("order = 10", "orders = 10"), "orders"),
        (('"student-enrollment", "cte"', ""), "file_types names none, so that there is nothing to count"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(load, replaced, said):
    with pytest.raises(BrokenState) as broken:
        load(replaced)
    assert said in str(broken.value)
    assert "a-count.toml:" in str(broken.value)


def test_the_file_of_a_period_is_named_like_a_word_in_an_address(load):
    with pytest.raises(BrokenState):
        load(("order = 10", "order = 10"), name="A Count")
