"""FIND402: there is no such school."""

from tidegate.core.lookups.school import SchoolLookup
from tidegate.core.rules.rule import LookupRule


class SchoolNotFound(LookupRule):
    """There is no such school.

    What it checks: The value is the {words.organization_id} of a school, or the ID that the local student information
    system uses for it. A local ID that several schools use is taken where one of them belongs to the row's {words.sau}.

    How to fix it: Use the school's {words.organization_id}, which is never ambiguous, or ask the state data team to
    note the local ID of your school.
    """

    code = "FIND402"
    message = 'Unable to resolve {label} "{value}"'
    cause_by = ("column", "value")
    lookup_type = SchoolLookup
    field = "id"
    example_value = "77777"
