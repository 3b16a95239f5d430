"""The Student screen has a tab for each file type that stores lines of its own."""

import pytest

from tests.other_state.models import Apprenticeship, PracticeDay
from tests.web.world import STUDENT, STUDENT_ID
from tidegate.core.layouts.state_package import STATE, present_package

TAB = f"/students/{STUDENT_ID}/apprenticeships/"


@pytest.fixture
def other_state(monkeypatch):
    monkeypatch.setenv(STATE, "tests.other_state")
    present_package.cache_clear()
    yield
    monkeypatch.undo()
    present_package.cache_clear()


def test_a_tab_shows_what_its_file_type_stores_and_nothing_personal(specialist, world, other_state, read):
    where = {"sau": world.rock_star, "school": world.high_school, "school_year": world.year}
    Apprenticeship.objects.create(
        student_id=STUDENT, trade="BK", employer="Crumb", weeks=30, wage="12.50", began_on="2020-09-01",
        remark="is tired", **where
    )  # fmt: skip
    page = read(specialist.get(TAB))
    assert "Student Apprenticeships, school year 2020-2021" in page.text
    assert "BK Rock Star Public Schools Rock Star High School Crumb 30 12.50 2020-09-01" in page.text
    assert "tired" not in page.text
    tabs = [a["href"] for a in page.all("a") if a.get("href", "").startswith(f"/students/{STUDENT_ID}/")]
    forms = [link for link in tabs if link.endswith(("/add/", "/correct/", "/withdraw/"))]
    assert [link for link in tabs if link not in forms] == [
        f"/students/{STUDENT_ID}/", TAB, f"/students/{STUDENT_ID}/practice-days/", f"/students/{STUDENT_ID}/history/"
    ]  # fmt: skip
    assert [link.rpartition(TAB)[2].rpartition("/")[0].rpartition("/")[2] for link in forms] == [
        "correct", "withdraw", "add"
    ]  # fmt: skip


def test_a_tab_without_lines_says_where_they_come_from(specialist, other_state, read):
    text = read(specialist.get(f"/students/{STUDENT_ID}/practice-days/")).text
    assert "No practice day in 2020-2021" in text
    assert "Practice days come with the Practice Days file." in text


def test_there_is_no_tab_for_a_file_type_of_another_state(specialist, world, other_state):
    assert specialist.get(f"/students/{STUDENT_ID}/cte/").status_code == 404


def test_the_history_has_the_lines_of_every_file_type_and_nothing_personal(specialist, world, other_state, read):
    where = {"student_id": STUDENT, "school": world.high_school, "school_year": world.year}
    for remark, weeks, ended in (("is tired", 30, "2020-10-01T12:00Z"), ("is rested", 31, None)):
        Apprenticeship.objects.create(
            sau=world.rock_star, trade="BK", weeks=weeks, began_on="2020-09-01", remark=remark, began_with=None,
            valid_from="2020-10-01T12:00Z" if ended is None else "2020-09-01T12:00Z", replaced_at=ended, **where
        )  # fmt: skip
    PracticeDay.objects.create(day="2020-10-05", hours="2.5", **where)
    page = read(specialist.get(f"/students/{STUDENT_ID}/history/"))
    assert "2 versions of 1 apprenticeship" in page.text
    assert "31 was 30" in page.text
    assert "1 version of 1 practice day" in page.text
    assert "tired" not in page.text
    assert "rested" not in page.text
    drawings = [svg["aria-label"] for svg in page.all("svg") if svg.get("class") == "track"]
    assert "Practice Days: Rock Star High School from 2020-10-05 to 2020-10-05" in drawings
