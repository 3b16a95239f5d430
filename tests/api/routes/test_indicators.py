"""The Perkins indicators and whom to ask after leaving school, asked for by a program."""

import csv
import io
from datetime import date

import psycopg
import pytest
from django.test import Client

from tests.web.page import Page
from tests.web.world import STUDENT, STUDENT_ID, add_leavers
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.count_ahead import count_ahead
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accounts.models import Scope
from tidegate.audit.models import Event
from tidegate.records import public_ids
from tidegate.records.models import Enrollment
from tidegate.reference.models import SchoolYear
from tidegate.states.maine.models import CteOutcome, CteRecord

FOLLOW_UP = "/api/v1/follow-up"
YEAR = {"school_year": "2020-2021"}


@pytest.fixture
def leaver(world) -> None:
    """The student is a concentrator who graduated in December, with college credits, and has not been asked."""
    left = {"exit_date": date(2020, 12, 18), "exit_type": "15"}
    Enrollment.objects.filter(student=STUDENT, enrollment_type="P").update(**left)
    line = CteRecord.objects.get()
    CteRecord.objects.update(postsecondary_credits=3)
    line.pk, line.start_date = None, date(2020, 10, 2)
    line.save()


@pytest.fixture
def snapshot(world, leaver) -> Snapshot:
    """A snapshot at the end of the year."""
    snapshot = take_snapshot(find_period("cte-year-end"), world.year, by=None, on=date(2021, 6, 20))
    count_ahead(snapshot)  # as the command and the worker do that take one
    return snapshot


@pytest.fixture
def numbers(snapshot) -> str:
    return f"/api/v1/snapshots/{snapshot.pk}/indicators"


