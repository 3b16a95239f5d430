"""Imports a reference folder: all four files in one transaction, or nothing and a list of everything that is wrong."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from tidegate.audit.record import ActingPerson, record_event
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.import_enrollments import check_enrollments, merge_enrollments, read_enrollments
from tidegate.records.import_students import merge_students, read_students, stage_students
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.import_codes import import_cip_list as merge_cip_list
from tidegate.reference.import_codes import merge_cte_codes, read_cte_codes
from tidegate.reference.import_file import ImportFile, Merged
from tidegate.reference.import_organizations import check_organizations, merge_organizations, read_organizations
from tidegate.reference.problem import ReferenceRefused
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
def import_reference(folder: Path, *, by: ActingPerson | None) -> ImportSummary:
    """Return what was imported. Rows that say what is stored change nothing; others bring a new version; what the
    files do not have stays. A Refusal lists every problem with file and row, and then nothing is imported."""
    if not folder.is_dir():
        fix = "Name the folder that tidegate export-reference has written"
        raise Refusal("The reference folder does not exist", fix=fix, code="REFERENCE_FOLDER")
    advisory_lock("import reference")
    organizations, codes = read_organizations(folder), read_cte_codes(folder)
    students, enrollments = read_students(folder), read_enrollments(folder)
    files = (organizations, codes, students, enrollments)
    _refuse_problems(*(file for file in files if not file.is_readable), also=files)
    check_organizations(organizations)
    stage_students(students)
    check_enrollments(enrollments)
    _refuse_problems(*files)
    new_years = add_school_years(SchoolYear(first) for first in enrollments.rows["school_year"].unique())
    merged = {
        organizations.file_name: merge_organizations(organizations),
        codes.file_name: merge_cte_codes(codes),
        students.file_name: merge_students(students),
        enrollments.file_name: merge_enrollments(enrollments),
    }
    _record("reference.imported", merged, by=by)
    return ImportSummary(merged, tuple(year.name for year in new_years))


@transaction.atomic
def import_cip_list(path: Path, *, by: ActingPerson | None) -> Merged:
    """Take the whole codes of the CIP list at `path`, as the NCES publishes it, as CTE codes of all years."""
    merged = merge_cip_list(path)
    _record("cip_list.imported", {path.name: merged}, by=by)
    return merged


def _refuse_problems(*having: ImportFile, also: tuple[ImportFile, ...] = ()) -> None:
    """Refuse where one of `having` has a problem; those of the files `also` are then listed with them."""
    if any(file.problems for file in having):
        raise ReferenceRefused({problem for file in (*having, *also) for problem in file.problems})


def _record(act: str, merged: dict[str, Merged], *, by: ActingPerson | None) -> None:
    counts = {
        name: {"rows": m.row_count, "added": m.added_count, "changed": m.changed_count} for name, m in merged.items()
    }
    record_event(act, by=by, files=counts)
