"""The held requests for a number, each with the known students of the same names and birth date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import QuerySet

from tidegate.core.reference.fold_person import fold, person_key
from tidegate.records.models import DECIDED, Enrollment, NumberRequest, Outcome, Student, StudentVersion
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.records.stored_lines import stored_lines
from tidegate.records.students import with_names
from tidegate.reference.models import Organization

_NAMES = {"last_name": "last_name", "first_name": "first_name", "date_of_birth": "date_of_birth"}


@dataclass(frozen=True)
class KnownStudent:
    """A known student, with the latest current enrollment; None where there is none."""

    student: Student
    latest: Enrollment | None


@dataclass(frozen=True)
class PossibleDuplicate:
    """A held request, and the known students who may be the same person."""

    request: NumberRequest
    sau: Organization | None
    known: Sequence[KnownStudent]


def held_requests() -> "QuerySet[NumberRequest]":
    """Return the requests that wait for a person, the oldest first."""
    return NumberRequest.objects.filter(outcome=Outcome.HELD).order_by("pk")


def decided_requests() -> "QuerySet[NumberRequest]":
    """Return the requests that a person has decided, to be ordered by when."""
    return NumberRequest.objects.filter(outcome__in=DECIDED).select_related("resolved_by", "student")


def is_number_used(request: NumberRequest) -> bool:
    """Whether something is on file, or was, under the number that the request was given, or another request has it."""
    number = request.student_id
    lines: list[Any] = [Enrollment, *(each.model for each in stored_lines())]
    others = NumberRequest.objects.filter(student=number).exclude(pk=request.pk)
    renamed = StudentVersion.objects.filter(student=number).exclude(began_with=request.asked_by)
    on_file = (model.objects.filter(student=number) for model in lines)
    return any(found.exists() for found in (others, renamed, *on_file))


def with_known_students(requests: Sequence[NumberRequest]) -> list[PossibleDuplicate]:
    """Return the requests, each with the known students of the same names and birth date."""
    numbers = _known_numbers(requests)
    every = {number for known in numbers.values() for number in known}
    students = with_names(Student.objects.filter(number__in=every)).in_bulk()
    enrollments = Enrollment.objects.filter(student__in=every, replaced_at=None).select_related("sau", "school")
    latest = {enrollment.student_id: enrollment for enrollment in enrollments.order_by("entry_date", "pk")}
    saus = Organization.objects.in_bulk({request.sau_id for request in requests})
    return [
        PossibleDuplicate(
            request, saus.get(request.sau_id), [KnownStudent(students[n], latest.get(n)) for n in numbers[request.pk]]
        )
        for request in requests
    ]


def _known_numbers(requests: Sequence[NumberRequest]) -> dict[int, list[str]]:
    """Return the numbers of the known students, by the ID of the request."""
    asked = pl.DataFrame(
        [(r.pk, r.last_name, r.first_name, r.date_of_birth) for r in requests],
        schema={"id": pl.Int64, "last_name": pl.String, "first_name": pl.String, "date_of_birth": pl.Date},
        orient="row",
    )
    named = asked.select(fold("last_name"), fold("first_name"), "date_of_birth").unique()
    known = ReferenceDatabase().people(named).select("student_number", person_key(**_NAMES).alias("key"))
    pairs = asked.select("id", person_key(**_NAMES).alias("key")).join(known, on="key").sort("student_number")
    numbers: dict[int, list[str]] = {request.pk: [] for request in requests}
    for request_id, number in pairs.select("id", "student_number").iter_rows():
        numbers[request_id].append(number)
    return numbers
