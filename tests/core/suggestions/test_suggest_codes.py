"""What is suggested for CTE codes."""

import csv
from pathlib import Path

import pytest

from tidegate.core.lookups.code import suggest_codes
from tidegate.states.maine.demo.cte_codes import CTE_CODES

TITLES = dict(CTE_CODES)
NONE: frozenset[str] = frozenset()
DAMAGED = list(csv.DictReader((Path(__file__).parent / "damaged_codes.csv").open(encoding="utf-8")))


def test_of_200_damaged_codes_the_right_one_is_among_the_first_three_in_90_of_100():
    assert len(DAMAGED) == 200
    found = [
        line["right"] in [each.value for each in suggest_codes(line["damaged"], TITLES, set(line["taught"].split()))]
        for line in DAMAGED
    ]
    assert sum(found) >= 180


@pytest.mark.parametrize("is_school_known", [True, False])
def test_a_sure_guess_is_wrong_in_1_of_100_at_most(is_school_known: bool):
    guesses = [
        (
            line["right"],
            suggest_codes(line["damaged"], TITLES, set(line["taught"].split()) if is_school_known else NONE),
        )
        for line in DAMAGED
    ]
    sure = [(right, guess[0].value) for right, guess in guesses if guess and guess[0].is_sure]
    assert len(sure) >= 100
    assert sum(right != value for right, value in sure) <= 2


def test_a_family_alone_gives_its_codes_and_is_never_sure():
    suggested = suggest_codes("43", TITLES, NONE)
    assert [each.value for each in suggested] == ["43.0103", "43.0107", "43.0203"]
    assert not any(each.is_sure for each in suggested)


def test_the_schools_own_programs_go_first_and_say_so():
    first = suggest_codes("43", TITLES, {"43.0203"})[0]
    assert first.value == "43.0203"
    assert first.reason == "Fire science/fire-fighting, family 43, taught at this school"


@pytest.mark.parametrize("text", ["", "x", "99", "77.7777", "none", "see note", "?", "2020-09-01"])
def test_nothing_is_said_where_nothing_is_near(text: str):
    assert suggest_codes(text, TITLES, NONE) == []


def test_words_of_a_title_find_its_code():
    assert suggest_codes("Culinary Arts", TITLES, NONE)[0].value == "12.0503"
