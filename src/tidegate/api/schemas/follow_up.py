"""What the API says of whom to ask where they are after leaving school."""

from datetime import date
from typing import Annotated, cast

from ninja import Query, Schema

from tidegate.api.cursor import cursor_of, no_place, parts_of
from tidegate.api.schemas.uploads import OrganizationId
from tidegate.overview.follow_up import FollowUp, FollowUpKey
from tidegate.records.models import Student

AskedBefore = Annotated[
    int,
    Query(
        ge=0,
        le=10**9,
        description="How many of the list the pages before had. If answers are sent meanwhile, use `cursor` or begin "
        "again at 0: with `only_open` those students have left the list",
    ),
]
_LIST = "follow-up"


class FollowUpOut(Schema):
    """A student to ask, for a program at a school: when the student left, from when and until when to ask, and the
    answer on file. A blank answer is that nobody has asked; `is_late` is that the last day to ask has passed so."""

    student_number: str
    school: OrganizationId
    program: str
    left_on: date
    ask_from: date
    ask_until: date
    answer: str
    answer_in_words: str
    is_late: bool

    @staticmethod
    def of(asked: FollowUp, *, today: date) -> "FollowUpOut":
        """Return a student to ask as the API shows it."""
        return FollowUpOut(
            student_number=asked.student.number,
            school=cast("OrganizationId", asked.school.id_for_programs),
            program=asked.code,
            left_on=asked.left_on,
            ask_from=asked.ask_from,
            ask_until=asked.ask_until,
            answer=asked.answer,
            answer_in_words=asked.answer_in_words if asked.answer else "",
            is_late=asked.is_late_on(today),
        )


class FollowUpsPage(Schema):
    """A page of the list, those first who are asked first. `count` has how many answers are asked for, `open_count` how
    many of them nobody has given. `next_cursor` begins the next page, wherever those before it have gone, and is null
    on the last; so does `next_start` by their number, where the page was asked for by that."""

    students: list[FollowUpOut]
    count: int
    open_count: int
    next_start: int | None
    next_cursor: str | None


def cursor_behind(asked: FollowUp) -> str:
    """Return the cursor of the page behind a student of the list; it does not have the student's number."""
    key = asked.key
    return cursor_of(_LIST, key.ask_from.isoformat(), str(asked.student.public_id), key.school, key.code)


def place_in_list(cursor: str) -> FollowUpKey | None:
    """Return the place that a cursor stands for, None for a blank one. A Refusal where it is none."""
    if not cursor:
        return None
    ask_from, public_id, school, code = parts_of(_LIST, cursor)
    student = Student.objects.filter(public_id=str(public_id)).first()
    if student is None:
        raise no_place()
    return FollowUpKey(date.fromisoformat(str(ask_from)), student.pk, int(school), str(code))