def content_of(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def totals(answer) -> dict[str, tuple]:
    counts = [each["counts"][0] for each in answer.json()["indicators"]]
    assert {(each["category"], each["key"]) for each in counts} == {("all", "")}
    return {each["indicator"]: (each["numerator"], each["denominator"], each["percent"]) for each in counts}


def test_a_program_reads_each_indicator_or_why_it_has_no_data(client_of, numbers):
    answer = client_of("data specialist").get(numbers)
    found = totals(answer)
    assert (found["5S2"], found["5S1"], found["3S1"]) == ((1, 1, "100.00"), (0, 1, "0.00"), (0, 1, "0.00"))
    assert found["2S1"] == (None, None, None)
    said = {each["indicator"]: each for each in answer.json()["indicators"]}
    assert said["2S1"]["why_no_data"] == "No file type brings the results of the state's tests"
    assert (said["5S2"]["why_no_data"], said["5S2"]["to_confirm"]) == ("", True)
    assert answer.json()["assumed"]["course_unit"]
    by_school = [each for each in said["5S2"]["counts"] if each["category"] == "school"]
    assert [(each["key"], each["name"]) for each in by_school] == [("2001", "Capital Area Technical Center")]


def test_the_numbers_as_csv_are_those_of_the_page(client_of, world, numbers):
    content = content_of(client_of("data specialist").get(numbers, headers={"Accept": "text/csv"}))
    browser = Client()
    browser.force_login(world.person("data specialist"))
    assert content == content_of(browser.get(f"{numbers.removeprefix('/api/v1')}.csv"))
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Percent"] for row in rows if (row["Indicator"], row["By"]) == ("5S2", "all")] == ["100.00"]
    assert Event.objects.filter(act="snapshot.counts_downloaded", details__by_token=True).exists()


def test_all_indicators_are_read_with_few_queries(client_of, world, numbers, monkeypatch):
    asked = []
    execute = psycopg.Cursor.execute
    # Reports ask by psycopg's own cursor, past what Django counts.
    monkeypatch.setattr(psycopg.Cursor, "execute", lambda *given, **named: asked.append(1) or execute(*given, **named))
    client, browser = client_of("data specialist"), Client()
    browser.force_login(world.person("state administrator"))
    page = numbers.removeprefix("/api/v1")
    department = page.replace("indicators", "department")
    for program, address in ((client, numbers), (browser, f"{page}/"), (browser, f"{department}/")):
        program.get(address)  # what is counted is stored from now on
        asked.clear()
        assert program.get(address).status_code == 200
        assert 8 < len(asked) <= 30, address


def test_a_program_reads_the_students_behind_a_number(client_of, world, numbers):
    of_number = {"indicator": "5S2", "category": "school", "key": "2001"}
    student = {"student_number": STUDENT, "school": "2001", "program": "01.0205", "is_met": True}
    for role, place in (("data specialist", world.rock_star), ("CTE director", world.cte_school)):
        for part, behind in (("numerator", [student]), ("denominator", [student]), ("not-met", [])):
            page = client_of(role, place).get(f"{numbers}/students", of_number | {"part": part}).json()
            assert page == {"students": behind, "next_start": None}
    seen = Event.objects.filter(act="snapshot.students_viewed", details__by_token=True).order_by("pk").first()
    assert (seen.details["students"], seen.details["by_values_of"]) == ([str(STUDENT_ID)], ["5S2", "school"])


def test_the_page_shows_the_students_behind_a_number(world, snapshot):
    browser = Client()
    browser.force_login(world.person("data specialist"))
    address = f"/snapshots/{snapshot.pk}/indicators/students/"
    page = browser.get(address, {"indicator": "5S2", "category": "school", "key": "2001", "part": "numerator"})
    shown = Page(page.content.decode())
    assert shown.broken() == []
    assert f"{STUDENT} Quill, Rowan Capital Area Technical Center Agricultural Mechanics Met" in shown.text
    assert browser.get(address, {"indicator": "5S2", "category": "shoe size"}).status_code == 404


def test_a_program_elsewhere_reads_no_student_and_no_number_of_others(client_of, world, numbers):
    elsewhere = client_of("specialist elsewhere", world.harbor)
    assert totals(elsewhere.get(numbers))["5S2"] == (0, 0, None)
    assert elsewhere.get(f"{numbers}/students", {"indicator": "5S2"}).json() == {"students": [], "next_start": None}


def test_students_come_in_pages(client_of, numbers, monkeypatch):
    monkeypatch.setattr("tidegate.api.routes.indicators._ROWS_PER_PAGE", 1)
    line = CteRecord.objects.first()
    line.pk, line.cte_code = None, "43.0107"
    line.save()
    other = CteRecord.objects.get(cte_code="43.0107")
    other.pk, other.start_date = None, date(2020, 11, 2)
    other.save()
    year = SchoolYear.objects.get(first=2020)
    taken = take_snapshot(find_period("cte-year-end"), year, by=None, on=date(2021, 6, 20))
    client, found, start = client_of("data specialist"), [], 0
    while start is not None:
        asked = {"indicator": "5s2", "start": start}
        page = client.get(f"/api/v1/snapshots/{taken.pk}/indicators/students", asked).json()
        found += [each["program"] for each in page["students"]]
        start = page["next_start"]
    assert found == ["01.0205", "43.0107"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 422),
        ({"indicator": "9S9"}, 404),
        ({"indicator": "5S2", "category": "shoe size"}, 404),
        ({"indicator": "5S2", "part": "half"}, 422),
        ({"indicator": "5S2", "key": "\x00"}, 422),
        ({"indicator": "5S2", "start": -1}, 422),
        ({"indicator": "2S1"}, 200),
    ],
)
def test_students_of_no_such_number_are_declined(client_of, numbers, asked, status):
    assert client_of("data specialist").get(f"{numbers}/students", asked).status_code == status


def test_whom_to_ask_is_read_on_both_sides_and_nowhere_else(client_of, world, leaver):
    asked = {
        "student_number": STUDENT,
        "school": 2001,
        "program": "01.0205",
        "left_on": "2020-12-18",
        "ask_from": "2021-04-01",
        "ask_until": "2021-06-30",
        "answer": "",
        "answer_in_words": "",
        "is_late": True,
    }
    page = {"students": [asked], "count": 1, "open_count": 1, "next_start": None, "next_cursor": None}
    assert client_of("data specialist").get(FOLLOW_UP, YEAR).json() == page
    assert client_of("CTE director", world.cte_school).get(FOLLOW_UP, YEAR).json() == page
    nobody = {"students": [], "count": 0, "open_count": 0, "next_start": None, "next_cursor": None}
    assert client_of("specialist elsewhere", world.harbor).get(FOLLOW_UP, YEAR).json() == nobody
    assert client_of("data specialist").get(FOLLOW_UP, YEAR | {"start": 1}).json()["students"] == []
    seen = Event.objects.filter(act="follow_up.viewed").order_by("pk").first()
    assert (seen.details["students"], seen.details["by_token"]) == ([str(STUDENT_ID)], True)


