"""Participation by one definition or by several, as lines of a table: for CSV, and for a workbook."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from tidegate.accountability.counting.counted_students import names_in
from tidegate.accountability.counting.enrolled_students import MEASURES, EnrolledStudent
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.compare_definitions import compare_definitions
from tidegate.accountability.reports.participation import COUNTED, ParticipationLine, participation_tables
from tidegate.accountability.reports.student_count import title_of
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.core.outputs.workbook import Line

HEADER = (
    "Definition", "Proxy", "By", "Key", "Name", "SecondKey", "SecondName",
    "Enrolled", "NoLine", "Participants", "OneShort", "Concentrators", "CreditsEarned",
)  # fmt: skip
STUDENT_HEADER = (
    "StateStudentNumber", "LastName", "FirstName", "School", "SchoolName", "Program", "ProgramTitle", "Grade", "Gender",
    "SendingDistrict", "SendingDistrictName", "Courses", "CreditsEarned", "ParticipantSince", "ConcentratorSince",
)  # fmt: skip


def participation_lines(
    snapshot: Snapshot, definitions: Sequence[Definition], *, reach: Reach = None
) -> Iterator[Line]:
    """Yield a line for each school, program and so on, by each definition; and where there are two, a line for each
    school with how much larger the numbers are by the second."""
    for definition in definitions:
        for table in participation_tables(snapshot, definition, reach=reach):
            yield from (_cells(definition, line) for line in table.lines)
    if len(definitions) == 2:
        first, second = definitions
        for school in compare_definitions(snapshot, first, second, reach=reach):
            by = title_of(("school",) if school.identifier else ())
            named = (school.identifier, school.name if school.identifier else "")
            moved = [school.numbers[each].difference if each in COUNTED else "" for each in MEASURES]
            proxy = _proxy(first) or _proxy(second)
            yield (f"{second.school_year} less {first.school_year}", proxy, by, *named, "", "", *moved, "")


def participation_csv(snapshot: Snapshot, definitions: Sequence[Definition], *, reach: Reach = None) -> Iterator[bytes]:
    """Yield the lines as CSV in UTF-8."""
    yield csv_lines([HEADER])
    for line in participation_lines(snapshot, definitions, reach=reach):
        yield csv_lines([line])


def _proxy(definition: Definition) -> str:
    return "Yes" if definition.file.is_proxy else ""


def _cells(definition: Definition, line: ParticipationLine) -> Line:
    pairs = [*zip(line.keys, line.names, strict=True), ("", ""), ("", "")][:2]
    named = [text for pair in pairs for text in pair]
    of = (definition.school_year, _proxy(definition), title_of(line.dimensions))
    return (*of, *named, *line.counts.values(), Decimal(line.credits_in_digits))


def students_csv(snapshot: Snapshot, students: Iterable[EnrolledStudent]) -> Iterator[bytes]:
    """Yield students with a program of theirs as CSV in UTF-8, with the names that things had in the snapshot."""
    organizations, programs = names_in(snapshot)
    yield csv_lines([STUDENT_HEADER])
    for each in students:
        named = (programs.get(each.program, ""), organizations.get(each.sau, ""))
        line = (
            each.number, each.last_name, each.first_name, each.school, organizations.get(each.school, ""),
            each.program, named[0], each.grade, each.gender, each.sau, named[1], each.courses, each.credits,
            each.participant_since, each.concentrator_since,
        )  # fmt: skip
        yield csv_lines([line])
