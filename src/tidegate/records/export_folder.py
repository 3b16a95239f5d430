"""Exports the reference folder: the files that `check` reads and `import_reference` takes, streamed by COPY."""

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from psycopg import sql

from tidegate.audit.record import ActingPerson, record_event
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.codes import Codes
from tidegate.core.reference.organizations import Organizations
from tidegate.core.reference.stored_lines import LINES_ORDER
from tidegate.core.reference.table import ReferenceFile
from tidegate.records.line_tables import export_of
from tidegate.records.reference_data import tables_in_database
from tidegate.records.stored_lines import stored_lines
from tidegate.reference.copy_rows import copy_out


@transaction.atomic
def export_reference(
    folder: Path, *, school_year: SchoolYear | None = None, by: ActingPerson | None = None
) -> dict[str, int]:
    """Write the files into `folder`, and return the size of each in bytes, by file name.

    `school_year` leaves out the enrollments and stored lines of other years; all students, organizations and codes are
    always there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    exports = [
        (table.order, file, query) for table in tables_in_database() for file, query in table.export(school_year)
    ]
    exports += [(LINES_ORDER, lines.table.file, export_of(lines, school_year)) for lines in stored_lines()]
    in_order = sorted(exports, key=lambda export: export[0])
    sizes = {file.file_name: _write(folder / file.file_name, file, query) for _, file, query in in_order}
    record_event("reference.exported", by=by, school_year=school_year)
    return sizes


def public_lists() -> Iterator[tuple[str, bytes]]:
    """Yield the lists of the reference folder that hold no students, each with its file's name: organizations and
    codes. A check with them alone is not asked what needs students, enrollments or lines on file."""
    for table in sorted(tables_in_database(), key=lambda table: table.order):
        if issubclass(table, Organizations | Codes):
            for file, query in table.export(None):
                yield file.file_name, b"".join([f"{','.join(file.titles)}\n".encode(), *copy_out(query)])


def _write(path: Path, file: ReferenceFile, query: sql.Composable) -> int:
    with path.open("wb") as out:
        out.write(f"{','.join(file.titles)}\n".encode())
        for piece in copy_out(query):
            out.write(piece)
        return out.tell()
