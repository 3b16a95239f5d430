"""Offices are told what they have to send within a few days, once for each day, and only if nothing was loaded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.uploads.conftest import ROCK_STAR
from tests.uploads.test_process import CTE_HEADER, LINE
from tidegate.inbox.models import Message
from tidegate.reference.models import SchoolYear
from tidegate.uploads.notifications.due_soon import tell_due_soon
from tidegate.windows.choose_collected import choose_collected
from tidegate.windows.models import CollectionWindow

TODAY = timezone.localdate()


def days(count: int) -> timedelta:
    return timedelta(days=count)


@pytest.fixture
def window(state) -> CollectionWindow:
    """CTE files are due in five days, and the window closes in ten."""
    return CollectionWindow.objects.create(
        file_type="cte",
        school_year=SchoolYear.objects.get(first=2020),
        opens=TODAY,
        due=TODAY + days(5),
        closes=TODAY + days(10),
    )


def test_an_office_is_told_once_before_each_day(window, specialist, viewer, other_specialist):
    told = [tell_due_soon(TODAY + days(number)) for number in range(13)]
    assert told == [0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]  # three days before; a viewer sends nothing
    texts = list(Message.objects.filter(person=specialist).order_by("pk").values_list("text", flat=True))
    due, closes = (f"{day:%B} {day.day}, {day.year}" for day in (window.due, window.closes))
    assert texts[0].startswith(f"CTE for 2020-2021: Due {due}; closes {closes}. Nothing was loaded from your office")
    assert texts[1].startswith(f"CTE for 2020-2021: Was due {due}; closes {closes}. Nothing was loaded")
    assert not Message.objects.filter(person=viewer).exists()


def test_a_morning_that_was_missed_is_made_up_for(window, specialist):
    assert tell_due_soon(TODAY + days(5)) == 1


def test_who_has_loaded_a_file_is_not_told(window, process_file, specialist, other_specialist):
    process_file(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    assert tell_due_soon(TODAY + days(2)) == 1
    assert Message.objects.get().person == other_specialist


def test_nobody_is_told_of_what_is_not_collected_or_closed(window, specialist):
    year = window.school_year
    choose_collected(year, ["student-enrollment"], by=None)
    assert tell_due_soon(TODAY + days(2)) == 0
    choose_collected(year, ["cte"], by=None)
    SchoolYear.objects.update(closed_at=timezone.now())
    assert tell_due_soon(TODAY + days(2)) == 0
    SchoolYear.objects.update(closed_at=None)
    CollectionWindow.objects.create(
        file_type="cte", school_year=year, organization_id=ROCK_STAR, opens=TODAY, due=TODAY + days(30),
        closes=TODAY + days(30),
    )  # fmt: skip
    assert tell_due_soon(TODAY + days(2)) == 0
