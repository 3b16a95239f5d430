"""The pages of participants and concentrators: by a definition, by two, and of own students alone."""

import io
import zipfile

import openpyxl
import pytest

from tests.web.world import STRANGER, STRANGER_ID, STUDENT, STUDENT_ID
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.audit.models import Event
from tidegate.records import public_ids
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord


@pytest.fixture
def snapshot(world) -> Snapshot:
    """A snapshot with a concentrator by one definition alone, and a student of another SAU without a line."""
    line = CteRecord.objects.get()
    CteRecord.objects.update(credits_earned="0.5")
    line.pk, line.credits_earned = None, "0.5"
    line.save()
    of_stranger = {"sau": world.cte_school.parent, "school": world.cte_school, "enrollment_type": "C"}
    Enrollment.objects.create(student_id=STRANGER, school_year=world.year, entry_date="2020-09-01", **of_stranger)
    return take_snapshot(find_period("cte-october-count"), world.year, by=None)


def address(snapshot: Snapshot, end: str = "/") -> str:
    return f"/snapshots/{snapshot.pk}/participation{end}"


def csv_of(client, path: str) -> list[str]:
    return b"".join(client.get(path).streaming_content).decode().splitlines()


def test_the_page_says_what_is_assumed_and_calls_it_a_proxy(signed_in, snapshot, read):
    text = read(signed_in("state administrator").get(address(snapshot))).text
    assert "These numbers are a proxy" in text
    assert "The file has no courses, so each line that earned credits stands for one" in text
    assert "Has completed 2 courses in a single program, and stays one" in text


def test_two_definitions_show_what_the_second_does(signed_in, snapshot, read):
    page = read(signed_in("CTE director").get(address(snapshot, "/?definition=2024-2025&than=2020-2021")))
    assert "From the definition of 2020-2021 to that of 2024-2025" in page.text
    assert "−1 1 fewer" in page.text
    only = "/students/?definition=2020-2021&measure=concentrators&school=2001&unlike=2024-2025"
    assert STUDENT in read(signed_in("CTE director").get(address(snapshot, only))).text


def test_each_sees_own_students_alone(signed_in, snapshot, read):
    for role, seen, unseen in (("data specialist", STUDENT, STRANGER), ("specialist elsewhere", STRANGER, STUDENT)):
        text = read(signed_in(role).get(address(snapshot, "/students/"))).text
        assert seen in text
        assert unseen not in text
        assert unseen not in "".join(csv_of(signed_in(role), address(snapshot, "/students.csv")))
    event = Event.objects.filter(act="snapshot.students_viewed").first()
    assert event.details["students"]


def test_a_download_says_which_students_it_showed(signed_in, snapshot, monkeypatch):
    monkeypatch.setattr(public_ids, "STUDENTS_PER_EVENT", 1)
    csv_of(signed_in("state administrator"), address(snapshot, "/students.csv"))
    csv_of(signed_in("state administrator"), address(snapshot, "/students.csv?measure=one-short&school=1001"))
    events = Event.objects.filter(act="snapshot.students_downloaded").order_by("pk")
    assert [each.details["students"] for each in events] == [[str(STUDENT_ID)], [str(STRANGER_ID)], []]


def test_who_is_enrolled_and_has_no_line_is_a_list(signed_in, snapshot, read):
    text = read(signed_in("CTE director").get(address(snapshot, "/students/?measure=no-line&school=2001"))).text
    assert STRANGER in text
    assert STUDENT not in text


def test_the_downloads_have_both_definitions_and_the_difference(signed_in, snapshot):
    both = "?definition=2020-2021&definition=2024-2025"
    lines = csv_of(signed_in("state administrator"), address(snapshot, f".csv{both}"))
    assert "2020-2021,Yes,All,,,,,2,1,1,0,1,1" in lines
    assert "2024-2025,Yes,All,,,,,2,1,1,1,0,1" in lines
    assert "2024-2025 less 2020-2021,Yes,All,,,,,0,,0,,-1," in lines
    book = b"".join(signed_in("state administrator").get(address(snapshot, f".xlsx{both}")).streaming_content)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"One credit is taken for one course" in b"".join(map(parts.read, parts.namelist()))
    numbers = openpyxl.load_workbook(io.BytesIO(book))["Numbers"].iter_rows(values_only=True)
    assert ("2020-2021", "Yes", "All", None, None, None, None, 2, 1, 1, 0, 1, 1) in numbers


def test_a_year_without_a_definition_and_an_unknown_number_are_refused(signed_in, snapshot, read):
    client = signed_in("state administrator")
    response = client.get(address(snapshot, "/?definition=2019-2020"))
    assert response.status_code == 404
    assert "has no definition of participants and concentrators for 2019-2020" in read(response).text
    assert client.get(address(snapshot, "/?definition=x")).status_code == 400
    for query in ("measure=x", "measure=%00x"):
        assert client.get(address(snapshot, f"/students/?{query}")).status_code == 400
