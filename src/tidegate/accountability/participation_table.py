"""Participation by one definition or by several, as lines of a table: for CSV, and for a workbook."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from tidegate.accountability.definition import Definition
from tidegate.accountability.definitions_compared import compare_definitions
from tidegate.accountability.enrolled_students import MEASURES
from tidegate.accountability.frozen_cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.participation import COUNTED, ParticipationLine, participation_tables
from tidegate.accountability.reports.student_count import title_of
from tidegate.core.outputs.spreadsheet import escape_formula

HEADER = (
    "Definition", "Proxy", "By", "Key", "Name", "SecondKey", "SecondName",
    "Enrolled", "NoLine", "Participants", "OneShort", "Concentrators", "CreditsEarned",
)  # fmt: skip
Line = tuple[int | str, ...]


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
            named = (school.identifier, escape_formula(school.name) if school.identifier else "")
            moved = [str(school.numbers[each].difference) if each in COUNTED else "" for each in MEASURES]
            proxy = _proxy(first) or _proxy(second)
            yield (f"{second.school_year} less {first.school_year}", proxy, by, *named, "", "", *moved, "")


def participation_csv(snapshot: Snapshot, definitions: Sequence[Definition], *, reach: Reach = None) -> Iterator[bytes]:
    """Yield the lines as CSV in UTF-8."""
    yield _csv([HEADER])
    for line in participation_lines(snapshot, definitions, reach=reach):
        yield _csv([line])


def _proxy(definition: Definition) -> str:
    return "Yes" if definition.file.is_proxy else ""


def _cells(definition: Definition, line: ParticipationLine) -> Line:
    pairs = [*zip(line.keys, line.names, strict=True), ("", ""), ("", "")][:2]
    named = [escape_formula(text) for pair in pairs for text in pair]
    of = (definition.school_year, _proxy(definition), title_of(line.dimensions))
    return (*of, *named, *line.counts.values(), f"{line.credits:f}")


def _csv(lines: Iterable[Line]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(lines)
    return buffer.getvalue().encode()
