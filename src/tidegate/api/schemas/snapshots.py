"""What the API says of periods and snapshots."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from tidegate.accountability.explanations.explain import MAX_TEXT_LENGTH


class PeriodOut(Schema):
    """What the state counts in a school year. `opens` is null where the year has no window, `closes` where the window
    has no last day."""

    period: str
    title: str
    count_day: date
    opens: date | None
    closes: date | None


class SnapshotOut(Schema):
    """A snapshot. `sha256` is the hash of all that was frozen."""

    number: int
    period: str
    school_year: str
    count_day: date
    state: str
    taken_at: datetime
    sha256: str


class CountOut(Schema):
    """One number of a report: how many students there are by what, with the keys and their names."""

    report: str
    by: str
    keys: list[str]
    names: list[str]
    students: int


class SnapshotNumbers(Schema):
    """A snapshot and its numbers."""

    snapshot: SnapshotOut
    counts: list[CountOut]


class UnusualNumberOut(Schema):
    """A number that moved by much against last year's snapshot. Without an explanation it is open."""

    report: str
    by: str
    keys: list[str]
    names: list[str]
    last_year: int
    students: int
    explanation: str | None
    explanation_ends_on: date | None


class WarnedLinesOut(Schema):
    """How many lines of an office and file type a rule warns of. Without an explanation they are open."""

    office: str
    file_type: str
    rule: str
    lines: int
    explanation: str | None
    explanation_ends_on: date | None


class BrokenRuleOut(Schema):
    """How many lines of a file type break a rule, and whether nobody may sign until they are corrected."""

    file_type: str
    rule: str
    lines: int
    is_blocking_signing: bool


class LineOfWarningOut(Schema):
    """A line that a rule warns of, or that breaks a rule, with what was found of it; one for each column. `upload` is
    null where it came by an import or a correction by hand, and `file_name` also where the upload is another office's
    that the token does not reach; `rows` has several where the file has several lines of the
    student and nothing says which is which, and none where no finding is known."""

    student_number: str
    line_id: int
    line: str
    came_with: str
    upload: int | None
    file_name: str | None
    rows: list[int]
    column: str
    value: str
    message: str


class LinesOfWarningPage(Schema):
    """A page of lines; `next_after` begins the next one, and is null on the last."""

    lines: list[LineOfWarningOut]
    next_after: int | None


class _ExplanationIn(Schema):
    """Why something is right, and the last day on which that holds."""

    text: str = Field(min_length=1, max_length=MAX_TEXT_LENGTH)
    ends_on: date


class WarningExplanationIn(_ExplanationIn):
    """Which warning is explained, as the list of warnings names it, why its lines are right, and until when."""

    office: str
    file_type: str
    rule: str


class NumberExplanationIn(_ExplanationIn):
    """Which number is explained, as the list of unusual numbers names it, why it is right, and until when."""

    report: str
    by: str
    keys: list[str]


class ParticipationCount(Schema):
    """The numbers of one school, program and so on, or of all: who is enrolled, of them without a line, participants,
    one course short of concentrator, and concentrators; and the credits earned there in the year."""

    dimensions: list[str]
    keys: list[str]
    names: list[str]
    enrolled: int
    no_line: int
    participants: int
    one_short: int
    concentrators: int
    credits: str


class ParticipationByDefinition(Schema):
    """The numbers by the definition of a school year. It is a proxy where the state has not said what a course is;
    `to_be_set` has what is assumed for each setting for which no source gives the state's value."""

    definition: str
    sha256: str
    is_proxy: bool
    to_be_set: dict[str, str]
    counts: list[ParticipationCount]


class MovedNumberOut(Schema):
    """A number by the first definition and by the second, and how many students only one of them counts."""

    first: int
    second: int
    only_second: int
    only_first: int


class SchoolDifferenceOut(Schema):
    """What the second definition does to a school; without an ID it is all of them."""

    school: str
    name: str
    enrolled: MovedNumberOut
    participants: MovedNumberOut
    concentrators: MovedNumberOut


class ParticipationOut(Schema):
    """Participants and concentrators of a snapshot, by one definition or two."""

    snapshot: int
    school_year: str
    reports: list[ParticipationByDefinition]
    differences: list[SchoolDifferenceOut]


class EnrolledStudentOut(Schema):
    """A student who is enrolled at a technical school, with a program of theirs; blank is not known or none. `courses`
    are those of all years, `credits` those that the school gave in the year."""

    student_number: str
    school: str
    program: str
    grade: str
    gender: str
    sending_district: str
    courses: int | None
    credits: str
    participant_since: str | None
    concentrator_since: str | None


class EnrolledStudentsPage(Schema):
    """A page of students; `next_start` begins the next one, and is null on the last."""

    students: list[EnrolledStudentOut]
    next_start: int | None
