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


def test_different_person_makes_a_new_student(signed_in, held):
    before = Student.objects.count()
    signed_in("state administrator").post(reverse("resolve_duplicate", args=[held.pk]), {"different_person": "yes"})
    assert Student.objects.count() == before + 1


def test_a_form_without_a_decision_decides_nothing(signed_in, held):
    response = signed_in("state administrator").post(reverse("resolve_duplicate", args=[held.pk]))
    assert response.status_code == 400
    held.refresh_from_db()
    assert held.student is None


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
