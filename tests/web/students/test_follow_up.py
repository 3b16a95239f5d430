"""Follow-up: whom to ask after leaving school, as a file."""

import csv
import io

from tests.web.world import STUDENT_ID, add_leavers
from tidegate.audit.models import Event
from tidegate.overview import follow_up
from tidegate.records import public_ids
from tidegate.records.models import Enrollment, Student


def downloaded(client) -> list[dict[str, str]]:
    content = b"".join(client.get("/follow-up.csv").streaming_content).decode()
    return list(csv.DictReader(io.StringIO(content)))


def test_a_file_of_many_students_has_several_events(signed_in, world, monkeypatch):
    monkeypatch.setattr(public_ids, "STUDENTS_PER_EVENT", 2)
    monkeypatch.setattr(follow_up, "_ROWS_PER_PIECE", 2)
    add_leavers(world, 5)
    rows = downloaded(signed_in("state administrator"))
    assert [row["StateStudentID"] for row in rows] == [str(910_000_000 + number) for number in range(5)]
    events = Event.objects.filter(act="follow_up.downloaded")
    assert sorted(len(event.details["students"]) for event in events) == [1, 2, 2]
    noted = {student for event in events for student in event.details["students"]}
    leavers = Student.objects.filter(number__startswith="91")
    assert noted == {str(each) for each in leavers.values_list("public_id", flat=True)}


def test_the_file_and_its_event_name_whom_to_ask(signed_in, world):
    director = signed_in("CTE director")
    assert downloaded(director) == []
    Enrollment.objects.filter(enrollment_type="P").update(exit_date="2020-12-18", exit_type="15")
    assert [(row["LastName"], row["AskFrom"]) for row in downloaded(director)] == [("Quill", "2021-04-01")]
    noted = [event.details["students"] for event in Event.objects.filter(act="follow_up.downloaded").order_by("pk")]
    assert noted == [[], [str(STUDENT_ID)]]
