"""No small group can be worked out of what is published, and what is published adds up."""

import random

import pytest
from tools.attack_guard import leaks_of, random_release

from tidegate.accountability.guard.coding import coded_percent
from tidegate.accountability.guard.hide import guard
from tidegate.accountability.guard.release import Release, TwoWayTable


def school_by_gender(**counts) -> Release:
    """Counts of the schools a, b, … by the genders F and M: `a=(3, 12)`."""
    table = {
        (school, gender): count for school, pair in counts.items() for gender, count in zip("FM", pair, strict=True)
    }
    genders = {gender: sum(pair[place] for pair in counts.values()) for place, gender in enumerate("FM")}
    return Release(
        {"school": {school: sum(pair) for school, pair in counts.items()}, "gender": genders},
        (TwoWayTable("school", "gender", table),),
    )


def test_a_small_number_is_hidden_with_those_that_give_it_away():
    guarded = guard(school_by_gender(a=(3, 20), b=(15, 30), c=(40, 50)), smallest=10)
    assert (("school", "a"), ("gender", "F")) in guarded.hidden
    assert len(guarded.hidden) == 4, "A rectangle"
    assert not guarded.withheld_tables


def test_two_hidden_ones_that_add_up_to_a_shown_2_are_not_left_alone():
    release = school_by_gender(a=(1, 1), b=(1, 1), c=(30, 30), d=(40, 40))
    guarded = guard(release, smallest=3)
    assert leaks_of(release, guarded, smallest=3) == []


def test_what_has_no_small_number_is_shown_whole():
    guarded = guard(school_by_gender(a=(13, 20), b=(0, 30)), smallest=10)
    assert (guarded.hidden, guarded.withheld_tables, guarded.withheld_dimensions) == (set(), set(), set())


def test_a_table_in_which_nothing_else_helps_is_withheld():
    guarded = guard(school_by_gender(a=(3, 0), b=(0, 40)), smallest=10)
    assert guarded.withheld_tables == {("school", "gender")}


def test_a_release_of_a_small_group_is_withheld():
    assert guard(school_by_gender(a=(3, 2)), smallest=10).withheld_dimensions == {"school", "gender"}


def test_numbers_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="do not add up"):
        Release({"school": {"a": 3}, "gender": {"F": 2}})
    with pytest.raises(ValueError, match="do not add up"):
        Release({"school": {"a": 3}, "gender": {"F": 3}}, (TwoWayTable("school", "gender", {("a", "F"): 2}),))


@pytest.mark.parametrize("seed", range(3))
def test_an_attack_by_linear_bounds_finds_no_small_number(seed):
    for number in range(seed * 6, seed * 6 + 6):
        chance = random.Random(number)
        release, smallest = random_release(chance), chance.choice((3, 5, 10))
        assert leaks_of(release, guard(release, smallest=smallest), smallest=smallest) == []


def test_the_attack_finds_what_is_hidden_without_more():
    release = school_by_gender(a=(3, 20), b=(15, 30), c=(40, 50))
    guarded = guard(release, smallest=10)
    guarded.hidden = {(("school", "a"), ("gender", "F"))}
    (leak,) = leaks_of(release, guarded, smallest=10)
    assert (leak.count, round(leak.lowest), round(leak.highest)) == (3, 3, 3)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (50, 200, "25 %"),
        (2, 200, "< 5 %"),
        (198, 200, "> 95 %"),
        (5, 40, "< 25 %"),
        (35, 40, "> 75 %"),
        (20, 40, "50 %"),
        (10, 19, ""),
        (0, 40, "< 25 %"),
    ],
)
def test_a_percentage_near_its_ends_is_coded(part, whole, expected):
    assert coded_percent(part, whole, smallest=10) == expected


def test_a_part_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no part"):
        coded_percent(3, 2, smallest=1)
