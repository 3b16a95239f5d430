"""Rows that wait for a line of another file, on the page of their upload and on State Reporting Status."""

import io

import pytest
from django.utils import timezone

from tests.web.uploads.test_correct_rows import GOOD, address, processed, send
from tests.web.world import STRANGER, STUDENT
from tidegate.file_types import find
from tidegate.records.models import Enrollment
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import receive
from tidegate.uploads.lifecycle.waiting.load_waiting import load_waiting_rows
from tidegate.uploads.models import WaitingRow

STATUS = "/state-reporting-status/"


@pytest.fixture
def first(world):
    """Return an upload with a row whose student has no concurrent enrollment, and one whose student has neither."""
    Enrollment.objects.filter(student_id=STUDENT, enrollment_type="C").update(school=world.harbor)
    Enrollment.objects.filter(student_id=STRANGER).update(school=world.cte_school, enrollment_type="C")
    return send(world, [GOOD, [*GOOD[:2], STRANGER, *GOOD[3:]]])


def arrive(world) -> None:
    Enrollment.objects.filter(student_id=STUDENT, enrollment_type="C").update(school=world.cte_school)


def said(page) -> str:
    return " ".join(page.text.split())


def boxes(page) -> list[str]:
    return [each["value"] for each in page.all("input") if each.get("name") == "cause"]


def test_the_page_offers_to_wait_by_cause(specialist, first, read):
    page = read(specialist.get(address(first, "")))
    assert "2 rows have no other error than a missing enrollment" in said(page)
    assert 'Secondary enrollment not found at "Capital Area Technical Center": 1 row' in said(page)
    assert boxes(page) == ["1", "2"]
    assert page.broken() == []


def test_who_may_not_send_is_offered_nothing(signed_in, first, read):
    assert "Let these rows wait" not in read(signed_in("viewer").get(address(first, ""))).text
    assert signed_in("viewer").post(address(first, "wait/"), {"all": 1}).status_code == 403
    assert signed_in("specialist elsewhere").post(address(first, "wait/"), {"all": 1}).status_code == 404
    assert signed_in("specialist elsewhere").post(address(first, "stop-waiting/")).status_code == 404


def test_rows_of_the_marked_causes_wait(specialist, first, read):
    assert specialist.post(address(first, "wait/"), {"cause": ["1"]})["Location"] == address(first, "")
    page = read(specialist.get(address(first, "")))
    assert "1 row waits. It loads by itself, as an upload of its own, when the enrollment arrives" in said(page)
    assert "of these waiting 1" in said(page)
    assert boxes(page) == ["2"]
    assert "1 waits for an enrollment" in said(read(specialist.get(STATUS)))
    specialist.post(address(first, "wait/"), {"all": "1"})
    page = read(specialist.get(address(first, "")))
    assert "2 rows wait for an enrollment. They load by themselves when it arrives." in said(page)
    assert "There is nothing to do." in said(page)
    assert "Correct these rows" not in said(page)
    assert first.file_name not in read(specialist.get(f"{STATUS}?state=to_fix")).text


def test_nothing_marked_and_nothing_to_wait_say_so(specialist, first, world, read):
    answer = specialist.post(address(first, "wait/"))
    assert (answer.status_code, "No cause was chosen" in read(answer).text) == (404, True)
    answer = specialist.post(address(first, "wait/"), {"cause": ["x"]})
    assert answer.status_code == 404
    bad = send(world, [[*GOOD[:4], "43", *GOOD[5:]]])
    answer = specialist.post(address(bad, "wait/"), {"all": "1"})
    assert (answer.status_code, "No row of this upload can wait" in read(answer).text) == (409, True)
    answer = specialist.post(address(bad, "stop-waiting/"))
    assert (answer.status_code, "No row of this upload waits" in read(answer).text) == (409, True)


def test_what_was_loaded_after_waiting_is_linked_both_ways(specialist, first, world, read):
    specialist.post(address(first, "wait/"), {"all": "1"})
    arrive(world)
    (sent,) = load_waiting_rows(first.pk)
    process(upload_id=sent.pk)
    page = read(specialist.get(address(first, "")))
    assert f"1 row was loaded by upload {sent.pk}" in said(page)
    assert "1 of 2 rows are in, 1 waits for an enrollment" in said(page)
    assert "1 loaded after waiting" in said(read(specialist.get(STATUS)))
    own = read(specialist.get(address(sent, "")))
    assert "Loaded by itself 1 row that had waited for an enrollment" in said(own)
    assert f"upload {first.pk}" in said(own)
    assert own.broken() == []


def test_rows_that_waited_in_vain_say_why(specialist, first, read):
    specialist.post(address(first, "wait/"), {"all": "1"})
    WaitingRow.objects.update(state="ended", end="days")
    page = read(specialist.get(address(first, "")))
    assert "2 rows wait no more: what was missing did not arrive in time" in said(page)
    assert "Correct these rows" in said(page)
    assert "2 wait no more" in said(read(specialist.get(STATUS)))


def test_a_wait_is_stopped_on_the_page(specialist, first, read):
    specialist.post(address(first, "wait/"), {"all": "1"})
    assert specialist.post(address(first, "stop-waiting/"))["Location"] == address(first, "")
    assert boxes(read(specialist.get(address(first, "")))) == ["1", "2"]


def test_cte_outcome_rows_wait_for_a_cte_line(specialist, world, read):
    row = ["1000", "2001", STRANGER, "1", "01.0205", "", "", "PaidInternship", ""]
    content = "\n".join([",".join(find("cte-outcome").layout.columns), ",".join(row)]) + "\n"
    sent = processed(receive(
        file=io.BytesIO(content.encode()), file_name="outcomes.csv", file_type="cte-outcome",
        school_year=world.year, organization=world.rock_star, by=world.person("data specialist"),
    ))  # fmt: skip
    assert "1 row has no other error than a missing CTE line" in said(read(specialist.get(address(sent, ""))))
    specialist.post(address(sent, "wait/"), {"all": "1"})
    page = said(read(specialist.get(address(sent, ""))))
    assert "1 row waits for a CTE line. It loads by itself when it arrives." in page
    assert "as an upload of its own, when the CTE line arrives" in page
    assert "1 waits for a CTE line" in said(read(specialist.get(STATUS)))


def test_a_closed_year_offers_no_wait(specialist, first, world, read):
    assert boxes(read(specialist.get(address(first, "")))) == ["1", "2"]
    world.year.closed_at = timezone.now()
    world.year.save()
    assert boxes(read(specialist.get(address(first, "")))) == []
    assert specialist.post(address(first, "wait/"), {"all": "1"}).status_code == 409
