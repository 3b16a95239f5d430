"""The Student screen."""

from tests.web.world import STUDENT_ID
from tidegate.accounts.focus import save_focus
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord

ENROLLMENTS, CTE = f"/students/{STUDENT_ID}/", f"/students/{STUDENT_ID}/cte/"


def test_the_enrollments_tab_shows_primary_and_concurrent(specialist, read):
    text = read(specialist.get(ENROLLMENTS)).text
    assert "Rowan Quill" in text
    assert "Rock Star High School Rock Star Public Schools Primary 11 2020-09-01" in text
    assert "Capital Area Technical Center Capital Public Schools Concurrent" in text


def test_the_cte_tab_is_the_student_cte_screen(specialist, read):
    page = read(specialist.get(CTE))
    assert "Student CTE, school year 2020-2021" in page.text
    assert "Capital Area Technical Center 01.0205 2020-09-02 1.50" in page.text
    assert [a["href"] for a in page.all("a") if a.get("aria-current") == "page"] == [CTE]


def test_a_line_leads_to_the_upload_that_brought_it(specialist, world, read):
    upload = world.send(file_name="october.csv")
    CteRecord.objects.update(began_with=upload.pk)
    page = read(specialist.get(CTE))
    assert f"/state-reporting-status/{upload.pk}/" in [a.get("href") for a in page.all("a")]
    assert "october.csv" in page.text


def test_an_upload_of_others_is_named_by_its_number_alone(specialist, world, read):
    upload = world.send(world.cte_school, file_name="not-for-you.csv")
    CteRecord.objects.update(began_with=upload.pk)
    page = read(specialist.get(CTE))
    assert f"Upload {upload.pk}" in page.text
    assert "not-for-you.csv" not in page.text


def test_a_line_of_the_reference_import_says_so(specialist, read):
    assert "Reference import" in read(specialist.get(ENROLLMENTS)).text


def test_what_was_replaced_is_not_shown(specialist, read):
    Enrollment.objects.filter(enrollment_type="C").update(replaced_at="2020-10-01T00:00:00Z")
    assert "Concurrent" not in read(specialist.get(ENROLLMENTS)).text


def test_a_year_without_lines_says_what_to_do(signed_in, world, read):
    save_focus(by=world.person("state administrator"), school_year=world.newer_year, organization=None)
    client = signed_in("state administrator")
    assert "No enrollment in 2026-2027" in read(client.get(ENROLLMENTS)).text
    assert "No CTE record in 2026-2027" in read(client.get(CTE)).text


def test_a_student_who_was_here_in_another_year_is_not_shown_for_this_one(specialist, world):
    save_focus(by=world.person("data specialist"), school_year=world.newer_year, organization=world.rock_star)
    assert specialist.get(ENROLLMENTS).status_code == 404


def test_whoever_looks_at_a_student_is_in_the_audit_log(specialist, world):
    specialist.get(CTE)
    event = Event.objects.get(act="student.viewed")
    assert (event.subject_id, event.person_id) == (str(STUDENT_ID), world.person("data specialist").pk)
