"""The nouns of the records."""

from tidegate.records.models.change import Change, ChangeKind
from tidegate.records.models.enrollment import Enrollment, EnrollmentType
from tidegate.records.models.number_request import DECIDED, HELD, AnswerLine, NumberRequest, Outcome
from tidegate.records.models.roster import RosterLine
from tidegate.records.models.stored_line import StoredLine
from tidegate.records.models.student import Student, StudentVersion
from tidegate.records.models.versioned import CURRENT, end_of_day, on_file_at

__all__ = [
    "CURRENT",
    "DECIDED",
    "HELD",
    "AnswerLine",
    "Change",
    "ChangeKind",
    "Enrollment",
    "EnrollmentType",
    "NumberRequest",
    "Outcome",
    "RosterLine",
    "StoredLine",
    "Student",
    "StudentVersion",
    "end_of_day",
    "on_file_at",
]
