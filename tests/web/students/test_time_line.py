"""The time line as it is drawn."""

import re
from datetime import date

import pytest

from tidegate.web.plots.time_line import Bar, Look, TimeLine, Track

FIRST, LAST = date(2020, 7, 1), date(2021, 6, 30)


def draw(*bars: Bar, mark: date = date(2021, 1, 1)) -> str:
    """Return the drawing of a single track."""
    ((_, drawing),) = TimeLine(FIRST, LAST, mark, "today", [Track("Primary", bars, "words")]).drawings
    return drawing


def bar(first: date, end: date | None, **fields) -> Bar:
    return Bar(**{"first": first, "end": end, "label": "School", "look": Look.FILLED} | fields)


def boxes(drawing: str) -> list[tuple[str, str, str, str]]:
    """Return class, place, width and height from above of each box."""
    return re.findall(r'<rect class="(period [^"]*)" x="([^"]*)" width="([^"]*)" y="([^"]*)"', drawing)


def test_a_bar_stands_where_its_days_are():
    assert boxes(draw(bar(FIRST, date(2021, 7, 1)))) == [("period filled", "0%", "100%", "3")]
    assert boxes(draw(bar(date(2020, 9, 12), date(2020, 11, 24)))) == [("period filled", "20%", "20%", "3")]


def test_a_bar_without_an_end_goes_on_as_an_outline_after_the_mark():
    drawing = draw(bar(date(2020, 9, 12), None), mark=date(2020, 11, 23))
    assert [box[:3] for box in boxes(drawing)] == [("period filled", "20%", "20%"), ("period onward", "40%", "60%")]
    assert 'class="arrow on-onward"' in drawing


@pytest.mark.parametrize("end", [None, date(2022, 1, 1)])
def test_a_bar_that_lasts_beyond_the_year_ends_with_an_arrow(end):
    drawing = draw(bar(FIRST, end), mark=date(2026, 1, 1))
    assert [box[:3] for box in boxes(drawing)] == [("period filled", "0%", "100%")]
    assert 'class="arrow on-filled"' in drawing


def test_bars_at_the_same_time_stand_below_each_other():
    day = date(2020, 12, 1)
    drawing = draw(bar(FIRST, day), bar(date(2020, 11, 1), None), bar(day, date(2021, 1, 1)), bar(day, day))
    assert [box[3] for box in boxes(drawing) if box[0] != "period onward"] == ["3", "31", "3", "59"]
    assert 'height="84"' in drawing


@pytest.mark.parametrize("days", [(LAST, FIRST), (date(1, 1, 1), date(1, 1, 2)), (date.max, date.max)])
def test_odd_days_never_break_the_drawing(days):
    assert all(not width.startswith("-") for _, _, width, _ in boxes(draw(bar(*days))))
    assert draw(bar(days[0], None))


def test_a_bar_that_does_not_fit_has_a_sign_and_not_only_a_colour():
    assert ">!</text>" in draw(bar(FIRST, None, is_wrong=True))
    assert ">!</text>" not in draw(bar(FIRST, None))


def test_the_mark_is_drawn_within_the_year_alone():
    assert 'class="mark"' in draw(mark=LAST)
    assert 'class="mark"' not in draw(mark=date(2021, 7, 1))


def test_every_month_has_a_name_but_for_those_after_a_year():
    names = re.findall(r">([A-Z][^<]*)</text>", TimeLine(FIRST, LAST, LAST, "today", []).scale)
    assert names == ["Jul 2020", "Sep", "Oct", "Nov", "Dec", "Jan 2021", "Mar", "Apr", "May", "Jun"]


def test_a_year_that_begins_within_a_month_is_drawn():
    scale = TimeLine(date(2020, 8, 15), date(2021, 8, 14), LAST, "today", []).scale
    assert scale.count("<text") == 11


def test_labels_are_text_and_need_no_style():
    drawing = draw(bar(FIRST, None, label="<b>& Sons"))
    assert "&lt;b&gt;&amp; Sons" in drawing
    assert "style" not in drawing
    assert "id=" not in drawing
