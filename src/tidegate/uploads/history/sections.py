"""The sections of a student's history: enrollments, and the lines of each file type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from tidegate.records.models import Enrollment, StoredLine, Student, on_file_at
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.reference.models import SchoolYear
from tidegate.uploads.history.line_columns import ShownColumn, columns_of, columns_of_enrollments

_KEY_OF_ENROLLMENTS = ("student_id", "school_id", "enrollment_type", "entry_date")
_NOT_COMPARED = {"id", "student", "school_year", *(field.name for field in Versioned._meta.fields)}  # noqa: SLF001 - Django's documented way to it


@dataclass(frozen=True, eq=False)
class Section:
    """Enrollments, or the lines of one file type.

    Attributes:
        name: Its name: the file type's.
        noun: What one line is called, and several.
        model: The model of its lines.
        columns: The columns that are shown.
        key: The attributes in which versions agree that follow each other.
        days: The attributes with the first day and the last; the last is missing where a line has one day only, both
            where it has none.
        lines: The lines of the file type; None for enrollments.
    """

    name: str
    noun: tuple[str, str]
    model: type[StoredLine]
    columns: Sequence[ShownColumn]
    key: tuple[str, ...]
    days: tuple[str, ...]
    lines: StoredLines | None = None

    @property
    def compared(self) -> list[str]:
        """The attributes in which versions of a line can differ."""
        fields = self.model._meta.concrete_fields  # noqa: SLF001 - as above
        return [field.attname for field in fields if field.name not in _NOT_COMPARED]

    def versions(self, student: Student, school_year: SchoolYear, *, at: datetime) -> list[StoredLine]:
        """Return every version of the student's lines in that school year, in the order in which they came on file.
        `was_on_file` says whether a version was on file at the moment `at`."""
        related = [column.field.name for column in self.columns if column.field.is_relation]
        found: QuerySet[StoredLine] = QuerySet(self.model).filter(student=student, school_year=school_year)
        found = found.annotate(was_on_file=on_file_at(at))
        return sorted(
            found.select_related(*related) if related else found, key=lambda record: (record.on_file_from, record.pk)
        )

    def first_day(self, record: StoredLine) -> date | None:
        """Return the day on which a line begins; None where it has none."""
        return getattr(record, self.days[0]) if self.days else None

    def last_day(self, record: StoredLine) -> date | None:
        """Return the day on which a line ends: the only one that it has; None where it is open."""
        return getattr(record, self.days[-1]) if self.days else None


def sections() -> list[Section]:
    """Return the enrollments, then the lines of every file type that has lines of its own."""
    return [_ENROLLMENTS, *(_section_of(lines) for lines in stored_lines() if not lines.is_base)]


def _section_of(lines: StoredLines) -> Section:
    fields = lines.fields
    days = [fields[row].attname for row in (lines.first_day, lines.last_day) if row]
    return Section(
        name=lines.file_type.name,
        noun=lines.table.noun,
        model=lines.model,
        columns=columns_of(lines),
        key=tuple(fields[row].attname for row in lines.table.unit),
        days=tuple(days),
        lines=lines,
    )


_ENROLLMENTS = Section(
    name="Enrollments",
    noun=("enrollment", "enrollments"),
    model=Enrollment,
    columns=columns_of_enrollments(),
    key=_KEY_OF_ENROLLMENTS,
    days=("entry_date", "exit_date"),
)
