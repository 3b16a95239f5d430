"""The audit log's page: who may see it, what it can be asked, and its CSV."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.web.world import STUDENT_ID
from tidegate.audit.models import Event
from tidegate.audit.record import record_event

ADDRESS = "/audit-log/"


@pytest.fixture
def administrator(signed_in):
    return signed_in("state administrator")


@pytest.fixture
def some_events(world):
    specialist = world.person("data specialist")
    for act in ("upload.sent", "upload.finished", "student.viewed"):
        record_event(act, by=specialist, organization=world.rock_star, school_year=world.year)
    record_event("upload.sent", by=world.person("CTE director"), organization=world.cte_school, subject=world.send())


def lines(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))


def asked(client, **filters) -> list[str]:
    return [line["Act"] for line in lines(client.get(f"{ADDRESS}events.csv", filters))]


def test_the_newest_event_stands_first(administrator, some_events, read):
    text = read(administrator.get(ADDRESS)).text
    assert text.index("Student: viewed") < text.index("Upload: finished")


def test_it_is_asked_by_person_organization_act_upload_and_day(administrator, some_events, world):
    upload = Event.objects.filter(subject_kind="upload").latest("id").subject_id
    today, yesterday = timezone.localdate(), timezone.localdate() - timedelta(days=1)
    assert asked(administrator, act="upload.sent") == ["upload.sent", "upload.sent"]
    assert asked(administrator, person="DATA.specialist@example.org", act="student.viewed") == ["student.viewed"]
    assert asked(administrator, organization_id=world.cte_school.pk, act="upload.sent") == ["upload.sent"]
    assert asked(administrator, upload_id=upload) == ["upload.sent"]
    assert asked(administrator, act="upload.finished", first_day=today, last_day=today) == ["upload.finished"]
    assert asked(administrator, last_day=yesterday) == []


def test_the_first_and_the_last_day_of_the_calendar_ask_for_everything(administrator, some_events):
    ends = {"first_day": "0001-01-01", "last_day": "9999-12-31", "act": "student.viewed"}
    assert len(administrator.get(ADDRESS, ends).context["events"]) == 1
    assert asked(administrator, **ends) == ["student.viewed"]


def test_older_events_stand_on_further_pages(administrator, db, read):
    for number in range(120):
        record_event("focus.saved", by=None, number=number)
    first = administrator.get(ADDRESS, {"act": "focus.saved"})
    seen = [event.details["number"] for event in first.context["events"]]
    second = administrator.get(ADDRESS, {"act": "focus.saved", "before": first.context["older"]})
    seen += [event.details["number"] for event in second.context["events"]]
    assert seen == list(range(119, 19, -1))
    assert "Older events" in read(second).text


def test_nonsense_in_a_filter_is_said_and_breaks_nothing(administrator, read):
    response = administrator.get(ADDRESS, {"first_day": "soon", "before": "x", "organization_id": "a"})
    assert response.status_code == 422
    assert "Enter a valid date" in read(response).text


def test_looking_at_the_log_is_an_event_itself(administrator, some_events):
    administrator.get(ADDRESS)
    lines(administrator.get(f"{ADDRESS}events.csv"))
    assert Event.objects.filter(act__in=["audit.viewed", "audit.downloaded"]).count() == 2


def test_no_cell_of_the_csv_starts_a_formula(administrator, db):
    record_event("upload.sent", by=None, school_year=type("Year", (), {"name": "=1+1"})())
    (line,) = lines(administrator.get(f"{ADDRESS}events.csv", {"act": "upload.sent"}))
    assert line["School year"] == "'=1+1"


def test_a_person_without_the_right_learns_nothing(signed_in, some_events, read):
    response = signed_in("data specialist").get(ADDRESS)
    assert response.status_code == 403
    assert "Student: viewed" not in read(response).text


def test_ids_are_written_as_ids_and_lead_to_what_they_are_about(administrator, world, read):
    upload = world.send()
    record_event("upload.sent", by=None, organization=world.rock_star, subject=upload)
    for subject_id in (str(STUDENT_ID), "no ID"):
        Event.objects.create(act="student.viewed", subject_kind="student", subject_id=subject_id)
    page = administrator.get(ADDRESS).content.decode()
    assert "<td>1000</td>" in page
    for address in (f"/state-reporting-status/{upload.pk}/", f"/students/{STUDENT_ID}/"):
        assert f'href="{address}"' in page


def test_a_filter_that_cannot_be_read_gives_no_csv_of_everything(administrator, some_events):
    assert administrator.get(f"{ADDRESS}events.csv", {"organization_id": "x"}).status_code == 400
