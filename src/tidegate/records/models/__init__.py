"""The nouns of the records."""

from tidegate.records.models.cte_record import CteRecord
from tidegate.records.models.enrollment import Enrollment, EnrollmentType
from tidegate.records.models.number_request import AnswerLine, NumberRequest, Outcome
from tidegate.records.models.roster import RosterLine
from tidegate.records.models.student import Student, StudentVersion
from tidegate.records.models.versioned import CURRENT

__all__ = [
    "CURRENT",
    "AnswerLine",
    "CteRecord",
    "Enrollment",
    "EnrollmentType",
    "NumberRequest",
    "Outcome",
    "RosterLine",
    "Student",
    "StudentVersion",
]
