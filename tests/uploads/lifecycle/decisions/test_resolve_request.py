"""New State ID from file to number: created, known, held, decided by a person, and the same again."""

import csv
import io
from datetime import date

import pytest
from django.db import connection

from tests.uploads.conftest import ROCK_STAR
from tests.uploads.outputs import answer_file_chunks
from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed, Refusal
from tidegate.records.models import CURRENT, NumberRequest, Outcome, Student, StudentVersion
from tidegate.uploads.lifecycle.decisions.resolve_request import (
    resolve_as_different_person,
    resolve_as_same_person,
    undo_resolution,
)

HEADER = "SAUID,SchoolStudentID,LastName,FirstName,MiddleName,Suffix,DateOfBirth,Gender,GradeLevel\n"
ADA = "1000,11,Anchor,Ada,,,2005-03-04,F,10\n"
BEN = "1000,12,Buoy,Ben,Lee,Jr,3/5/2005,M,10\n"
KNOWN = "900000777"
RENE = "1000,13,Oneil,RENÉ,,,2004-03-09,F,10\n"


@pytest.fixture
def ask(process_file, specialist):
    """Send New State ID rows for Rock Star Public Schools and process them."""

    def send(*rows: str, by=specialist, **more):
        return process_file(HEADER + "".join(rows), by=by, file_type="new-state-id", **more)

    return send


@pytest.fixture
def rene(state) -> Student:
    """A student who is known, enrolled nowhere that the specialist can see."""
    student = Student.objects.create(number=KNOWN)
    names = {"last_name": "O’Neil", "first_name": "Rene"}
    StudentVersion.objects.create(student=student, date_of_birth=date(2004, 3, 9), **names)
    return student


def answers(upload) -> list[dict[str, str]]:
    text = b"".join(answer_file_chunks(upload)).decode()
    return list(csv.DictReader(io.StringIO(text)))


def counts(upload) -> tuple[int, int, int]:
    return upload.row_count, upload.success_count, upload.error_count


def test_new_students_get_a_number_each_and_a_version_that_the_upload_brought(ask):
    upload = ask(ADA, BEN)
    assert counts(upload) == (2, 2, 0)
    first, second = answers(upload)
    assert list(first) == [
        "Row Number", "SAUID", "SchoolStudentID", "StateStudentID", "LastName", "FirstName", "MiddleName", "Suffix",
        "DateOfBirth", "Gender", "Result",
    ]  # fmt: skip
    assert (first["Row Number"], first["Result"], second["DateOfBirth"]) == ("2", "Created", "3/5/2005")
    assert first["StateStudentID"] != second["StateStudentID"]
    version = StudentVersion.objects.get(student=second["StateStudentID"])
    assert (version.last_name, version.middle_name, version.suffix) == ("Buoy", "Lee", "Jr")
    assert version.began_with == upload.pk


def test_a_number_is_nine_digits_not_of_sample_files_and_skips_those_that_are_taken(ask):
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('records_new_number', 100000005)")
    Student.objects.create(number="100000006")
    Student.objects.create(number="100000007")
    assert [line["StateStudentID"] for line in answers(ask(ADA, BEN))] == ["100000008", "100000009"]


def test_the_same_file_again_gives_the_same_numbers_and_creates_nothing(ask):
    first = ask(ADA, BEN)
    before = Student.objects.count()
    second = ask(ADA, BEN)
    assert counts(second) == (2, 2, 0)
    assert (second.added_count, second.unchanged_count) == (0, 2)
    assert Student.objects.count() == before
    assert [line["StateStudentID"] for line in answers(second)] == [line["StateStudentID"] for line in answers(first)]
    assert {line["Result"] for line in answers(second)} == {"Already known by an earlier upload of this SAU"}


def test_a_known_student_is_held_and_the_finding_tells_nothing_of_that_student(ask, rene):
    before = Student.objects.count()
    upload = ask(ADA, RENE)
    assert counts(upload) == (2, 1, 1)
    assert Student.objects.count() == before + 1
    finding = upload.findings.get(severity="error")
    assert finding.code == "NSI501"
    everything = " ".join(str(value) for value in (finding.message, finding.value, *answers(upload)[1].values()))
    assert KNOWN not in everything
    assert "Neil’" not in everything
    assert answers(upload)[1]["Result"] == "Held until the state data team has decided"
    assert NumberRequest.objects.get(outcome=Outcome.HELD).sau_id == ROCK_STAR


def test_sending_a_held_row_again_does_not_ask_twice(ask, rene):
    ask(RENE)
    ask(RENE)
    assert NumberRequest.objects.count() == 1


def test_same_person_gives_the_known_number_to_the_request_and_to_the_same_file_again(ask, rene, administrator):
    held = ask(RENE)
    before = Student.objects.count()
    request = NumberRequest.objects.get()
    resolve_as_same_person(request_id=request.pk, number=KNOWN, by=administrator)
    assert answers(held)[0]["StateStudentID"] == KNOWN
    again = ask(RENE)
    assert counts(again) == (1, 1, 0)
    assert answers(again)[0]["StateStudentID"] == KNOWN
    assert Student.objects.count() == before
    event = Event.objects.get(act="number_request.resolved")
    assert (event.person_id, event.subject_id, event.details) == (
        administrator.pk, str(request.pk), {"outcome": "same person"},
    )  # fmt: skip


