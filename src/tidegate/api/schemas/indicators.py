"""What the API says of the Perkins indicators of a snapshot."""

from ninja import Schema
from pydantic import Field


class IndicatorCountOut(Schema):
    """One pair of numbers of an indicator, in students. A blank key is missing; of `all` it is everybody. Null is no
    data; `percent` is null, too, where nobody is in the base."""

    indicator: str
    category: str = Field(description="`all`, `school`, `program`, `sex`, `race`, or a special population by its name")
    key: str
    name: str
    numerator: int | None
    denominator: int | None
    percent: str | None


class IndicatorOut(Schema):
    """An indicator of the Perkins Act with its numbers, the total first. `why_no_data` says as a sentence why it has no
    data, and is blank where it has; `to_confirm` is that the state has still to confirm that it counts so."""

    indicator: str
    title: str
    wording: str
    source: str
    to_confirm: bool
    why_no_data: str
    counts: list[IndicatorCountOut]


class IndicatorsOut(Schema):
    """The indicators of a snapshot. `assumed` has what is assumed for each setting of the definition for which no
    source gives the state's value."""

    snapshot: int
    school_year: str
    assumed: dict[str, str]
    indicators: list[IndicatorOut]


class IndicatorStudentOut(Schema):
    """A student behind a number, at a school in a program of the student's; `is_met` is whether the student met the
    indicator in that program."""

    student_number: str
    school: str
    program: str
    is_met: bool


class IndicatorStudentsPage(Schema):
    """A page of students; `next_start` begins the next one, and is null on the last."""

    students: list[IndicatorStudentOut]
    next_start: int | None
