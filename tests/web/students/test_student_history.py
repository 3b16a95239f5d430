"""The History tab of the Student screen: the time line, the day that is asked for, and every version."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from tests.web.world import STUDENT, STUDENT_ID
from tidegate.audit.models import Event
from tidegate.records.changes import note_change
from tidegate.records.models import ChangeKind, Enrollment
from tidegate.states.maine.models import CteRecord

HISTORY = f"/students/{STUDENT_ID}/history/"
OCTOBER, NOVEMBER, DECEMBER = (datetime(2020, month, 1, 15, tzinfo=UTC) for month in (10, 11, 12))


@pytest.fixture
def corrected(world):
    """Bring a CTE record in October, correct its code and its credits in November; return both uploads."""
    uploads = [world.send(file_name="october.csv"), world.send(file_name="november.csv")]
    first = CteRecord.objects.get()
    CteRecord.objects.update(
        began_with=uploads[0].pk, valid_from=OCTOBER, ended_with=uploads[1].pk, replaced_at=NOVEMBER
    )
    first.pk, first.began_with, first.valid_from = None, uploads[1].pk, NOVEMBER
    first.cte_code, first.credits_earned = "48.0508", "2.00"
    first.save()
    Enrollment.objects.update(valid_from=OCTOBER)
    return uploads


def test_every_version_says_what_brought_it_and_what_ended_it(specialist, corrected, read):
    page = read(specialist.get(HISTORY))
    assert "2 versions of 1 CTE record" in page.text
    assert "New: october.csv Oct 1, 2020 11:00 AM" in page.text  # by the clock of the state
    assert "Replaced: november.csv Nov 1, 2020 10:00 AM" in page.text
    assert "Changed: november.csv Nov 1, 2020 10:00 AM" in page.text
    links = [a.get("href") for a in page.all("a")]
    assert {f"/state-reporting-status/{upload.pk}/" for upload in corrected} <= set(links)


def test_changed_fields_are_marked_against_the_version_before(specialist, corrected, read):
    page = read(specialist.get(HISTORY))
    assert "48.0508 was 01.0205" in page.text
    assert "2.00 was 1.50" in page.text
    assert len(page.all("mark")) == 2


def test_a_field_that_is_not_shown_is_named_by_no_value(specialist, corrected, world, read):
    upload = world.send()
    line = CteRecord.objects.get(replaced_at=None)
    CteRecord.objects.filter(pk=line.pk).update(replaced_at=DECEMBER, ended_with=upload.pk)
    line.pk, line.valid_from, line.began_with, line.school_student_id = None, DECEMBER, upload.pk, "L-777"
    line.save()
    text = read(specialist.get(HISTORY)).text
    assert "Version 3 also differs in a field that this page does not show" in text
    assert "L-777" not in text


def test_an_upload_of_others_is_named_by_its_number_alone(specialist, world, read):
    upload = world.send(world.cte_school, file_name="not-for-you.csv")
    CteRecord.objects.update(began_with=upload.pk, ended_with=upload.pk, replaced_at=timezone.now())
    text = read(specialist.get(HISTORY)).text
    assert f"New: Upload {upload.pk}" in text
    assert f"Undo of upload {upload.pk}" in text
    assert "not-for-you.csv" not in text


def test_a_version_that_nothing_followed_was_withdrawn(specialist, corrected, world, read):
    upload = world.send(file_name="everything.csv")
    CteRecord.objects.filter(replaced_at=None).update(ended_with=upload.pk, replaced_at=DECEMBER)
    assert "Withdrawn: everything.csv Dec 1, 2020" in read(specialist.get(HISTORY)).text


def test_an_undo_takes_back_a_version_and_puts_back_another(specialist, corrected, read):
    CteRecord.objects.filter(replaced_at=None).update(replaced_at=DECEMBER, ended_with=corrected[1].pk)
    copy = CteRecord.objects.get(began_with=corrected[0].pk)
    copy.pk, copy.replaced_at, copy.ended_with, copy.restored_at = None, None, None, DECEMBER
    copy.save()
    text = read(specialist.get(HISTORY)).text
    assert "3 versions of 1 CTE record" in text
    assert "Undone: Undo of november.csv Dec 1, 2020 10:00 AM" in text
    assert "Put back: Undo of november.csv Dec 1, 2020 10:00 AM first came with october.csv" in text
    drawn = {day: time_line(specialist, as_of=day) for day in ("2020-10-31", "2020-11-30", "2020-12-01")}
    assert [("01.0205" in text, "48.0508" in text) for text in drawn.values()] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_what_an_undo_puts_back_after_a_withdrawal_is_the_same_line(specialist, corrected, world, read):
    upload = world.send(file_name="everything.csv")
    line = CteRecord.objects.get(replaced_at=None)
    CteRecord.objects.filter(pk=line.pk).update(ended_with=upload.pk, replaced_at=DECEMBER)
    line.pk, line.restored_at = None, datetime(2020, 12, 2, 15, tzinfo=UTC)
    line.save()
    text = read(specialist.get(HISTORY)).text
    assert "3 versions of 1 CTE record" in text
    assert "Put back: Undo of everything.csv Dec 2, 2020 10:00 AM first came with november.csv" in text


def test_a_correction_by_hand_says_who_made_it_and_why(specialist, corrected, world, read):
    line = CteRecord.objects.get(replaced_at=None)
    change = note_change(
        ChangeKind.BY_HAND, by=world.person("data specialist"), organization=world.rock_star, reason="Typing error"
    )
    CteRecord.objects.filter(pk=line.pk).update(ended_with=change.pk, replaced_at=DECEMBER)
    line.pk, line.began_with, line.valid_from, line.credits_earned = None, change.pk, DECEMBER, "1.00"
    line.save()
    said = "Correction by hand Dec 1, 2020 10:00 AM by Data Specialist “Typing error”"
    text = read(specialist.get(HISTORY)).text
    assert f"Replaced: {said}" in text
    assert f"Changed: {said}" in text


def test_an_undo_that_is_a_change_of_its_own_says_who_made_it(specialist, corrected, world, read):
    by = world.person("data specialist")
    undo = note_change(ChangeKind.UNDO, by=by, undoes=corrected[1].pk, organization=world.rock_star, at=DECEMBER)
    CteRecord.objects.filter(replaced_at=None).update(replaced_at=DECEMBER, ended_with=undo.pk)
    copy = CteRecord.objects.get(began_with=corrected[0].pk)
    copy.pk, copy.replaced_at, copy.ended_with, copy.restored_at = None, None, None, DECEMBER
    copy.save()
    text = read(specialist.get(HISTORY)).text
    assert "Undone: Undo of november.csv Dec 1, 2020 10:00 AM by Data Specialist" in text
    assert "Put back: Undo of november.csv Dec 1, 2020 10:00 AM by Data Specialist first came with october.csv" in text


def time_line(client, **query) -> str:
    """Return what the drawings say to a person who does not see them."""
    response = client.get(HISTORY, query)
    return " | ".join(track.in_words for track, _ in response.context["time_line"].drawings)


def test_a_day_shows_what_was_on_file_at_its_end(specialist, corrected, read):
    assert "01.0205" in time_line(specialist, as_of="2020-10-31")
    assert "48.0508" in time_line(specialist, as_of="2020-11-01")
    assert "48.0508" in time_line(specialist)
    page = read(specialist.get(HISTORY, {"as_of": "2020-10-31"}))
    assert "On file at the end of October 31, 2020" in page.text
    assert page.text.count("on file then") == 3  # two enrollments, and the first version of the record


def test_a_day_ends_by_the_clock_of_the_state(specialist, corrected):
    CteRecord.objects.filter(began_with=corrected[0].pk).update(replaced_at=datetime(2020, 11, 2, 3, tzinfo=UTC))
    CteRecord.objects.filter(began_with=corrected[1].pk).update(valid_from=datetime(2020, 11, 2, 3, tzinfo=UTC))
    assert "48.0508" in time_line(specialist, as_of="2020-11-01")  # in London it is the 2nd


def test_a_day_before_everything_says_that_nothing_was_on_file(specialist, corrected, read):
    assert "Nothing on file on September 1, 2020" in read(specialist.get(HISTORY, {"as_of": "2020-09-01"})).text


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("yesterday", "Write the day as 2020-10-15"),
        ("2020-02-30", "Write the day as 2020-10-15"),
        ("9999-12-31", "9999-12-31 has not come yet: choose today or an earlier day"),
    ],
)
def test_a_day_that_cannot_be_shown_says_so_and_shows_now(specialist, corrected, read, day, message):
    text = read(specialist.get(HISTORY, {"as_of": day})).text
    assert message in text
    assert "On file now" in text


def test_the_first_day_of_the_calendar_is_a_day(specialist, corrected):
    assert specialist.get(HISTORY, {"as_of": "0001-01-01"}).status_code == 200


def test_a_gap_and_a_line_outside_its_enrollment_are_drawn_and_said(specialist, world, read):
    Enrollment.objects.filter(enrollment_type="P").update(exit_date=date(2020, 12, 1))
    Enrollment.objects.create(
        student_id=STUDENT,
        school_year=world.year,
        sau=world.rock_star,
        school=world.high_school,
        enrollment_type="P",
        entry_date=date(2021, 1, 4),
    )
    Enrollment.objects.filter(enrollment_type="C").update(exit_date=date(2020, 9, 1))
    page = read(specialist.get(HISTORY))
    assert "Gap Primary No primary enrollment 2020-12-01 to 2021-01-04" in page.text
    assert "Begins outside the concurrent enrollment at Capital Area Technical Center" in page.text
    assert len([rect for rect in page.all("rect") if rect["class"] == "period gap"]) == 1
    assert len([svg for svg in page.all("svg") if svg.get("class") == "sign"]) == 1
    assert "Begins outside the concurrent enrollment" in time_line(specialist)


def test_a_line_without_its_enrollment_says_so(specialist, read):
    Enrollment.objects.filter(enrollment_type="C").update(replaced_at=timezone.now())
    assert "No concurrent enrollment at Capital Area Technical Center" in read(specialist.get(HISTORY)).text


def test_the_page_takes_as_many_queries_for_many_versions(
    specialist, corrected, world, django_assert_max_num_queries, django_assert_num_queries
):
    specialist.get("/")  # the first page renews the session
    with django_assert_max_num_queries(25) as few:
        specialist.get(HISTORY)
    line = CteRecord.objects.get(replaced_at=None)
    for number in range(40):
        upload = world.send(world.cte_school if number % 2 else world.harbor)
        line.pk, line.began_with, line.ended_with, line.replaced_at = None, upload.pk, upload.pk + 1, DECEMBER
        line.save()
    with django_assert_num_queries(len(few)):
        specialist.get(HISTORY)


def test_whoever_looks_at_the_history_is_in_the_audit_log(specialist, corrected):
    specialist.get(HISTORY, {"as_of": "2020-10-31"})
    event = Event.objects.get(act="student.viewed")
    assert event.subject_id == str(STUDENT_ID)
    assert event.details == {"screen": "History", "as_of": "2020-10-31"}
