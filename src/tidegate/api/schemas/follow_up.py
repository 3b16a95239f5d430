"""What the API says of whom to ask where they are after leaving school."""

from datetime import date
from typing import Annotated, cast

from ninja import Schema
from pydantic import Field

from tidegate.api.schemas.uploads import OrganizationId
from tidegate.overview.follow_up import FollowUp

AskedBefore = Annotated[int, Field(ge=0, le=10**9, description="How many of the list the pages before had")]


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
    many of them nobody has given; `next_start` begins the next page, and is null on the last."""

    students: list[FollowUpOut]
    count: int
    open_count: int
    next_start: int | None
