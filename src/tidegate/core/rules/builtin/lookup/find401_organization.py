"""FIND401: there is no such SAU."""

from tidegate.core.lookups.organization import OrganizationLookup
from tidegate.core.rules.rule import LookupRule


class OrganizationNotFound(LookupRule):
    """There is no such SAU.

    What it checks: The value is the NEO organization ID of a school administrative unit.

    How to fix it: Look the ID up in NEO and correct it. It has at most 4 digits, and is not the ID of a school.
    """

    code = "FIND401"
    message = 'Unable to resolve {label} "{value}"'
    lookup_type = OrganizationLookup
    field = "id"
    example_value = "9999"
