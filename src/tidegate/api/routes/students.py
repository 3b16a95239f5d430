"""A student's history: what was on file on a day, and every version of every line."""

from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from tidegate.accounts.models import Scope, Token
from tidegate.accounts.permissions import check_can_view_student
from tidegate.accounts.reach import no_such
from tidegate.api.authenticate import check_scope
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.schemas.history import (
    FactOut,
    HistoryIn,
    HistoryLineOut,
    HistoryOut,
    HistorySectionOut,
    StepOut,
    VersionOut,
)
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.overview.district import places_of
from tidegate.records.models import Student
from tidegate.records.students import organizations_of
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import SchoolYear
from tidegate.uploads.history.facts import Fact
from tidegate.uploads.history.student_history import History, history_of
from tidegate.uploads.history.version_tables import ChangeStep, SectionTable, VersionRow

router = Router(tags=["records"])


# The student's number is in the body, since addresses stand in the logs of servers.
@router.post("/student-history", response={200: HistoryOut, **PROBLEMS}, summary="The history of a student")
@transaction.atomic
def get_history(request: HttpRequest, asked: HistoryIn) -> HistoryOut:
    """Return what was on file of a student at the end of a day, and every version with the changes that began and ended
    it. Of a change for an organization that the token does not reach it says neither upload, nor who, nor why. 404
    where the student has no enrollment at the token's organization or one of its schools that year."""
    token = cast("Token", request.auth)  # type: ignore[attr-defined]
    check_scope(token, Scope.READ)
    year = find_school_year(asked.school_year)
    student = _find_student(token, asked.student_number, year)
    _check_day(asked.as_of)
    places = places_of(token.organization)
    history = history_of(student, year, person=token.person, day=asked.as_of, places=places)
    day: dict[str, Any] = {"as_of": str(asked.as_of)} if asked.as_of else {}
    record_event(
        "student.viewed",
        by=token.person,
        school_year=year,
        subject=student,
        by_token=True,
        screen="History",
        **day,
    )
    return _show(history, student, year)


def _find_student(token: Token, number: str, school_year: SchoolYear) -> Student:
    """Return a student who is enrolled within the token's reach; another one is as if there were none."""
    found = Student.objects.filter(number=number).first()
    if found is None:
        raise no_such("student")
    within_reach = Q(pk=token.organization_id) | Q(parent_id=token.organization_id)
    enrolled_at = [each.pk for each in organizations_of(found, school_year)]
    reached = list(type(token.organization).objects.filter(within_reach, pk__in=enrolled_at))
    if not reached:
        raise no_such("student")
    check_can_view_student(token.person, reached)
    return found


def _check_day(day: date | None) -> None:
    if day is not None and day > timezone.localdate():
        raise Refusal(f"{day} has not come yet", fix="Ask for today or an earlier day", code="FUTURE_DAY")


def _show(history: History, student: Student, school_year: SchoolYear) -> HistoryOut:
    return HistoryOut(
        student_number=student.number,
        school_year=school_year.name,
        as_of=history.day,
        on_file=[_fact(fact) for fact in history.facts],
        sections=[HistorySectionOut(name=table.section.name, lines=_lines(table)) for table in history.tables],
    )


def _fact(fact: Fact) -> FactOut:
    return FactOut(
        kind=fact.kind.value,
        of=fact.track,
        label=fact.label,
        first_day=fact.first,
        last_day=fact.end,
        problem=fact.problem,
    )


def _lines(table: SectionTable) -> list[HistoryLineOut]:
    titles = [column.title for column in table.section.columns]
    return [
        HistoryLineOut(label=line.label, versions=[_version(each, titles) for each in line.versions])
        for line in table.lines
    ]


def _version(row: VersionRow, titles: list[str]) -> VersionOut:
    named = list(zip(titles, row.cells, strict=True))
    return VersionOut(
        values={title: cell.text for title, cell in named},
        before={title: cell.before for title, cell in named if cell.before is not None},
        was_on_file=row.was_on_file,
        began=_step(row.began),
        ended=_step(row.ended) if row.ended else None,
    )


def _step(step: ChangeStep) -> StepOut:
    change = step.change
    return StepOut(
        what=step.word,
        change=step.title,
        at=step.at,
        upload=change.upload.pk if change and change.upload else None,
        by=change.by if change else "",
        organization=change.organization if change else "",
        reason=change.reason if change else "",
    )
