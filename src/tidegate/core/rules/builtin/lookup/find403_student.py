"""FIND403: there is no such student."""

from tidegate.core.lookups.student import StudentLookup
from tidegate.core.rules.rule import LookupRule


class StudentNotFound(LookupRule):
    """There is no such student.

    What it checks: The state student number has been given to a student.

    How to fix it: Compare the number with your student information system: digits may be lost or swapped. A student
    who is new to the state needs a number first; the state data team gives it.
    """

    code = "FIND403"
    message = 'Unable to resolve {label} "{value}"'
    cause = "Unable to resolve {label}: no student has the number"
    lookup_type = StudentLookup
    field = "student_number"
    example_value = "900000999"
