"""Participants and concentrators, as an indicator's base and those of it who met it: those of the participation
report, so that the Department has the number that everybody else sees."""

from psycopg import sql

from tidegate.accountability.counting.enrolled_students import enrolled
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.indicators.indicator import Indicator
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Refusal

_ROWS = sql.SQL("""
    {enrolled}
    SELECT DISTINCT student, school, program, concentrator_since IS NOT NULL AS is_met
    FROM enrolled_student WHERE participant_since IS NOT NULL
""")


class ProgramEnrollment(Indicator):
    """How many take part in programs, and how many of them are concentrators."""

    code = "Enrollment"
    title = "Participants and concentrators"
    wording = (
        "Participants among those who were enrolled in the school year, and those of them who are concentrators, by "
        "the state's definition."
    )
    source = "The Perkins Act, section 3(12) and 3(13)"

    def why_no_data(self, snapshot: Snapshot, *, definition: str | Definition = "") -> str:
        """Return why nobody can be counted: the year has no definition, or the snapshot no lines with courses."""
        try:
            self.rows(snapshot, definition=definition)
        except Refusal as refusal:
            return refusal.message
        return ""

    def rows(self, snapshot: Snapshot, *, definition: str | Definition = "") -> sql.Composable:
        """Return each participant, school and program, and whether the student is a concentrator of the program."""
        return _ROWS.format(enrolled=enrolled(snapshot, definition_of(snapshot, definition), reach=None))
