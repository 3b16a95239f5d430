"""Resolves a held request for a number: it is a student who is known, or somebody new."""

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_resolve_duplicates
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.records.models import NumberRequest, Outcome, Student, StudentVersion
from tidegate.records.new_numbers import lock_new_numbers, next_number
from tidegate.records.number_requests import with_known_students


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
    student = Student.objects.create(number=next_number())
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


def _take(request_id: int, *, by: Person) -> NumberRequest:
    """Return the held request, locked; the lock on new numbers comes first, as it does in an upload."""
    check_can_resolve_duplicates(by)
    lock_new_numbers()
    request = NumberRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise no_such("request")
    if request.outcome != Outcome.HELD:
        raise Conflict("Somebody has decided this already", fix="Open Possible duplicates again to see what is left")
    return request


def _answer(request: NumberRequest, outcome: Outcome, number: str, *, by: Person) -> NumberRequest:
    request.outcome, request.student_id, request.resolved_at = outcome, number, timezone.now()
    request.save(update_fields=["outcome", "student", "resolved_at"])
    record_event("number_request.resolved", by=by, subject=request, outcome=outcome.value)
    return request
