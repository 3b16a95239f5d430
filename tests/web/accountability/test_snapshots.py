"""The pages of periods and snapshots: own students, each number with its students, and what the state does."""

import csv
import io

import openpyxl
import pytest

from tests.web.world import STRANGER, STUDENT
from tidegate.accountability.models import Snapshot, SnapshotRequest
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.requests import carry_out
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment

PERIODS = "/periods/"
TAKE = "/periods/cte-october-count/take/"


@pytest.fixture
def snapshot(world) -> Snapshot:
    """A snapshot in which a student of each of the two SAUs is counted."""
    Enrollment.objects.create(
        student_id=STRANGER,
        school_year=world.year,
        sau=world.cte_school.parent,
        school=world.cte_school,
        enrollment_type="C",
        entry_date="2020-09-01",
    )
    return take_snapshot(find_period("cte-october-count"), world.year, by=None)


def address(snapshot: Snapshot, end: str = "") -> str:
    return f"/snapshots/{snapshot.pk}/{end}"


def counts(client, snapshot: Snapshot) -> str:
    return b"".join(client.get(address(snapshot, "numbers.csv")).streaming_content).decode()


def test_each_sees_the_numbers_of_own_students_alone(signed_in, snapshot):
    expected = {"state administrator": 2, "CTE director": 2, "data specialist": 1, "specialist elsewhere": 1}
    for role, count in expected.items():
        assert f"student-count,All,,,,,{count}\r\n" in counts(signed_in(role), snapshot)
    assert "Harbor" not in counts(signed_in("data specialist"), snapshot)
    assert "Rock Star" not in counts(signed_in("specialist elsewhere"), snapshot)


@pytest.mark.parametrize("role", ["CTE director", "data specialist"])
def test_the_workbook_has_the_lines_of_the_csv_with_numbers(signed_in, snapshot, role):
    client = signed_in(role)
    book = b"".join(client.get(address(snapshot, "numbers.xlsx")).streaming_content)
    sheets = openpyxl.load_workbook(io.BytesIO(book))
    found = [[cell or "" for cell in row] for row in sheets["Numbers"].iter_rows(values_only=True)]
    header, *lines = csv.reader(io.StringIO(counts(client, snapshot)))
    assert found == [header, *([*texts, int(number)] for *texts, number in lines)]
    assert ("Hash (SHA-256)", snapshot.sha256) in sheets["Snapshot"].iter_rows(values_only=True)
    assert Event.objects.filter(act="snapshot.counts_downloaded").count() == 2


def test_bars_stand_beside_the_numbers_of_two_districts(signed_in, snapshot):
    both = signed_in("CTE director").get(address(snapshot)).content.decode()
    assert both.count('<figure class="plot lying">') == 2  # by program and by sender; there is one school
    assert 'aria-label="Harbor Public Schools: students 1"' in both
    assert "<figure" not in signed_in("data specialist").get(address(snapshot)).content.decode()


def test_a_number_opens_into_its_students_and_nobody_elses(signed_in, snapshot, read):
    page = read(signed_in("data specialist").get(address(snapshot, "students/?school=2001")))
    assert STUDENT in page.text
    assert STRANGER not in page.text
    both = read(signed_in("CTE director").get(address(snapshot, "students/?school=2001"))).text
    assert STUDENT in both
    assert STRANGER in both
    none = read(signed_in("data specialist").get(address(snapshot, "students/?school=2001&program=99.9999"))).text
    assert "No such student" in none


def test_the_file_of_a_numbers_students_has_own_students_alone(signed_in, snapshot):
    for role, numbers in (("CTE director", [STUDENT, STRANGER]), ("data specialist", [STUDENT])):
        answer = signed_in(role).get(address(snapshot, "students.csv?school=2001"))
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        assert sorted(row["StateStudentNumber"] for row in rows) == sorted(numbers)
        assert {row["SchoolName"] for row in rows} == {"Capital Area Technical Center"}
        event = Event.objects.filter(act="snapshot.students_downloaded").latest("pk")
        assert (event.details["by_values_of"], len(event.details["students"])) == (["school"], len(numbers))


def test_looking_at_students_is_recorded_with_who_they_were(signed_in, snapshot):
    signed_in("data specialist").get(address(snapshot, "students/?sau=1000"))
    event = Event.objects.get(act="snapshot.students_viewed")
    assert event.details == {"by_values_of": ["sau"], "students": ["11111111-1111-4111-8111-111111111111"]}


def test_a_mad_address_is_a_page_without_students(signed_in, snapshot):
    client = signed_in("state administrator")
    for query in ("school=%00", "gender=" + "x" * 5000, "page=-1", "page=99999999999999999999", "school='"):
        assert client.get(address(snapshot, f"students/?{query}")).status_code == 200


def test_the_state_takes_reviews_and_reopens_a_snapshot(signed_in, world, read):
    client = signed_in("state administrator")
    assert "No snapshot in 2020-2021" in read(client.get(PERIODS)).text
    response = client.post(TAKE, follow=True)
    asked = SnapshotRequest.objects.get()
    assert response.redirect_chain == [(f"{PERIODS}requests/{asked.pk}/", 302)]
    assert "Step 1 of 2: it waits for its turn" in read(response).text
    assert "A snapshot is being taken" in read(client.get(PERIODS)).text
    carry_out(asked.pk)
    taken = Snapshot.objects.get()
    assert f"Snapshot {taken.pk} was taken." in read(client.get(f"{PERIODS}requests/{asked.pk}/")).text
    assert taken.sha256 in read(client.get(address(taken))).text.replace("\u200b", "").replace(" ", "")
    client.post(address(taken, "review/"))
    assert "Reviewed" in read(client.get(PERIODS)).text
    assert client.post(address(taken, "reopen/"), {"reason": " "}).status_code == 400
    client.post(address(taken, "reopen/"), {"reason": "A center was late"})
    assert "A center was late" in read(client.get(address(taken))).text
    acts = Event.objects.filter(act__startswith="snapshot.", person_email__startswith="state")
    assert [act for act in acts.order_by("pk").values_list("act", flat=True) if act != "snapshot.viewed"] == [
        "snapshot.asked",
        "snapshot.taken",
        "snapshot.reviewed",
        "snapshot.reopened",
    ]


def test_what_stands_against_a_snapshot_is_said_on_the_page(signed_in, snapshot, read):
    client = signed_in("state administrator")
    client.post(TAKE)
    asked = SnapshotRequest.objects.get()
    Snapshot.objects.filter(pk=snapshot.pk).update(state="certified")  # meanwhile
    carry_out(asked.pk)
    page = read(client.get(f"{PERIODS}requests/{asked.pk}/"))
    assert page.broken() == []
    assert f"No snapshot was taken. Snapshot {snapshot.pk} of CTE October Student Count" in page.text
    assert "Reopen it with a reason before another one is taken." in page.text
    Snapshot.objects.filter(pk=snapshot.pk).update(state="open")
    assert "The last one was not taken" in read(client.get(PERIODS)).text


@pytest.mark.parametrize("role", ["data specialist", "CTE director", "viewer", "specialist elsewhere", "nobody"])
def test_nobody_else_takes_or_moves_one(signed_in, snapshot, role):
    client = signed_in(role)
    for to in (TAKE, address(snapshot, "review/"), address(snapshot, "reopen/")):
        assert client.post(to, {"reason": "Mine"}).status_code == 403
    assert Snapshot.objects.get().state == "snapshot"