def test_an_answer_on_file_leaves_the_open_list(client_of, world, leaver):
    said = {"student_id": STUDENT, "school_year": world.year, "sau": world.cte_school.parent}
    CteOutcome.objects.create(**said, school=world.cte_school, cte_code="01.0205", placement="MILITARY")
    client = client_of("data specialist")
    (answered,) = client.get(FOLLOW_UP, YEAR).json()["students"]
    assert (answered["answer"], answered["is_late"]) == ("MILITARY", False)
    assert answered["answer_in_words"]
    only_open = client.get(FOLLOW_UP, YEAR | {"only_open": True}).json()
    assert (only_open["students"], only_open["count"], only_open["open_count"]) == ([], 1, 0)
    answer = content_of(client.get(FOLLOW_UP, YEAR, headers={"Accept": "text/csv"}))
    assert [row["Answer"] for row in csv.DictReader(io.StringIO(answer))] == ["MILITARY"]
    assert Event.objects.filter(act="follow_up.downloaded", details__by_token=True).exists()


def test_the_list_of_many_students_has_several_events(client_of, world, monkeypatch):
    monkeypatch.setattr(public_ids, "STUDENTS_PER_EVENT", 2)
    add_leavers(world, 3)
    answer = content_of(client_of("data specialist").get(FOLLOW_UP, YEAR, headers={"Accept": "text/csv"}))
    assert len(list(csv.DictReader(io.StringIO(answer)))) == 3
    events = Event.objects.filter(act="follow_up.downloaded", details__by_token=True)
    assert sorted(len(event.details["students"]) for event in events) == [1, 2]


def test_nobody_is_left_out_while_answers_are_sent(client_of, world, leaver, monkeypatch):
    monkeypatch.setattr("tidegate.api.routes.follow_up._ROWS_PER_PAGE", 2)
    programs = ("01.0205", "43.0107", "47.0604", "48.0508", "51.3902")
    line = CteRecord.objects.first()
    for line.cte_code in programs[1:]:
        line.pk = None
        line.save()
    client, asked, page = client_of("data specialist"), [], {"next_cursor": ""}
    said = {"student_id": STUDENT, "school_year": world.year, "sau": world.cte_school.parent}
    while page["next_cursor"] is not None:
        page = client.get(FOLLOW_UP, YEAR | {"only_open": True, "cursor": page["next_cursor"]}).json()
        assert STUDENT not in str(page["next_cursor"])
        for each in page["students"]:
            asked.append(each["program"])
            CteOutcome.objects.create(**said, school=world.cte_school, cte_code=asked[-1], placement="MILITARY")
    assert tuple(asked) == programs


def test_pages_by_number_stay_as_they_were(client_of, leaver, monkeypatch):
    monkeypatch.setattr("tidegate.api.routes.follow_up._ROWS_PER_PAGE", 1)
    line = CteRecord.objects.first()
    line.pk, line.cte_code = None, "43.0107"
    line.save()
    client = client_of("data specialist")
    first = client.get(FOLLOW_UP, YEAR).json()
    second = client.get(FOLLOW_UP, YEAR | {"start": first["next_start"]}).json()
    assert [each["program"] for page in (first, second) for each in page["students"]] == ["01.0205", "43.0107"]
    assert (first["next_start"], second["next_start"], second["next_cursor"]) == (1, None, None)


@pytest.mark.parametrize("cursor", ["x", "\x00", "WyJhIl0:1abcde:eHh4"])
def test_a_cursor_of_no_place_says_to_begin_again(client_of, leaver, cursor):
    answer = client_of("data specialist").get(FOLLOW_UP, YEAR | {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR")


def test_what_a_token_may_not_read_is_declined(client_of, numbers):
    sender, reader = client_of("data specialist", scopes=(Scope.SEND,)), client_of("data specialist")
    for path, asked in ((numbers, {}), (f"{numbers}/students", {"indicator": "5S2"}), (FOLLOW_UP, YEAR)):
        assert sender.get(path, asked).status_code == 403
        assert Client().get(path, asked).status_code == 401
    assert reader.get(FOLLOW_UP, YEAR | {"organization": 3000}).status_code == 404
    assert reader.get(FOLLOW_UP, YEAR | {"organization": 1001}).json()["count"] == 0
    assert reader.get(FOLLOW_UP).status_code == 422
    assert reader.get("/api/v1/snapshots/999999999/indicators").status_code == 404
