"""A student's lines in a school year, each with the upload that it began with."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tidegate.accounts.models import Focus, Person
from tidegate.accounts.permissions import can_view_upload, check_can_view_student
from tidegate.accounts.reach import no_such
from tidegate.records.models import CteRecord, Enrollment, Student
from tidegate.records.students import organizations_of, with_names
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import Upload


@dataclass(frozen=True)
class Line:
    """A record and the upload that it began with; None where the person may not see it, or it was imported."""

    record: Enrollment | CteRecord
    upload: Upload | None


def find_student(person: Person, public_id: UUID, focus: Focus | None) -> tuple[Student, Focus]:
    """Find a student that the person may see.

    Returns:
        The student with names, and the focus, which is then not None.

    Raises:
        NotFound: The student is not known, or has no enrollment in the focus's school year within
            the person's reach.
    """
    found = with_names(Student.objects.filter(public_id=public_id)).first()
    if found is None or focus is None:
        raise no_such("student")
    check_can_view_student(person, list(organizations_of(found, focus.school_year)))
    return found, focus


def enrollments_of(student: Student, school_year: SchoolYear) -> list[Enrollment]:
    """Return the student's current enrollments in that school year, in the order in which they began."""
    current = Enrollment.objects.filter(student=student, school_year=school_year, replaced_at=None)
    return list(current.select_related("school", "sau").order_by("entry_date", "pk"))


def cte_records_of(student: Student, school_year: SchoolYear) -> list[CteRecord]:
    """Return the student's current CTE records in that school year, in the order in which they began."""
    current = CteRecord.objects.filter(student=student, school_year=school_year, replaced_at=None)
    return list(current.select_related("school", "sau").order_by("start_date", "pk"))


def with_uploads(records: Sequence[Enrollment | CteRecord], *, person: Person) -> list[Line]:
    """Return the records as lines, each with the upload that it began with."""
    uploads = Upload.objects.filter(pk__in={record.began_with for record in records}).select_related("organization")
    seen = {upload.pk: upload for upload in uploads if can_view_upload(person, upload.organization)}
    return [Line(record, seen.get(record.began_with or 0)) for record in records]
