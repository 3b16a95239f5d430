"""The students of an organization in a school year, and what a list of them shows."""

from datetime import date

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from tidegate.records.models import CURRENT, Enrollment, Student
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.show_students import ShowStudents

_SHOWN = ("last_name", "first_name", "middle_name", "suffix", "date_of_birth", "gender")
_BY_NAME = (F("last_name"), F("first_name"), F("number"))


def students_of(
    organization: Organization | None,
    school_year: SchoolYear,
    *,
    show_students: str = ShowStudents.ALL,
    today: date | None = None,
) -> "QuerySet[Student]":
    """Return the students who have a current enrollment there, by name; None is the whole state.

    A SAU's students are those that it enrolls and those enrolled at its schools. Active is who has an enrollment there
    without an exit date or with one after `today`. Each student carries `last_name`, `first_name`, `middle_name`,
    `suffix`, `date_of_birth` and `gender`.
    """
    enrolled = enrollments_at(organization, school_year)
    open_ended = enrolled.filter(Q(exit_date=None) | Q(exit_date__gt=today or timezone.localdate()))
    condition = {
        ShowStudents.ACTIVE: _has(open_ended),
        ShowStudents.INACTIVE: _has(enrolled) & ~_has(open_ended),
    }.get(ShowStudents(show_students), _has(enrolled))
    return with_names(Student.objects.filter(condition)).order_by(*_BY_NAME)


def enrollments_at(organization: Organization | None, school_year: SchoolYear) -> "QuerySet[Enrollment]":
    """Return the current enrollments there in the school year; None is the whole state."""
    enrollments = Enrollment.objects.filter(CURRENT, school_year=school_year)
    if organization is None:
        return enrollments
    if organization.is_sau:
        return enrollments.filter(Q(sau=organization) | Q(school__parent=organization))
    return enrollments.filter(school=organization)


def with_names(students: "QuerySet[Student]") -> "QuerySet[Student]":
    """Return the students with the columns of their current version."""
    current = FilteredRelation("versions", condition=Q(versions__replaced_at=None))
    return students.annotate(current=current).annotate(**{name: F(f"current__{name}") for name in _SHOWN})


def search_students(students: "QuerySet[Student]", text: str) -> "QuerySet[Student]":
    """Return those of `students` (as `students_of` gives them) whose number is `text`, or of whom each word of it
    begins a name."""
    for word in text.replace(",", " ").split():
        students = students.filter(Q(number=word) | Q(last_name__istartswith=word) | Q(first_name__istartswith=word))
    return students


def organizations_of(student: Student, school_year: SchoolYear | None = None) -> "QuerySet[Organization]":
    """Return the SAUs and schools that the student is enrolled at, in one school year or in any.

    A school's own SAU need not be among them: what a role at a SAU reaches is `accounts`' to say.
    """
    enrollments = Enrollment.objects.filter(CURRENT, student=student)
    if school_year is not None:
        enrollments = enrollments.filter(school_year=school_year)
    of_student = enrollments.filter(Q(sau=OuterRef("pk")) | Q(school=OuterRef("pk")))
    return Organization.objects.filter(Exists(of_student))


def _has(enrollments: "QuerySet[Enrollment]") -> Q:
    return Q(Exists(enrollments.filter(student=OuterRef("pk"))))
