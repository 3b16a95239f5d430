"""Imports a reference folder: all files in one transaction, or nothing and a list of everything that is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from tidegate.audit.record import ActingPerson, record_event
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.changes import next_change_id, note_change
from tidegate.records.models import ChangeKind
from tidegate.records.reference_data import tables_in_database
from tidegate.reference.advisory_lock import REFERENCE_LISTS, advisory_lock
from tidegate.reference.copy_rows import current_time
from tidegate.reference.database_table import ImportedTable
from tidegate.reference.import_file import ImportFile, Merged, NewerRecords
from tidegate.reference.problem import NewerOnFile, ReferenceRefused
from tidegate.reference.school_years import add_school_years


@dataclass(frozen=True)
class ImportSummary:
    """What an import did: for each file by name, and the names of the school years that it added."""

    files: dict[str, Merged]
    school_years: tuple[str, ...]

    @property
    def has_changes(self) -> bool:
        """Whether the import changed anything."""
        return bool(self.school_years) or any(m.added_count or m.changed_count for m in self.files.values())


@transaction.atomic
def import_reference(
    folder: Path, *, by: ActingPerson | None, newer: NewerRecords = NewerRecords.REFUSE
) -> ImportSummary:
    """Return what was imported. Rows that say what is stored change nothing; others bring a new version; what the
    files do not have stays.

    Args:
        folder: The folder.
        by: Who imports it; None is the operator at the command line.
        newer: What is done with rows that differ from what an upload or a correction by hand has made of a record.

    Raises:
        Refusal: It lists every problem with file and row, and then nothing is imported.
        NewerOnFile: Nothing else is wrong, but rows would undo what uploads and corrections have changed.
    """
    if not folder.is_dir():
        fix = "Name the folder that tidegate export-reference has written"
        raise Refusal("The reference folder does not exist", fix=fix, code="REFERENCE_FOLDER")
    advisory_lock(REFERENCE_LISTS)
    tables = [table for table in tables_in_database() if issubclass(table, ImportedTable)]
    files = [(table, file) for table in tables for file in table.read(folder)]
    every_file = [file for _, file in files]
    _refuse_problems(*(file for file in every_file if not file.is_readable), also=every_file)
    in_years = [file.rows["school_year"] for file in every_file if "school_year" in file.rows.columns]
    # Before the checks, which lock the years: one that another transaction adds and closes meanwhile is locked, too.
    new_years = add_school_years(SchoolYear(first) for years in in_years for first in years.drop_nulls().unique())
    for table, file in files:
        file.newer = newer
        table.check(file)
    for table, file in files:
        table.compare(file)
    _refuse_problems(*every_file)
    if newer is NewerRecords.REFUSE and any(file.newer_rows for file in every_file):
        raise NewerOnFile({file.file_name: file.newer_rows for file in every_file})
    change_id, changed_at = next_change_id(), current_time()
    merged = {}
    for table, file in files:
        file.change_id, file.changed_at = change_id, changed_at
        merged[file.file_name] = table.merge(file)
    summary = ImportSummary(merged, tuple(year.name for year in new_years))
    if summary.has_changes:
        note_change(ChangeKind.IMPORT, by=by, change_id=change_id, at=changed_at)
    _record("reference.imported", merged, newer=newer, by=by)
    return summary


def _refuse_problems(*having: ImportFile, also: Sequence[ImportFile] = ()) -> None:
    """Refuse where one of `having` has a problem; those of the files `also` are then listed with them."""
    if any(file.problems for file in having):
        raise ReferenceRefused({problem for file in (*having, *also) for problem in file.problems})


def _record(act: str, merged: dict[str, Merged], *, newer: NewerRecords, by: ActingPerson | None) -> None:
    counts = {
        name: {"rows": m.row_count, "added": m.added_count, "changed": m.changed_count} for name, m in merged.items()
    }
    details: dict[str, Any] = {"overwrite": True} if newer is NewerRecords.OVERWRITE else {}
    record_event(act, by=by, files=counts, **details)
