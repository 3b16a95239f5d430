"""The queue of possible duplicates, and the answer file beside the Result Log."""

from datetime import date

import pytest
from django.urls import reverse

from tests.web.world import STUDENT
from tidegate.audit.models import Event
from tidegate.records.models import AnswerLine, NumberRequest, Student


@pytest.fixture
def upload(world):
    return world.send(file_type="new-state-id", row_count=1, success_count=0, error_count=1, file_name="new.csv")


@pytest.fixture
def held(world, upload) -> NumberRequest:
    """A request of Rock Star Public Schools for a student of the names and birth date of one who is known."""
    names = {"last_name": "QUILL", "first_name": "Rowan", "date_of_birth": date(2004, 3, 9)}
    request = NumberRequest.objects.create(
        request_key="1", sau_id=1000, gender="F", grade_level="11", outcome="held", asked_by=upload.pk, **names
    )
    line = {"sau_id": "1000", "last_name": "QUILL", "first_name": "=Rowan", "result": "Held until", "request": request}
    AnswerLine.objects.create(upload_id=upload.pk, row=2, **line)
    return request


def test_the_request_stands_beside_the_known_student_and_both_answers_are_buttons(signed_in, held, read):
    response = signed_in("state administrator").get(reverse("possible_duplicates"))
    text = read(response).text
    for words in ("QUILL", "Quill", STUDENT, "Rock Star Public Schools", "Same person", "Different person"):
        assert words in text
    assert read(response).broken() == []
    known = str(Student.objects.get(number=STUDENT).public_id)
    assert Event.objects.get(act="possible_duplicates.viewed").details == {"count": 1, "students": [known]}


def test_same_person_gives_the_request_the_known_number_and_the_queue_is_empty(signed_in, held, read):
    client = signed_in("state administrator")
    address = reverse("resolve_duplicate", args=[held.pk])
    response = client.post(address, {"same_person": STUDENT}, follow=True)
    assert "Nothing to decide" in read(response).text
    held.refresh_from_db()
    assert (held.student_id, held.outcome) == (STUDENT, "same person")


def test_what_differs_is_marked_and_capital_letters_do_not(signed_in, held, read):
    page = signed_in("state administrator").get(reverse("possible_duplicates")).content.decode()
    assert "<mark>Quill</mark>" not in page
    assert "<mark>blank</mark>" in page  # the gender, of which nothing is known
    assert "(differs)" in page


def test_nothing_is_decided_before_it_is_confirmed(signed_in, held, read):
    client = signed_in("state administrator")
    queue = read(client.get(reverse("possible_duplicates")))
    asked = [a["href"] for a in queue.all("a") if "/confirm/" in a.get("href", "")]
    assert len(asked) == 2
    assert not any(STUDENT in address for address in asked)
    for address, words in zip(asked, (f"gets the number of the known student, {STUDENT}", "a new number"), strict=True):
        page = read(client.get(address))
        assert words in " ".join(page.text.split())
        assert page.broken() == []
    held.refresh_from_db()
    assert held.outcome == "held"


@pytest.mark.parametrize("student", ["x", "22222222-2222-4222-8222-222222222222"])
def test_only_a_student_beside_the_request_can_be_confirmed(signed_in, held, student):
    address = reverse("confirm_duplicate", args=[held.pk])
    assert signed_in("state administrator").get(address, {"student": student}).status_code == 400


def test_what_was_decided_is_listed_with_who_and_when_and_undone(signed_in, held, read):
    client = signed_in("state administrator")
    client.post(reverse("resolve_duplicate", args=[held.pk]), {"same_person": STUDENT})
    page = read(client.get(reverse("decided_duplicates")))
    for words in ("Rowan QUILL", "Rock Star Public Schools", "Same person", STUDENT, "State Administrator"):
        assert words in page.text
    assert page.broken() == []
    address = reverse("undo_duplicate", args=[held.pk])
    asked = read(client.get(address))
    assert "stays on file as it is" in asked.text
    assert asked.broken() == []
    shown = Event.objects.filter(act="possible_duplicates.viewed").latest("pk")
    assert shown.details == {"count": 1, "students": [str(Student.objects.get(pk=STUDENT).public_id)]}
    assert Event.objects.filter(act="possible_duplicates.viewed").count() == 2
    assert "QUILL" in read(client.post(address, follow=True)).text
    held.refresh_from_db()
    assert (held.outcome, held.student, held.resolved_by, held.resolved_at) == ("held", None, None, None)
    assert Event.objects.get(act="number_request.reopened").details == {"outcome": "same person"}
    assert "Nothing has been decided yet" in read(client.get(reverse("decided_duplicates"))).text


