"""FIND402: there is no such school."""

import polars as pl

from tidegate.core.lookups.school import SchoolLookup
from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import LookupRule


class SchoolNotFound(LookupRule):
    """There is no such school.

    What it checks: The value is the {words.organization_id} of a school, or the ID that the local
    student information system uses for it. If several schools use the same local ID, the one that
    belongs to the row's {words.sau} is taken.

    How to fix it: Use the school's {words.organization_id}, which is always unique, or ask the
    state data team to add the local ID of your school.
    """

    code = "FIND402"
    message = 'Unable to resolve {label} "{value}"'
    known = ("The schools of {district} are {schools}",)
    cause_by = ("column", "value")
    lookup_type = SchoolLookup
    field = "id"
    example_value = "77777"

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with the row's district and its schools."""
        assert isinstance(self.find, SchoolLookup)  # lookup_type says so
        district, schools = (stored(f"{self.find.within}.{field}") for field in ("name", "schools"))
        # A column that asks for a technical school is not helped by the district's own schools.
        own = pl.lit(None, pl.String) if self.find.prefer else schools
        return {**super().message_values(), "district": district, "schools": own}
