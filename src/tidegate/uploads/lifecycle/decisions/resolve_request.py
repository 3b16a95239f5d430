"""Resolves a held request for a number: it is a student who is known, or somebody new. What was decided is undone."""

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_resolve_duplicates
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.records.changes import note_change
from tidegate.records.models import CURRENT, DECIDED, ChangeKind, NumberRequest, Outcome, Student, StudentVersion
from tidegate.records.new_numbers import lock_new_numbers, next_number
from tidegate.records.number_requests import is_number_used, with_known_students
from tidegate.uploads.models import Upload
from tidegate.uploads.notifications.upload_messages import notify_of_duplicate


@transaction.atomic
def resolve_as_same_person(*, request_id: int, number: str, by: Person) -> NumberRequest:
    """Return the request, which now has the number of the known student. A Refusal where that student is not one of
    those of the same names and birth date, or somebody has decided before."""
    request = _take(request_id, by=by)
    if number not in {known.student.number for known in with_known_students([request])[0].known}:
        raise Refusal("The student is not one of those beside the request", fix="Open the page again and choose there")
    return _answer(request, Outcome.SAME_PERSON, number, by=by)


@transaction.atomic
def resolve_as_different_person(*, request_id: int, by: Person) -> NumberRequest:
    """Return the request, which now has a new number, which began with the upload that asked for it."""
    request = _take(request_id, by=by)
    student, _ = Student.objects.get_or_create(number=request.taken_back_number or next_number())
    StudentVersion.objects.create(
        student=student,
        last_name=request.last_name,
        first_name=request.first_name,
        middle_name=request.middle_name,
        suffix=request.suffix,
        date_of_birth=request.date_of_birth,
        gender=request.gender,
        began_with=request.asked_by,
    )
    return _answer(request, Outcome.DIFFERENT_PERSON, student.number, by=by)


@transaction.atomic
def undo_resolution(*, request_id: int, by: Person) -> NumberRequest:
    """Return the request, which is held again. A new number that it was given stays its own: nobody else gets it.

    Raises:
        Refusal: The person may not decide about requests, or there is no such request.
        Conflict: Nobody has decided about it, or something is on file under its new number.
    """
    request = _find(request_id, by=by)
    if request.outcome not in DECIDED:
        raise Conflict("Nobody has decided about this request", fix="Open Possible duplicates again")
    if request.outcome == Outcome.DIFFERENT_PERSON:
        if is_number_used(request):
            raise Conflict(
                "The new number is in use: something is on file under it",
                fix="Leave the decision as it is, and correct what is on file under the number by hand",
                code="NUMBER_USED",
            )
        _take_number_back(request, by=by)
        request.taken_back_number = request.student_id or ""
    undone, request.outcome = request.outcome, Outcome.HELD
    request.student = request.resolved_at = request.resolved_by = None
    request.save(update_fields=["outcome", "student", "resolved_at", "resolved_by", "taken_back_number"])
    record_event("number_request.reopened", by=by, subject=request, outcome=undone)
    return request


def _take_number_back(request: NumberRequest, *, by: Person) -> None:
    """End the version of the new student, with a change that says who did it."""
    asked = Upload.objects.select_related("organization", "school_year").get(pk=request.asked_by)
    undo = note_change(
        ChangeKind.UNDO,
        by=by,
        undoes=asked.pk,
        organization=asked.organization,
        school_year=asked.school_year,
        file_type=asked.file_type,
    )
    versions = StudentVersion.objects.filter(CURRENT, student=request.student_id)
    versions.update(ended_with=undo.pk, replaced_at=undo.at)


def _find(request_id: int, *, by: Person) -> NumberRequest:
    """Return the request, locked; the lock on new numbers comes first, as it does in an upload."""
    check_can_resolve_duplicates(by)
    lock_new_numbers()
    request = NumberRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise no_such("request")
    return request


def _take(request_id: int, *, by: Person) -> NumberRequest:
    """Return the held request, locked."""
    request = _find(request_id, by=by)
    if request.outcome != Outcome.HELD:
        raise Conflict("Somebody has decided this already", fix="Open Possible duplicates again to see what is left")
    return request


def _answer(request: NumberRequest, outcome: Outcome, number: str, *, by: Person) -> NumberRequest:
    request.outcome, request.student_id, request.resolved_at = outcome, number, timezone.now()
    request.resolved_by = by
    request.save(update_fields=["outcome", "student", "resolved_at", "resolved_by"])
    record_event("number_request.resolved", by=by, subject=request, outcome=outcome.value)
    asked = Upload.objects.filter(pk=request.asked_by).select_related("organization", "school_year", "sent_by").first()
    if asked is not None:
        notify_of_duplicate(asked, is_new=outcome == Outcome.DIFFERENT_PERSON)
    return request
