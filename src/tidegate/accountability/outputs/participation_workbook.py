"""Participation by one definition or two as a workbook: a sheet with what the definitions say, and one with the
numbers."""

from collections.abc import Iterator, Sequence

from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.definitions.describe_definition import describe_definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.participation_table import HEADER, participation_lines
from tidegate.core.outputs.workbook import Line, Table, TableRows, xlsx_chunks

_WIDTHS = (22, 8, 28, 12, 40, 12, 40, 10, 10, 12, 10, 14, 14)
_NUMBERS = Table("Numbers", HEADER, _WIDTHS)
_DEFINITIONS = Table(
    "Definitions", ("Definition", "What", "Says", "The state's to set"), (14, 18, 60, 60), frozenset({2, 3})
)


def participation_xlsx(
    snapshot: Snapshot, definitions: Sequence[Definition], *, reach: Reach = None
) -> Iterator[bytes]:
    """Yield the workbook in pieces."""
    lines = list(participation_lines(snapshot, definitions, reach=reach))
    first = TableRows(_DEFINITIONS, [*_said_of(snapshot), *(line for each in definitions for line in _said_by(each))])
    return xlsx_chunks(_NUMBERS, lines, line_count=len(lines), first=first)


def _said_of(snapshot: Snapshot) -> Iterator[Line]:
    yield "", "Snapshot", f"{snapshot.pk}: {snapshot.title}, {snapshot.school_year.name}", ""
    yield "", "Hash (SHA-256)", snapshot.sha256, ""


def _said_by(definition: Definition) -> Iterator[Line]:
    for setting in describe_definition(definition):
        yield definition.school_year, setting.title, setting.text, setting.assumed
