"""The definition of a snapshot: frozen with it, so that a file that the state changes later moves no number in it."""

from psycopg import sql

from tidegate.accountability.definitions.definition import Definition, find_definition
from tidegate.accountability.frozen_lines.tables import SCHOOL_YEAR, FrozenTable
from tidegate.accountability.models import FrozenLine, Snapshot
from tidegate.core.layouts.school_year import SchoolYear

DEFINITIONS = "definitions"
_COLUMNS = (SCHOOL_YEAR, "text")
_ROW = sql.SQL("SELECT {}::varchar, ARRAY[{}, {}]::text[], NULL::bigint")


def table_of_definition(definition: Definition) -> FrozenTable:
    """Return the table of a snapshot that has a definition: one line, with what its file says."""
    return FrozenTable(DEFINITIONS, _COLUMNS, _ROW.format(DEFINITIONS, definition.school_year, definition.text))


def has_definition(snapshot: Snapshot) -> bool:
    """Whether a snapshot froze a definition: one of its reports asks for it."""
    return any(table["name"] == DEFINITIONS for table in snapshot.tables)


def definition_of(snapshot: Snapshot, school_year: str | Definition = "") -> Definition:
    """Return the definition by which a snapshot is counted: its own, or that of another school year as the state's
    package has it now; one that was read before is returned as it is. NotFound where there is none."""
    if isinstance(school_year, Definition):
        return school_year
    own = snapshot.school_year.name
    named = SchoolYear.parse(school_year).name if school_year else own
    if named != own or not has_definition(snapshot):
        return find_definition(named)
    if DEFINITIONS not in snapshot.read_once:
        frozen = FrozenLine.objects.filter(snapshot=snapshot, table_name=DEFINITIONS)
        found = next((Definition.read(own, str(line.cells[1])) for line in frozen), None)
        snapshot.read_once[DEFINITIONS] = found or find_definition(named)
    definition: Definition = snapshot.read_once[DEFINITIONS]
    return definition