def test_the_sender_sees_the_row_as_held_and_then_its_number(signed_in, specialist, world, upload, held, read):
    upload.held_count, upload.stored_as = 1, "kept"
    upload.save()
    world.find(upload, code="NSI501", column="LastName", student_number="")
    address = reverse("upload", args=[upload.pk])
    page = read(specialist.get(address))
    assert "1 row is held for the state. There is nothing to do." in page.text
    assert "1 row is held until the state data team has decided. You have nothing to do." in page.text
    assert STUDENT not in page.text
    signed_in("state administrator").post(reverse("resolve_duplicate", args=[held.pk]), {"same_person": STUDENT})
    page = read(specialist.get(address))
    assert "The state data team has decided about the rest" in page.text
    assert "held for the state. There" not in page.text
    assert STUDENT in page.text
    assert page.broken() == []


def test_different_person_makes_a_new_student(signed_in, held):
    before = Student.objects.count()
    signed_in("state administrator").post(reverse("resolve_duplicate", args=[held.pk]), {"different_person": "yes"})
    assert Student.objects.count() == before + 1


def test_a_form_without_a_decision_decides_nothing(signed_in, held):
    response = signed_in("state administrator").post(reverse("resolve_duplicate", args=[held.pk]))
    assert response.status_code == 400
    held.refresh_from_db()
    assert held.student is None


@pytest.mark.parametrize("role", ["data specialist", "viewer"])
def test_nobody_else_undoes_a_decision(signed_in, held, role):
    NumberRequest.objects.filter(pk=held.pk).update(outcome="same person", student=STUDENT)
    assert signed_in(role).post(reverse("undo_duplicate", args=[held.pk])).status_code == 403
    held.refresh_from_db()
    assert held.outcome == "same person"


@pytest.mark.parametrize("role", ["data specialist", "CTE director", "viewer", "nobody"])
def test_who_may_not_decide_neither_sees_the_link_nor_gets_through(signed_in, held, role, read):
    client = signed_in(role)
    assert "Possible duplicates" not in read(client.get(reverse("start"))).text
    response = client.post(reverse("resolve_duplicate", args=[held.pk]), {"different_person": "yes"})
    assert response.status_code == 403
    held.refresh_from_db()
    assert held.student is None


def test_the_answer_file_is_a_download_of_the_upload_page(specialist, upload, held, read):
    assert "Answer file" in read(specialist.get(reverse("upload", args=[upload.pk]))).text
    response = specialist.get(reverse("answer_file", args=[upload.pk]))
    header, line = b"".join(response.streaming_content).decode().splitlines()
    assert header.startswith("Row Number,SAUID,SchoolStudentID,StateStudentID,")
    assert line == "2,1000,,,QUILL,'=Rowan,,,,,Held until"
    assert 'filename="new-answer.csv"' in response["Content-Disposition"]
    assert Event.objects.filter(act="upload.answer_file_downloaded", subject_id=str(upload.pk)).exists()


@pytest.mark.parametrize(("role", "status"), [("viewer", 200), ("CTE director", 404), ("specialist elsewhere", 404)])
def test_only_who_may_see_the_upload_gets_its_answer_file(signed_in, upload, held, role, status):
    assert signed_in(role).get(reverse("answer_file", args=[upload.pk])).status_code == status


def test_an_upload_of_another_type_has_no_answer_file(specialist, world, read):
    upload = world.send()
    assert "Answer file" not in read(specialist.get(reverse("upload", args=[upload.pk]))).text
    assert specialist.get(reverse("answer_file", args=[upload.pk])).status_code == 404
