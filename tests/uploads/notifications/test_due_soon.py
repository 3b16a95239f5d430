"""Offices are reminded of what is due, a week and a day before, and only of what they have not done."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.uploads.canary import BAD, GOOD, HEADER
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.models import Message
from tidegate.reference.models import SchoolYear
from tidegate.uploads.notifications.due_soon import remind_of_due_files
from tidegate.windows.models import CollectionWindow

DUE = timezone.localdate() + timedelta(days=7)


@pytest.fixture
def window(state) -> CollectionWindow:
    """The window of one file type, which is due in a week."""
    year = SchoolYear.objects.get(first=2020)
    days = {"opens": DUE - timedelta(days=30), "due": DUE, "closes": DUE + timedelta(days=30)}
    return CollectionWindow.objects.create(file_type="cte", school_year=year, **days)


def days_on_which_somebody_is_told(first: date, count: int) -> list[int]:
    days = [first + timedelta(days=number) for number in range(count)]
    return [number for number, day in enumerate(days) if remind_of_due_files(day)]


def test_people_are_reminded_a_week_and_a_day_before(window, specialist, viewer):
    assert days_on_which_somebody_is_told(DUE - timedelta(days=10), 20) == [3, 9]
    assert {message.person for message in Message.objects.filter(kind=MessageKind.DUE_SOON)} == {specialist}


def test_a_day_on_which_nothing_ran_is_made_up_for(window, specialist):
    assert days_on_which_somebody_is_told(DUE - timedelta(days=4), 4) == [0, 3]


def test_who_has_sent_without_errors_is_not_reminded(window, process_file, specialist, other_specialist):
    process_file(f"{HEADER}\n{GOOD}\n", by=specialist)
    assert remind_of_due_files(DUE - timedelta(days=7)) == 1
    assert Message.objects.get(kind=MessageKind.DUE_SOON).person == other_specialist


def test_rows_to_correct_are_a_reason_to_remind(window, process_file, specialist):
    process_file(f"{HEADER}\n{GOOD}\n{BAD}\n", by=specialist)
    assert remind_of_due_files(DUE - timedelta(days=7)) == 1


def test_who_closed_before_the_year_began_is_not_reminded(window, specialist):
    office = specialist.memberships.get().organization
    office.closed_on = window.school_year.first_day - timedelta(days=1)
    office.save()
    assert remind_of_due_files(DUE - timedelta(days=7)) == 0


def test_a_closed_year_or_a_window_of_its_own_changes_it(window, specialist):
    own = {"opens": DUE, "due": DUE + timedelta(days=60), "closes": DUE + timedelta(days=60)}
    CollectionWindow.objects.create(
        file_type="cte",
        school_year=window.school_year,
        organization_id=specialist.memberships.get().organization_id,
        **own,
    )
    assert remind_of_due_files(DUE - timedelta(days=7)) == 0
    CollectionWindow.objects.filter(organization__isnull=False).delete()
    SchoolYear.objects.update(closed_at=timezone.now())
    assert remind_of_due_files(DUE - timedelta(days=7)) == 0
