"""A number that moved by much is open until somebody explains it, and again when that ends or it moves again."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tidegate.accountability.explanations.comparison import ComparedCount
from tidegate.accountability.explanations.explain import explain_number
from tidegate.accountability.explanations.holding import has_moved
from tidegate.accountability.explanations.unusual_numbers import unusual_numbers
from tidegate.accountability.models import Explanation
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.reports.report import Count
from tidegate.core.errors import NotAllowed, NotFound, Refusal

NEXT_YEAR = date(2999, 6, 30)


def compared(now: int, last_year: int | None, *dimensions: str, keys=("2001", "01.0205")) -> ComparedCount:
    keys = keys[: len(dimensions)]
    return ComparedCount("student-count", Count("School", keys, keys, now, dimensions), last_year, None)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (100, 130, True),
        (100, 129, False),
        (100, 70, True),
        (100, 71, False),
        (4, 8, False),  # twice as many, but of four students
        (4, 9, True),
        (0, 5, True),
        (0, 4, False),
        (5, 0, True),
        (10, 10, False),
    ],
)
def test_a_number_moves_by_percent_and_by_students(before, now, expected):
    assert has_moved(find_period("cte-october-count"), before, now) == expected


def test_only_pairs_of_a_schools_programs_are_watched(take):
    counts = [
        compared(20, 10),
        compared(20, 10, "school"),
        compared(20, 10, "school", "program"),
        compared(20, 10, "school", "grade"),
        compared(20, None, "gender"),
    ]
    found = unusual_numbers(take(), counts)
    assert [(number.dimensions, number.organization) for number in found] == [
        ((), ""),
        (("school",), "2001"),
        (("school", "program"), "2001"),
    ]


@pytest.fixture
def explained(take, director, monkeypatch):
    """A snapshot in which a school's number went from 10 to 20, which its director has explained."""
    snapshot = take()
    counts = [compared(20, 10, "school")]
    monkeypatch.setattr("tidegate.accountability.explanations.unusual_numbers.compared_counts", lambda _: counts)
    key = counts[0].key
    explain_number(snapshot, key, text=" A program moved here ", ends_on=NEXT_YEAR, by=director)
    return snapshot


def holds(snapshot, now: int, last_year: int = 10, **more) -> bool:
    (number,) = unusual_numbers(snapshot, [compared(now, last_year, "school")], **more)
    return number.explanation is not None


def test_an_explanation_holds_for_later_snapshots_too(explained, take):
    assert Explanation.objects.get().text == "A program moved here"
    later = take()
    assert holds(later, 20)
    assert holds(later, 22), "It moved by little since"


def test_an_explanation_ends_with_its_last_day(explained):
    assert holds(explained, 20, on=NEXT_YEAR)
    assert not holds(explained, 20, on=NEXT_YEAR + timedelta(days=1))


def test_a_number_that_moves_again_is_open_again(explained):
    assert not holds(explained, 26)
    assert not holds(explained, 4)


def test_a_newer_explanation_takes_the_place_of_an_older_one(explained, director):
    key = ("student-count", ("school",), ("2001",))
    explain_number(explained, key, text="Two programs moved", ends_on=NEXT_YEAR, by=director)
    (number,) = unusual_numbers(explained)
    assert number.explanation.text == "Two programs moved"


def test_who_sends_nothing_for_it_explains_nothing(explained, specialist, viewer):
    for by in (specialist, viewer):
        with pytest.raises((NotFound, NotAllowed)):
            explain_number(explained, ("student-count", ("school",), ("2001",)), text="Mine", ends_on=NEXT_YEAR, by=by)


@pytest.mark.parametrize(("text", "days"), [("", 1), ("x" * 1001, 1), ("Right", -1)])
def test_an_explanation_says_something_and_ends_later(explained, director, text, days):
    ends_on = timezone.localdate() + timedelta(days=days)
    with pytest.raises(Refusal):
        explain_number(explained, ("student-count", ("school",), ("2001",)), text=text, ends_on=ends_on, by=director)


def test_a_number_that_is_not_unusual_cannot_be_explained(explained, director):
    with pytest.raises(NotFound):
        explain_number(explained, ("student-count", (), ()), text="Right", ends_on=NEXT_YEAR, by=director)
