"""The indicator of placement (3S1): where concentrators are in the second quarter after leaving school."""

from psycopg import sql

from tidegate.accountability.counting.attainment import attained_in_program, concentrators_who, leavers, table_with
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.tables import PLACEMENT
from tidegate.accountability.indicators.indicator import PUBLISHED_WORDING, ByDefinition
from tidegate.accountability.models import Snapshot

_PLACED = sql.SQL("{year} = {school_year} AND {value} = ANY({placed})")


class Placement(ByDefinition):
    """Concentrators whose second quarter after leaving school is in the school year, and who were placed in it."""

    code = "3S1"
    title = "Post-Program Placement"
    wording = (
        "Concentrators who, in the second quarter after exiting from secondary education, are in postsecondary "
        "education or advanced training, military or national service, the Peace Corps, or are employed."
    )
    source = PUBLISHED_WORDING
    moved_by = "an answer that counts as placed"
    of_leavers = True
    to_confirm = True

    def missing(self, snapshot: Snapshot, definition: Definition) -> str:
        """Return whether nothing brings placements, or the definition does not say who is placed."""
        if table_with(snapshot, PLACEMENT) is None:
            return "The snapshot has no file type that brings the placement after leaving school"
        if not definition.file.placed:
            return f"The definition of {definition.school_year} does not say which placements count"
        return ""

    def base(self, snapshot: Snapshot, definition: Definition) -> sql.Composable:
        """Return each leaver's programs as a concentrator, and whether the student was placed."""
        named = {"placed": sql.Literal(list(definition.file.placed)), "school_year": snapshot.school_year.name}
        met = attained_in_program(snapshot, definition, PLACEMENT, _PLACED, values=named)
        return concentrators_who(students=leavers(snapshot, definition), attained=met)
