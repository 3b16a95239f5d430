"""No small group can be worked out of what is published, and what is published adds up."""

import random

import pytest
from tools.attack_guard import View, leaks_of, random_views
from tools.optimal_suppression import Search, random_table

from tidegate.accountability.guard.coding import coded_percent
from tidegate.accountability.guard.composition import find_disclosed
from tidegate.accountability.guard.earlier_releases import EarlierRelease, ToldBy
from tidegate.accountability.guard.hide import Guarded, earlier_release, guard
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


def test_where_nothing_else_helps_a_whole_row_is_hidden_with_its_zeros():
    release = school_by_gender(a=(3, 4), b=(30, 40), c=(50, 60))
    guarded = guard(release, smallest=10)
    assert guarded.closed == {(("school", "gender"), ("school", "a"))}, "Both at least 1 are 2 in all"
    assert leaks_of(release, guarded, smallest=10) == []


def test_what_no_number_needs_is_not_hidden():
    release = school_by_gender(a=(3, 20), b=(15, 30), c=(4, 50))
    guarded = guard(release, smallest=5)
    for cell in guarded.hidden - guarded.small:
        less = Guarded(guarded.hidden - {cell})
        assert leaks_of(release, less, smallest=5), cell


def test_a_second_release_hides_what_the_first_one_hid():
    first, smallest = school_by_gender(a=(3, 20), b=(15, 30), c=(40, 50)), 10
    before = View(first, guard(first, smallest=smallest))
    second = school_by_gender(a=(13, 20), b=(15, 30), c=(40, 50))
    guarded = guard(second, smallest=smallest, before=[before.published()])
    assert (("school", "a"), ("gender", "F")) in guarded.hidden, "With it the 3 of the first release would be known"
    assert leaks_of(second, guarded, smallest=smallest, before=[before]) == []


def test_a_number_that_has_changed_by_few_is_not_shown_anew():
    first = school_by_gender(a=(33, 20), b=(35, 30), c=(40, 50))
    before = earlier_release(first, guard(first, smallest=10))
    guarded = guard(school_by_gender(a=(34, 20), b=(35, 30), c=(40, 50)), smallest=10, before=[before])
    assert {(("school", "a"),), (("gender", "F"),), (("school", "a"), ("gender", "F"))} <= guarded.hidden


def test_the_same_release_again_is_shown_the_same():
    release = school_by_gender(a=(3, 20), b=(15, 30), c=(40, 50))
    first = guard(release, smallest=10)
    again = guard(release, smallest=10, before=[earlier_release(release, first)])
    assert (again.hidden, again.withheld_tables) == (first.hidden, first.withheld_tables)


def test_what_a_careless_second_release_gives_away_is_found():
    release = school_by_gender(a=(3, 20), b=(15, 30), c=(40, 50))
    first = View(release, guard(release, smallest=10))
    second = View(release, Guarded(first.guarded.hidden - {(("school", "b"), ("gender", "F"))}))
    cell = (("school", "a"), ("gender", "F"))
    assert cell in [leak.cell for leak in leaks_of(*second, smallest=10, before=[first])]
    assert cell in find_disclosed([first.published(), second.published()], smallest=10)


def part_by_part(concentrators: int, participants: int, others: int) -> Release:
    return Release({"measure": {"concentrators": concentrators, "participants": participants, "enrolled": others}})


def certified(release: Release) -> EarlierRelease:
    """Return what an older certificate told of a release: all of it, however small."""
    return EarlierRelease(dict(release.cells()), {}, told_by=ToldBy.CERTIFICATE)


PARTS = {(("measure", "concentrators"),), (("measure", "participants"),)}


def test_a_small_number_that_offices_have_stays_hidden():
    release = part_by_part(40, 5, 60)
    assert guard(release, smallest=10).hidden == PARTS
    assert guard(release, smallest=10, before=[certified(release)]).hidden == PARTS


def test_a_certificate_shows_nothing_that_was_hidden_before():
    first, second = part_by_part(40, 5, 60), part_by_part(40, 11, 60)
    before = View(first, guard(first, smallest=10))
    guarded = guard(second, smallest=10, before=[before.published(), certified(second)])
    assert guarded.hidden >= PARTS, "Of 45 in the first release 40 would be known, and so its 5"
    assert leaks_of(second, guarded, smallest=10, before=[before]) == []


def test_what_offices_have_protects_no_other_number():
    release = school_by_gender(a=(3, 20), b=(15, 30), c=(40, 50))
    known = {(("school", "b"), ("gender", "F")): 15, (("school", "c"), ("gender", "F")): 40}
    guarded = guard(release, smallest=10, before=[EarlierRelease(known, {}, told_by=ToldBy.CERTIFICATE)])
    assert (("gender", "F"),) in guarded.hidden or guarded.withheld_dimensions or guarded.withheld_tables


def test_an_older_certificate_hides_no_number_that_moved_by_few():
    guarded = guard(part_by_part(40, 15, 60), smallest=10, before=[certified(part_by_part(41, 14, 60))])
    assert guarded.hidden == set()


@pytest.mark.parametrize("seed", [342, 410, 488, 491, 564, 632])
def test_what_offices_have_leaks_nothing_to_everybody_else(seed):
    """Of 1,187 random pairs of releases 9 leaked, these among them, where the guard thought of offices alone."""
    chance = random.Random(seed)
    smallest = chance.choice((3, 5, 10))
    first, second = (view.release for view in random_views(chance, smallest=smallest, has_second=True))
    dimension, of_some = chance.choice(sorted(second.dimensions)), chance.random() < 0.5
    told = {
        cell: count
        for cell, count in second.cells()
        if (chance.random() < 0.4 if of_some else len(cell) == 1 and cell[0][0] == dimension)
    }
    before = View(first, guard(first, smallest=smallest))
    known = [before.published(), EarlierRelease(told, {}, told_by=ToldBy.CERTIFICATE)]
    guarded = guard(second, smallest=smallest, before=known)
    assert leaks_of(second, guarded, smallest=smallest, before=[before]) == []


def test_numbers_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="do not add up"):
        Release({"school": {"a": 3}, "gender": {"F": 2}})
    with pytest.raises(ValueError, match="do not add up"):
        Release({"school": {"a": 3}, "gender": {"F": 3}}, (TwoWayTable("school", "gender", {("a", "F"): 2}),))


@pytest.mark.parametrize("seed", range(3))
def test_an_attack_by_linear_bounds_finds_no_small_number(seed):
    for number in range(seed * 4, seed * 4 + 4):
        chance = random.Random(number)
        smallest = chance.choice((3, 5, 10))
        views = random_views(chance, smallest=smallest, has_second=number % 2 == 0)
        assert leaks_of(*views[0], smallest=smallest) == []
        assert leaks_of(*views[-1], smallest=smallest, before=views[:-1]) == []


def test_little_more_is_hidden_than_an_optimal_suppression_hides():
    hidden = best = 0
    for number in range(4, 8):
        chance = random.Random(number)
        release, smallest = random_table(chance), chance.choice((3, 5, 10))
        search = Search(release, smallest)
        if (optimal := search.fewest()) is not None:
            best += len(optimal - search.small)
            hidden += len(guard(release, smallest=smallest).hidden - search.small)
    assert 0 < best <= hidden <= 1.3 * best


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
