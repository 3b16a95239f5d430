"""Writes the demo state as a reference folder, which `tidegate check` and `tidegate import-reference` read."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tidegate.core.reference.codes import list_file
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.number_requests import NumberRequests
from tidegate.core.reference.organizations import Organizations
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import ReferenceFile
from tidegate.states.maine.demo.cte_codes import CREDENTIALS, CTE_CODES
from tidegate.states.maine.demo.enrollments import DemoEnrollment, list_cohorts, list_enrollments
from tidegate.states.maine.demo.organizations import ORGANIZATIONS
from tidegate.states.maine.demo.students import list_students

_Row = Iterable[object]
# With where students live, which the Student Enrollment file asks for: what is imported then fits its rules.
_ENROLLMENTS = ReferenceFile(Enrollments.file.file_name, (*Enrollments.file.header, "ResidentSAUID"))


def write_reference(folder: Path, *, today: date) -> None:
    """Write the folder. The current year is that of `today`; everything else is the same every time."""
    folder.mkdir(parents=True, exist_ok=True)
    organizations = ((o.id, o.name, o.kind, o.parent_id, o.local_id, "") for o in ORGANIZATIONS)
    students = (
        (s.number, s.last_name, s.first_name, s.middle_name, s.date_of_birth, s.gender)
        for year in list_cohorts(today)
        for s in list_students(year)
    )
    _write(folder, Organizations.file, organizations)
    _write(folder, list_file("cte_codes"), ((code, title, "", "") for code, title in CTE_CODES))
    _write(folder, list_file("credential_codes"), ((code, title, "", "") for code, title in CREDENTIALS))
    _write(folder, Students.file, students)
    _write(folder, _ENROLLMENTS, map(_enrollment_row, list_enrollments(today)))
    _write(folder, NumberRequests.file, ())


def _enrollment_row(enrollment: DemoEnrollment) -> _Row:
    return (
        enrollment.school_year.name,
        enrollment.sau_id,
        enrollment.school_id,
        enrollment.student.number,
        enrollment.student.school_student_id,
        enrollment.enrollment_type,
        f"{enrollment.grade:02d}",
        enrollment.entry_date,
        enrollment.start_status,
        enrollment.exit_date,
        enrollment.exit_type,
        enrollment.student.school.parent_id,
    )


def _write(folder: Path, file: ReferenceFile, rows: Iterable[_Row]) -> None:
    with (folder / file.file_name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(file.titles)
        writer.writerows(rows)
