"""FIND401: there is no such district."""

from tidegate.core.lookups.organization import OrganizationLookup
from tidegate.core.rules.rule import LookupRule


class OrganizationNotFound(LookupRule):
    """There is no such {words.sau}.

    What it checks: The value is the {words.organization_id} of a {words.sau_in_full}.

    How to fix it: Look up the ID in {words.organization_list} and correct it. It has
    {words.organization_id_length} and is not the ID of a school.
    """

    code = "FIND401"
    message = 'Unable to resolve {label} "{value}"'
    cause_by = ("column", "value")
    lookup_type = OrganizationLookup
    field = "id"
    example_value = "9999"
