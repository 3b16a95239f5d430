"""FIND403: there is no such student."""

from tidegate.core.lookups.student import StudentLookup
from tidegate.core.rules.rule import LookupRule


class StudentNotFound(LookupRule):
    """There is no such student.

    What it checks: A student has this state student number.

    How to fix it: Compare the number with your student information system: digits may be lost or
    swapped; {words.new_numbers}.
    """

    code = "FIND403"
    message = 'Unable to resolve {label} "{value}"'
    cause = "Unable to resolve {label}: no student has the number"
    lookup_type = StudentLookup
    field = "student_number"
    example_value = "900000999"
