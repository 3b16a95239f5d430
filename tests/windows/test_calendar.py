"""The calendar file as another program reads it: whole days, UIDs that stay, texts that are escaped."""

from datetime import date

import pytest
from icalendar import Calendar

from tidegate.uploads.lifecycle.decisions.close_year import close_year
from tidegate.windows.calendar import write_calendar
from tidegate.windows.choose_collected import choose_collected
from tidegate.windows.set_window import WindowDays, set_window

DAYS = WindowDays(date(2020, 8, 17), date(2021, 8, 15), date(2020, 10, 15))


@pytest.fixture
def written(district):
    """Write the calendar of the district and return its bytes and its events by their UIDs."""

    def write(today: date = date(2020, 9, 1)) -> tuple[bytes, dict]:
        content = write_calendar([district], site="example.org", address="https://example.org/status/", today=today)
        events = Calendar.from_ical(content).walk("VEVENT")
        return content, {str(event["uid"]): event for event in events}

    return write


def test_each_day_is_an_event_of_the_whole_day(year, written):
    set_window("cte", year, DAYS, by=None)
    _, events = written()
    assert sorted(events) == [f"cte-2020-2021-2000-{kind}@example.org" for kind in ("closes", "due", "opens")]
    closes = events["cte-2020-2021-2000-closes@example.org"]
    assert (closes.decoded("dtstart"), closes.decoded("dtend")) == (date(2021, 8, 15), date(2021, 8, 16))
    assert closes["dtstart"].params["VALUE"] == "DATE"
    assert closes["dtstamp"] is not None


def test_a_changed_window_moves_the_same_events(year, district, written):
    set_window("cte", year, DAYS, by=None)
    _, before = written()
    later = WindowDays(DAYS.opens, date(2021, 8, 20), DAYS.due)
    set_window("cte", year, later, by=None, organization=district)
    _, after = written()
    assert before.keys() == after.keys()
    assert after["cte-2020-2021-2000-closes@example.org"].decoded("dtstart") == date(2021, 8, 20)


def test_texts_are_escaped_and_lines_are_folded_by_octets(year, district, written):
    district.name = "Zoë’s, Björn’s; and the Åland Islands’ Public Schools \\ North " * 3
    set_window("cte", year, DAYS, by=None)
    content, events = written()
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert district.name.strip() in str(events["cte-2020-2021-2000-due@example.org"]["summary"])


def test_what_is_over_or_not_collected_is_left_out(year, written):
    set_window("cte", year, DAYS, by=None)
    assert not written(date(2023, 1, 1))[1]
    choose_collected(year, [], by=None)
    assert not written()[1]
    choose_collected(year, ["cte"], by=None)
    assert written()[1]
    close_year(year, by=None)
    assert not written()[1]
