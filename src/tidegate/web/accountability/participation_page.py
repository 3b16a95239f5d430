"""What the pages of participants and concentrators show of a snapshot."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from tidegate.accountability.counting.counted_students import DIMENSIONS, names_in
from tidegate.accountability.counting.enrolled_students import MEASURES, EnrolledStudent
from tidegate.accountability.definitions.definition import Definition, find_definitions
from tidegate.accountability.definitions.describe_definition import describe_definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.compare_definitions import ComparedSchool, compare_definitions
from tidegate.accountability.reports.participation import (
    COUNTED,
    TITLES,
    WITHOUT_VALUE,
    ParticipationLine,
    ParticipationTable,
    participation_tables,
)
from tidegate.accountability.reports.student_count import name_of_dimension, title_of
from tidegate.core.layouts.state_package import present_state
from tidegate.web.plots.bars import BarRows, Part, Row

_PARTS = (
    Part("Concentrators", "standing-clean"),
    Part("Other participants", "standing-nothing"),
    Part("Enrolled without a course", "standing-none"),
)
_HINTS = {
    "enrolled": "The base: everybody who was enrolled",
    "no-line": "Enrolled, and no line of the school year",
    "participants": "Have completed a course, or as many as the definition says",
    "one-short": "One course short of concentrator in a program, and a concentrator in none",
    "concentrators": "Have completed the courses in a single program",
}


class LinkedNumber(NamedTuple):
    """A number, the page of its students, and what it counts."""

    number: int
    address: str
    title: str


class NumbersLine(NamedTuple):
    """A line of a table: what it is of, and its numbers."""

    names: tuple[str, ...]
    numbers: list[LinkedNumber]
    credits: str


class NumbersTable(NamedTuple):
    """A table of the page."""

    title: str
    is_open: bool
    lines: list[NumbersLine]


class DifferingSchool(NamedTuple):
    """A number of a school by two definitions, with the pages of the students whom only one of them counts."""

    title: str
    first: int
    second: int
    difference: int
    only_first: LinkedNumber | None
    only_second: LinkedNumber | None


class ComparedLine(NamedTuple):
    """A school, or all, by two definitions."""

    name: str
    differences: list[DifferingSchool]


@dataclass(frozen=True)
class ParticipationPage:
    """The report of a snapshot by a definition, and by another one beside it."""

    snapshot: Snapshot
    definition: Definition
    other: Definition | None
    reach: Reach

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        tables = participation_tables(self.snapshot, self.definition, reach=self.reach)
        return {
            "snapshot": self.snapshot,
            "definition": self.definition,
            "other": self.other,
            "settings": describe_definition(self.definition),
            "school_years": sorted({*find_definitions(), self.definition.school_year}),
            "is_own": self.definition.school_year == self.snapshot.school_year.name,
            "is_whole_state": self.reach is None,
            "titles": [(TITLES[measure], _HINTS[measure]) for measure in MEASURES],
            "tables": [self._table(table) for table in tables],
            "parts": _PARTS,
            "plot": _plot(tables),
            "compared": list(self._compared()),
            "query": urlencode({"definition": self.definition.school_year}),
            "query_of_both": urlencode([("definition", each.school_year) for each in self._definitions]),
        }

    @property
    def _definitions(self) -> list[Definition]:
        return [self.other, self.definition] if self.other else [self.definition]

    def _table(self, table: ParticipationTable) -> NumbersTable:
        lines = [
            NumbersLine(
                line.names,
                [
                    LinkedNumber(count, self._address(measure, zip(line.dimensions, line.keys, strict=True)), measure)
                    for measure, count in line.counts.items()
                ],
                f"{line.credits:,.2f}",
            )
            for line in table.lines
        ]
        return NumbersTable(table.title, len(table.dimensions) < 2, lines)

    def _address(self, measure: str, of: Any, unlike: Definition | None = None, by: Definition | None = None) -> str:
        """Return the address of the students behind a number.

        Args:
            measure: What is counted.
            of: The dimensions and keys that it is of.
            unlike: The definition by which they do not count.
            by: The one by which they do; the page's own by default.
        """
        query = [("definition", (by or self.definition).school_year), ("measure", measure), *of]
        query += [("unlike", unlike.school_year)] if unlike else []
        return f"{reverse('participation_students', args=[self.snapshot.pk])}?{urlencode(query)}"

    def _compared(self) -> Iterator[ComparedLine]:
        if self.other is not None:
            # Who is enrolled differs only where the two have another base.
            is_same_base = self.other.file.base == self.definition.file.base
            shown = [measure for measure in COUNTED if measure != "enrolled" or not is_same_base]
            for school in compare_definitions(self.snapshot, self.other, self.definition, reach=self.reach):
                yield ComparedLine(school.name, list(self._differences(school, self.other, shown)))

    def _differences(self, school: ComparedSchool, other: Definition, measures: list[str]) -> Iterator[DifferingSchool]:
        of = [("school", school.identifier)]
        for measure in measures:
            moved = school.numbers[measure]
            pages = (
                LinkedNumber(moved.only_first, self._address(measure, of, self.definition, other), measure),
                LinkedNumber(moved.only_second, self._address(measure, of, other), measure),
            )
            # Who changes schools may count at one by each definition: all in all there are no pages of their own.
            shown = [page if school.identifier and page.number else None for page in pages]
            yield DifferingSchool(TITLES[measure], moved.first, moved.second, moved.difference, *shown)


class ListedStudent(NamedTuple):
    """A student of a list, with the names of what they are counted by."""

    student: EnrolledStudent
    school: str
    program: str
    sau: str


def listed_students(snapshot: Snapshot, students: Iterable[EnrolledStudent]) -> list[ListedStudent]:
    """Return students with the names that schools, programs and senders had when the snapshot was taken."""
    organizations, programs = names_in(snapshot)
    return [
        ListedStudent(
            each,
            organizations.get(each.school, each.school),
            programs.get(each.program, each.program),
            organizations.get(each.sau, each.sau),
        )
        for each in students
    ]


def chosen_in_words(snapshot: Snapshot, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a list of students is of: each dimension with what people call its value."""
    organizations, programs = names_in(snapshot)
    names = {"school": organizations, "sau": organizations, "program": programs}
    return [
        (
            name_of_dimension(name),
            names.get(name, {}).get(key, key) if key else present_state().in_words(WITHOUT_VALUE[name]),
        )
        for name, key in chosen.items()
        if name in DIMENSIONS
    ]


def hint_of(measure: str) -> str:
    """Return in words whom a measure counts."""
    return _HINTS[measure]


def _plot(tables: list[ParticipationTable]) -> BarRows:
    schools = next(table for table in tables if table.dimensions == ("school",))
    return BarRows(_PARTS, [Row(_name(line), _parts_of(line)) for line in schools.lines])


def _name(line: ParticipationLine) -> str:
    return line.names[0] or title_of(line.dimensions)


def _parts_of(line: ParticipationLine) -> tuple[int, int, int]:
    counts = line.counts
    concentrators, participants = counts["concentrators"], counts["participants"]
    return concentrators, participants - concentrators, counts["enrolled"] - participants
