"""The indicators of who graduated: credentials (5S1), postsecondary credits (5S2) and work-based learning (5S3)."""

from abc import abstractmethod

from psycopg import sql

from tidegate.accountability.counting.attainment import attained_in_program, concentrators_who, graduates, table_with
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.indicators.indicator import PUBLISHED_WORDING, ByDefinition
from tidegate.accountability.models import Snapshot

_GRADUATES = sql.SQL("SELECT student FROM graduate")


class OfGraduates(ByDefinition):
    """Concentrators who graduated in the school year, and those of them who attained an outcome in their program."""

    @property
    @abstractmethod
    def outcome(self) -> str:
        """The name of the outcome."""

    condition = sql.SQL("{value} IS NOT NULL")

    def missing(self, snapshot: Snapshot, definition: Definition) -> str:
        """Return whether nothing brings the outcome, or the definition does not say who graduated."""
        if table_with(snapshot, self.outcome) is None:
            return f"The snapshot has no file type that brings the {self.outcome}"
        if not definition.file.graduated:
            return f"The definition of {definition.school_year} does not say with which exit types students graduate"
        return ""

    def shared(self, snapshot: Snapshot, definition: Definition) -> dict[str, sql.Composable]:
        """Return the concentrators and the graduates."""
        return {**super().shared(snapshot, definition), "graduate": graduates(snapshot, definition)}

    def base(self, snapshot: Snapshot, definition: Definition) -> sql.Composable:
        """Return each graduate's programs as a concentrator, and whether the outcome was attained in each."""
        met = attained_in_program(snapshot, definition, self.outcome, self.condition)
        return concentrators_who(students=_GRADUATES, attained=met)


class Credential(OfGraduates):
    """Graduates who earned a recognized postsecondary credential."""

    code = "5S1"
    title = "Attained Recognized Postsecondary Credential"
    wording = "Concentrators who graduated from high school having attained a recognized postsecondary credential."
    source = PUBLISHED_WORDING
    moved_by = "a recognized credential in the program of a graduate"
    to_confirm = True
    outcome = "credential"


class PostsecondaryCredits(OfGraduates):
    """Graduates who earned postsecondary credits in their program."""

    code = "5S2"
    title = "Attained Postsecondary Credits"
    wording = (
        "Concentrators who graduated from high school having attained postsecondary credits in the relevant program, "
        "earned through dual or concurrent enrollment or another credit transfer agreement."
    )
    source = PUBLISHED_WORDING
    moved_by = "postsecondary credits in the program of a graduate"
    to_confirm = True
    outcome = "postsecondary credits"
    condition = sql.SQL("{value}::numeric > 0")


class WorkBasedLearning(OfGraduates):
    """Graduates who took part in work-based learning."""

    code = "5S3"
    title = "Participated in Work-Based Learning"
    wording = "Concentrators who graduated from high school having participated in work-based learning."
    source = PUBLISHED_WORDING
    moved_by = "work-based learning in the program of a graduate"
    to_confirm = True
    outcome = "work-based learning"
