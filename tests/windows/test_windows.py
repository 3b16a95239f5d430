"""A window says when files of a type are collected, for everybody or one organization; nothing else changes it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.file_types import find_all
from tidegate.windows.allow_late import allow_late, end_allowance
from tidegate.windows.choose_collected import choose_collected
from tidegate.windows.collection import CollectionState, Windows, find_collection, find_window
from tidegate.windows.describe_window import describe_window
from tidegate.windows.models import CollectionWindow, WindowState
from tidegate.windows.set_window import WindowDays, end_window, set_window, use_window_again

AUGUST, OCTOBER, AUGUST_AFTER = date(2020, 8, 17), date(2020, 10, 15), date(2021, 8, 15)
DAYS = WindowDays(AUGUST, AUGUST_AFTER, OCTOBER)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def window(year, administrator) -> CollectionWindow:
    """The window of CTE for everybody: it is open until August 15 after the school year."""
    return set_window("cte", year, DAYS, by=administrator)


@pytest.fixture
def closed(year) -> CollectionWindow:
    """A window that closed yesterday, whatever day it is."""
    yesterday = timezone.localdate() - ONE_DAY
    return CollectionWindow.objects.create(
        file_type="cte", school_year=year, opens=yesterday, due=yesterday, closes=yesterday
    )


def test_all_three_days_are_included(window):
    days = (AUGUST - ONE_DAY, AUGUST, OCTOBER, OCTOBER + ONE_DAY, AUGUST_AFTER, AUGUST_AFTER + ONE_DAY)
    assert [window.state_on(day) for day in days] == ["not_open", "open", "open", "overdue", "overdue", "closed"]


def test_without_a_window_a_file_type_is_open_and_nothing_is_said(year, district):
    found = find_collection("cte", year, district)
    assert (found.window, found.state_on(date(1999, 1, 1)), describe_window(found)) == (None, CollectionState.OPEN, "")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (AUGUST - ONE_DAY, "Opens August 17, 2020; closes August 15, 2021."),
        (OCTOBER, "Due October 15, 2020; closes August 15, 2021."),
        (OCTOBER + ONE_DAY, "Was due October 15, 2020; closes August 15, 2021."),
        (AUGUST_AFTER + ONE_DAY, "Closed on August 15, 2021. Ask the state data team to allow a late file."),
    ],
)
def test_each_day_has_one_sentence(window, year, district, day, sentence):
    assert describe_window(find_collection("cte", year, district), day=day) == sentence


def test_a_schools_own_window_goes_before_the_districts_and_everybodys(
    window, year, district, cte_school, administrator
):
    later = WindowDays(AUGUST, AUGUST_AFTER + ONE_DAY)
    of_district = set_window("cte", year, later, by=administrator, organization=district)
    assert find_window("cte", year, cte_school) == of_district
    latest = WindowDays(AUGUST, AUGUST_AFTER + 2 * ONE_DAY)
    own = set_window("cte", year, latest, by=administrator, organization=cte_school)
    windows = Windows.of(year)
    assert [windows.find("cte", each).window for each in (None, district, cte_school)] == [window, of_district, own]
    end_window(own.pk, by=administrator)
    assert find_window("cte", year, cte_school) == of_district


def test_an_earlier_window_is_set_again(window, year, administrator):
    set_window("cte", year, WindowDays(AUGUST, OCTOBER), by=administrator)
    again = use_window_again(window.pk, by=administrator)
    assert (again.due, again.closes, find_window("cte", year, None)) == (OCTOBER, AUGUST_AFTER, again)


def test_the_same_window_sent_twice_is_set_once(window, year, administrator):
    assert set_window("cte", year, DAYS, by=administrator) == window
    assert Event.objects.filter(act="window.set").count() == CollectionWindow.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (WindowDays(OCTOBER, AUGUST), "closes before it opens"),
        (WindowDays(AUGUST, OCTOBER, AUGUST_AFTER), "due day is not between"),
        (WindowDays(AUGUST, date(2062, 8, 15)), "years away from 2020-2021"),
        (WindowDays(date(202, 8, 15), OCTOBER), "years away from 2020-2021"),
    ],
)
def test_days_that_cannot_be_are_refused_with_a_sentence(year, administrator, days, sentence):
    with pytest.raises(Refusal, match=sentence):
        set_window("cte", year, days, by=administrator)
    assert not CollectionWindow.objects.exists()


def test_a_file_type_that_is_not_collected_gets_no_window(year, district, administrator):
    assert choose_collected(year, set(find_all()) - {"cte"}, by=administrator) == ["cte"]
    with pytest.raises(Conflict, match="CTE is not collected for 2020-2021"):
        set_window("cte", year, DAYS, by=administrator)
    assert find_collection("cte", year, district).state_on(OCTOBER) == CollectionState.NOT_COLLECTED
    choose_collected(year, find_all(), by=administrator)
    assert set_window("cte", year, DAYS, by=administrator).state_on(OCTOBER) == WindowState.OPEN


def test_only_the_state_sets_windows_and_allows_late_files(window, year, district, specialist):
    acts = (
        lambda: set_window("cte", year, DAYS, by=specialist),
        lambda: end_window(window.pk, by=specialist),
        lambda: use_window_again(window.pk, by=specialist),
        lambda: choose_collected(year, [], by=specialist),
        lambda: allow_late("cte", year, district, until=timezone.localdate(), reason="A storm", by=specialist),
        lambda: end_allowance(1, by=specialist),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert find_window("cte", year, district) == window


def test_a_late_file_is_allowed_until_a_day_which_is_included(closed, year, district, cte_school, administrator):
    today = timezone.localdate()
    allowance = allow_late("cte", year, district, until=today, reason="A storm", by=administrator)
    for organization in (district, cte_school):
        found = find_collection("cte", year, organization)
        assert found.state_on(today) == CollectionState.LATE_ALLOWED
        assert found.state_on(today + ONE_DAY) == CollectionState.CLOSED
    assert find_collection("cte", year, None).state_on(today) == CollectionState.CLOSED
    end_allowance(allowance.pk, by=administrator)
    assert find_collection("cte", year, district).state_on(today) == CollectionState.CLOSED
    assert list(Event.objects.order_by("pk").values_list("act", flat=True))[-2:] == [
        "late_allowance.given",
        "late_allowance.ended",
    ]


def test_an_allowance_that_would_mean_nothing_is_refused(closed, year, district, administrator):
    today = timezone.localdate()

    def allow(until=today, *, file_type="cte", reason="A storm"):
        allow_late(file_type, year, district, until=until, reason=reason, by=administrator)

    with pytest.raises(Refusal, match="needs a reason"):
        allow(reason=" ")
    with pytest.raises(Refusal, match="open until"):
        allow(today - ONE_DAY)
    with pytest.raises(Refusal, match="more than a year away"):
        allow(today + timedelta(days=400))
    with pytest.raises(Conflict, match="no closing day"):
        allow(file_type="student-enrollment")
    closed.closes -= timedelta(days=9)
    CollectionWindow.objects.filter(pk=closed.pk).update(opens=closed.closes, due=closed.closes, closes=closed.closes)
    with pytest.raises(Refusal, match="has gone by"):
        allow(today - ONE_DAY)


def test_what_has_ended_is_not_ended_twice(window, administrator):
    end_window(window.pk, by=administrator)
    with pytest.raises(Conflict, match="changed or ended since"):
        end_window(window.pk, by=administrator)
    with pytest.raises(NotFound):
        end_window(0, by=administrator)
