"""Participants, concentrators and credits of a school year, by a definition of the state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from psycopg import sql

from tidegate.accountability.counting.counted_students import names_in
from tidegate.accountability.counting.enrolled_students import MEASURES, enrolled_rows
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.grouping import TABLES, groups_of
from tidegate.accountability.reports.report import Count, CountTable, Report
from tidegate.accountability.reports.student_count import MISSING, title_of
from tidegate.core.layouts.state_package import present_state

COUNTED = ("enrolled", "participants", "concentrators")
"""The measures that are numbers of the report; the others are lists of whom to look after."""
TITLES: Mapping[str, str] = {
    "enrolled": "Enrolled",
    "no-line": "Without a line",
    "participants": "Participants",
    "one-short": "One short",
    "concentrators": "Concentrators",
}
WITHOUT_VALUE: Mapping[str, str] = {**MISSING, "program": "No program"}
"""What a student is called who has no value, with words of the state in it."""
_VALUES = (
    sql.SQL("sum(earned)"),
    *(sql.SQL("count(DISTINCT student) FILTER (WHERE {})").format(each) for each in MEASURES.values()),
)


class ParticipationLine(NamedTuple):
    """The numbers of one school, program, grade, gender or sender, or of all: `counts` has each measure, `credits` what
    was earned there in the year."""

    dimensions: tuple[str, ...]
    keys: tuple[str, ...]
    names: tuple[str, ...]
    counts: Mapping[str, int]
    credits: Decimal

    @property
    def credits_in_digits(self) -> str:
        """The credits, without zeros at their end."""
        return f"{self.credits.normalize():f}"

    def count_of(self, measure: str, *, by: str) -> Count:
        """Return one of the numbers, which is in the table of that title."""
        return Count(by, self.keys, self.names, self.counts[measure], self.dimensions, measure)


@dataclass(frozen=True)
class ParticipationTable:
    """Lines that are counted by the same dimensions, in order."""

    dimensions: tuple[str, ...]
    lines: tuple[ParticipationLine, ...]

    @property
    def title(self) -> str:
        """What it is counted by."""
        return title_of(self.dimensions)


class Participation(Report):
    """The participants and concentrators among those who were enrolled, by the definition of the snapshot."""

    title = "Participants and concentrators"
    summary = "Participants, concentrators and credits of those who were enrolled, by the state's definition."
    is_compared = True
    needs_definition = True

    def tables(self, snapshot: Snapshot, *, reach: Reach = None) -> Iterator[CountTable]:
        """Yield each table of TABLES for each measure of COUNTED."""
        tables = participation_tables(snapshot, definition_of(snapshot), reach=reach)
        for measure in COUNTED:
            for table in tables:
                by = f"{TITLES[measure]}: {table.title}"
                counted = (line for line in table.lines if line.counts[measure] or not line.keys)
                yield CountTable(by, tuple(line.count_of(measure, by=by) for line in counted))


def participation_tables(
    snapshot: Snapshot, definition: Definition, *, reach: Reach = None
) -> list[ParticipationTable]:
    """Return the tables of TABLES, in that order, counted by a definition."""
    lines: dict[tuple[str, ...], list[ParticipationLine]] = {table: [] for table in TABLES}
    organizations, programs = names_in(snapshot)
    names = {"school": organizations, "sau": organizations, "program": programs}
    rows = enrolled_rows(snapshot, definition)
    for dimensions, keys, (earned, *students) in groups_of(snapshot, rows, _VALUES, reach=reach):
        shown = tuple(
            names.get(name, {}).get(key, key) if key else present_state().in_words(WITHOUT_VALUE[name])
            for name, key in zip(dimensions, keys, strict=True)
        )
        lines[dimensions].append(
            ParticipationLine(
                dimensions, keys, shown, dict(zip(MEASURES, map(int, students), strict=True)), Decimal(earned or 0)
            )
        )
    return [ParticipationTable(dimensions, tuple(found)) for dimensions, found in lines.items()]