def test_different_person_makes_a_new_number_that_the_same_file_again_gets_too(ask, rene, administrator):
    held = ask(RENE)
    request = resolve_as_different_person(request_id=NumberRequest.objects.get().pk, by=administrator)
    number = answers(held)[0]["StateStudentID"]
    assert number == request.student_id != KNOWN
    assert StudentVersion.objects.get(student=number).began_with == held.pk
    assert answers(ask(RENE))[0]["StateStudentID"] == number


def test_a_request_is_decided_once_and_only_for_a_student_beside_it(ask, rene, administrator):
    ask(RENE)
    request = NumberRequest.objects.get()
    with pytest.raises(Refusal, match="not one of those"):
        resolve_as_same_person(request_id=request.pk, number="900000001", by=administrator)
    resolve_as_different_person(request_id=request.pk, by=administrator)
    with pytest.raises(Refusal, match="decided"):
        resolve_as_same_person(request_id=request.pk, number=KNOWN, by=administrator)


def test_a_new_number_that_is_taken_back_is_nobodys_and_given_again(ask, rene, administrator):
    ask(RENE)
    request = resolve_as_different_person(request_id=NumberRequest.objects.get().pk, by=administrator)
    number = request.student_id
    undo_resolution(request_id=request.pk, by=administrator)
    assert not StudentVersion.objects.filter(CURRENT, student=number).exists()
    ask(ADA, check_only=True)  # sets the sequence back
    assert answers(ask(ADA))[0]["StateStudentID"] not in ("", number)
    assert counts(ask(RENE)) == (1, 0, 1)
    again = resolve_as_different_person(request_id=request.pk, by=administrator)
    assert again.student_id == number
    assert StudentVersion.objects.get(CURRENT, student=number).first_name == "RENÉ"
    assert answers(ask(RENE))[0]["StateStudentID"] == number


def test_a_new_number_in_use_stays(ask, rene, administrator, state):
    ask(RENE)
    request = resolve_as_different_person(request_id=NumberRequest.objects.get().pk, by=administrator)
    StudentVersion.objects.filter(student=request.student_id).update(began_with=None)  # an import has changed it
    with pytest.raises(Refusal, match="in use"):
        undo_resolution(request_id=request.pk, by=administrator)
    request.refresh_from_db()
    assert request.outcome == Outcome.DIFFERENT_PERSON


def test_what_nobody_has_decided_is_not_undone(ask, rene, administrator):
    ask(ADA, RENE)
    for request in NumberRequest.objects.all():
        with pytest.raises(Refusal, match="Nobody has decided"):
            undo_resolution(request_id=request.pk, by=administrator)


def test_held_rows_are_counted_apart_from_those_to_fix(ask, rene):
    upload = ask(ADA, RENE, "1000,14,,Eve,,,2005-03-04,F,10\n")
    assert (*counts(upload), upload.held_count, upload.error_count_to_fix) == (3, 1, 2, 1, 1)
    checked = ask(RENE, check_only=True)
    assert (checked.held_count, checked.error_count_to_fix) == (1, 0)


def test_nobody_else_may_decide(ask, rene, specialist):
    ask(RENE)
    with pytest.raises(NotAllowed):
        resolve_as_different_person(request_id=NumberRequest.objects.get().pk, by=specialist)


def test_of_two_rows_for_one_student_the_first_is_created_and_the_one_that_differs_is_held(ask):
    upload = ask(ADA, ADA.replace("11", "99"), ADA)
    first, held, repeated = answers(upload)
    assert held["Result"] == "Held until the state data team has decided"
    assert first["StateStudentID"] == repeated["StateStudentID"] != held["StateStudentID"] == ""
    assert counts(upload) == (3, 2, 1)
    assert StudentVersion.objects.filter(last_name="Anchor").count() == 1


def test_a_row_with_another_error_is_not_held(ask, rene):
    upload = ask(RENE.replace(",F,10", ",Q,10"))
    assert answers(upload)[0]["Result"] == "Not created, because the row has errors"
    assert not NumberRequest.objects.exists()


def test_a_check_only_upload_says_what_would_happen_and_burns_no_number(ask, rene):
    ask(BEN)
    upload = ask(ADA, RENE, BEN, check_only=True)
    lines = answers(upload)
    assert [line["Result"] for line in lines] == [
        "Would be created", "Would be held", "Already known by an earlier upload of this SAU",
    ]  # fmt: skip
    assert [bool(line["StateStudentID"]) for line in lines] == [False, False, True]
    assert NumberRequest.objects.count() == 1
    after = answers(ask(ADA))[0]["StateStudentID"]
    assert int(after) == int(lines[2]["StateStudentID"]) + 1


def test_rows_of_another_sau_are_refused(ask):
    upload = ask(ADA.replace("1000", "2000"))
    assert [finding.code for finding in upload.findings.all()] == ["ORG201"]


def test_the_new_number_is_known_to_student_enrollment(ask, process_file, specialist):
    number = answers(ask(ADA))[0]["StateStudentID"]
    header = (
        "SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,StartStatus,ResidentSAUID,"
        "ResidentTownCode,ExitDate,ExitType,Comments\n"
    )
    row = f"1000,1001,{number},11,P,10,2020-09-01,01,1000,,,,\n"
    upload = process_file(header + row, by=specialist, file_type="student-enrollment")
    assert counts(upload) == (1, 1, 0)
