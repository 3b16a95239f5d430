"""Participants and concentrators, as an indicator's base and those of it who met it."""

from psycopg import sql

from tidegate.accountability.concentrators import program_status
from tidegate.accountability.definition import find_definition
from tidegate.accountability.indicators.indicator import Indicator
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Refusal

# A program that was taught at two schools is there once for each.
_ROWS = sql.SQL("""
    SELECT student, unnest(schools) AS school, program, concentrator_since IS NOT NULL AS is_met
    FROM ({status}) status WHERE participant_since IS NOT NULL
""")


class Enrollment(Indicator):
    """How many take part in programs, and how many of them are concentrators."""

    code = "Enrollment"
    title = "Participants and concentrators"
    wording = (
        "Students with lines of the school year who have completed a course in a program, in it or earlier, and those "
        "of them who are concentrators."
    )
    source = "The Perkins Act, section 3(12) and 3(13)"

    def why_no_data(self, snapshot: Snapshot, *, definition: str = "") -> str:
        """Return why nobody can be counted: the year has no definition, or the snapshot no lines with courses."""
        try:
            self.rows(snapshot, definition=definition)
        except Refusal as refusal:
            return refusal.message
        return ""

    def assumed(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Return what the definition assumes where no source gives the state's value."""
        if self.why_no_data(snapshot):
            return ()
        return tuple(find_definition(snapshot.school_year.name).file.to_be_set.values())

    def rows(self, snapshot: Snapshot, *, definition: str = "") -> sql.Composable:
        """Return each participant, school and program, and whether the student is a concentrator of the program."""
        found = find_definition(definition or snapshot.school_year.name)
        return _ROWS.format(status=program_status(snapshot, found))
