"""A student's lines in a school year, each with the change that it began with."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from tidegate.accounts.models import Focus, Person
from tidegate.accounts.permissions import check_can_view_student
from tidegate.accounts.reach import no_such
from tidegate.records.models import Enrollment, StoredLine, Student
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.records.students import organizations_of, with_names
from tidegate.reference.models import SchoolYear
from tidegate.uploads.history.line_columns import ShownColumn, columns_of
from tidegate.uploads.queries.changes import SeenChange, changes_by_id, restored_with


@dataclass(frozen=True)
class StudentLine:
    """A record, the change that it came with (None for an import that has none), and the undo that restored it."""

    record: StoredLine
    change: SeenChange | None
    undo: SeenChange | None = None


@dataclass(frozen=True)
class Screen:
    """A tab of the Student page for the lines of one file type."""

    lines: StoredLines

    @property
    def slug(self) -> str:
        """The end of its address: the file type."""
        return self.lines.file_type.slug

    @property
    def name(self) -> str:
        """The tab's name: the file type's."""
        return self.lines.file_type.name

    @property
    def columns(self) -> list[ShownColumn]:
        """The columns of its table."""
        return columns_of(self.lines)

    def cells(self, line: StudentLine) -> list[tuple[ShownColumn, str]]:
        """Return what is shown of a line, each with its column."""
        return [(column, column.text_of(line.record)) for column in self.columns]


def screens() -> list[Screen]:
    """Return the tabs of all file types whose lines are of their own."""
    return [Screen(lines) for lines in stored_lines() if not lines.is_base]


def find_screen(file_type: str) -> Screen:
    """Return the tab of a file type. Raises NotFound where it has none."""
    found = next((screen for screen in screens() if screen.slug == file_type), None)
    if found is None:
        raise no_such("page")
    return found


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


def lines_of_student(student: Student, lines: StoredLines, school_year: SchoolYear) -> list[StoredLine]:
    """Return the student's current lines of a file type in that school year, in the order of their first day."""
    named = {"student": student, "school_year": school_year, "replaced_at": None}
    current: QuerySet[StoredLine] = QuerySet(lines.model).filter(**named)
    related = [field.name for field in lines.shown.values() if field.is_relation]
    by = [str(lines.fields[lines.first_day].column)] if lines.first_day else []
    in_order = current.order_by(*by, "pk")
    return list(in_order.select_related(*related) if related else in_order)


def with_changes(records: Sequence[StoredLine], *, person: Person) -> list[StudentLine]:
    """Return the records as lines, each with the change that it began with."""
    changes = changes_by_id((record.began_with for record in records), person=person)
    undos = restored_with(records, person=person)
    return [
        StudentLine(
            record, changes.get(record.began_with or 0), undos.get(record.restored_at) if record.restored_at else None
        )
        for record in records
    ]
