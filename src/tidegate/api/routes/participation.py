"""Participants and concentrators of a snapshot, by one definition or two, and the students behind each number."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from tidegate.accountability.counting.enrolled_students import EnrolledStudent, Measure, enrolled_students
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.outputs.participation_table import participation_csv, students_csv
from tidegate.accountability.outputs.participation_text import participation_document
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.api.counting_token import counting_token, reach_of_token, record_reading
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.snapshots import EnrolledStudentOut, EnrolledStudentsPage, ParticipationOut
from tidegate.records.public_ids import public_ids_in_parts, public_ids_of

router = Router(tags=["snapshots"])
NUMBERS: dict[str, Any] = {
    "response": {200: ParticipationOut, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}
STUDENTS: dict[str, Any] = {
    "response": {200: EnrolledStudentsPage, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}
_ROWS_PER_PAGE = 1000
_MAX_START = 10**9
Definitions = Annotated[list[str], Query(max_length=2, description="School years of definitions; one or two")]


@router.get("/snapshots/{number}/participation", summary="Participants and concentrators", **NUMBERS)
def get_participation(request: HttpRequest, number: int, definition: Definitions = []) -> Any:  # noqa: B006 - ninja copies it
    """Return the numbers by the definition of the snapshot's school year or by those that are named, of the students
    whom the token's organization and its schools teach or send. With two there is the difference of each school; with
    `Accept: text/csv` it is CSV."""
    token = counting_token(request)
    found, reach = find_snapshot(number), reach_of_token(token)
    definitions = [definition_of(found, each) for each in definition or [""]]
    as_csv = "text/csv" in request.headers.get("Accept", "")
    record_reading("snapshot.counts_downloaded" if as_csv else "snapshot.viewed", found, token)
    if as_csv:
        lines = participation_csv(found, definitions, reach=reach)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return participation_document(found, definitions, reach=reach)


@router.get("/snapshots/{number}/participation/students", summary="The students behind a number", **STUDENTS)
def list_participation_students(
    request: HttpRequest,
    number: int,
    measure: Measure = "enrolled",
    definition: str = "",
    start: Annotated[int, Query(ge=0, le=_MAX_START)] = 0,
) -> Any:
    """Return the students who are enrolled, participants or concentrators, who are one course short of concentrator, or
    have no line, each with their programs, in pages; with `Accept: text/csv`, all of them as CSV."""
    token = counting_token(request)
    found, reach = find_snapshot(number), reach_of_token(token)
    chosen, counted_by = {"measure": measure}, definition_of(found, definition)
    if "text/csv" in request.headers.get("Accept", ""):
        shown = enrolled_students(found, counted_by, chosen, reach=reach)
        with transaction.atomic():
            for part in public_ids_in_parts(each.number for each in shown):
                record_reading("snapshot.students_downloaded", found, token, by_values_of=["measure"], students=part)
        lines = students_csv(found, enrolled_students(found, counted_by, chosen, reach=reach))
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    students = list(enrolled_students(found, counted_by, chosen, reach=reach, start=start, limit=_ROWS_PER_PAGE))
    seen = public_ids_of(each.number for each in students)
    record_reading("snapshot.students_viewed", found, token, by_values_of=["measure"], students=seen)
    next_start = start + _ROWS_PER_PAGE if len(students) == _ROWS_PER_PAGE else None
    return EnrolledStudentsPage(students=[_show(each) for each in students], next_start=next_start)


def _show(student: EnrolledStudent) -> EnrolledStudentOut:
    return EnrolledStudentOut(
        student_number=student.number,
        school=student.school,
        program=student.program,
        grade=student.grade,
        gender=student.gender,
        sending_district=student.sau,
        courses=int(student.courses) if student.courses else None,
        credits=student.credits,
        participant_since=student.participant_since or None,
        concentrator_since=student.concentrator_since or None,
    )
