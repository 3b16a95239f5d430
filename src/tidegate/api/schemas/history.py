"""What the API says of a student's history."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from tidegate.api.schemas.uploads import YearName


class HistoryIn(Schema):
    """Whose history is asked for: the student with this number, in a school year; `as_of` says at the end of which day
    lines are asked to have been on file, today if it is left out."""

    student_number: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
    school_year: YearName
    as_of: date | None = None


class FactOut(Schema):
    """A line that was on file on the day, or a gap between enrollments. `problem` says what does not fit; it is blank
    where all does. A line without a last day goes on."""

    kind: Literal["primary", "concurrent", "line", "gap"]
    of: str
    label: str
    first_day: date | None
    last_day: date | None
    problem: str


class StepOut(Schema):
    """How a version came on file, or how it ended. `change` says with what; `upload` is its ID where the token's person
    may see it, `by` and `reason` likewise."""

    what: str
    change: str
    at: datetime
    upload: int | None
    by: str
    organization: str
    reason: str


class VersionOut(Schema):
    """A version of a line. `values` has its cells by title, `before` those in which the version before differs.
    `was_on_file` is about the day that was asked for; `ended` is null while it is on file."""

    values: dict[str, str]
    before: dict[str, str]
    was_on_file: bool
    began: StepOut
    ended: StepOut | None


class HistoryLineOut(Schema):
    """A line: what names it, and its versions, the first one first."""

    label: str
    versions: list[VersionOut]


class HistorySectionOut(Schema):
    """The enrollments, or the lines of a file type."""

    name: str
    lines: list[HistoryLineOut]


class HistoryOut(Schema):
    """A student's history in a school year: what was on file at the end of the day, and every version of every
    line."""

    student_number: str
    school_year: str
    as_of: date | None
    on_file: list[FactOut]
    sections: list[HistorySectionOut]
