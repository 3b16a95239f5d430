"""What is shown of students, and where they are enrolled."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import F, FilteredRelation, Q, QuerySet

from tidegate.records.models import CURRENT, Enrollment, Student
from tidegate.reference.models import Organization, SchoolYear

_PLACES = (
    "student_id",
    "sau__identifier",
    "sau__name",
    "sau__parent_id",
    "school__identifier",
    "school__name",
    "school__parent_id",
)
_SHOWN = ("last_name", "first_name", "middle_name", "suffix", "date_of_birth", "gender")


def with_names(students: "QuerySet[Student]") -> "QuerySet[Student]":
    """Return the students with the columns of their current version."""
    current = FilteredRelation("versions", condition=Q(versions__replaced_at=None))
    return students.annotate(current=current).annotate(**{name: F(f"current__{name}") for name in _SHOWN})


def students_with_organizations(
    numbers: Collection[str], school_year: SchoolYear
) -> list[tuple[Student, list[Organization]]]:
    """Return the students who have these numbers, with names, each with the districts and schools that the student is
    enrolled at in the school year."""
    enrollments = Enrollment.objects.filter(CURRENT, student__in=numbers, school_year=school_year)
    both = enrollments.select_related("sau", "school").only(*_PLACES)
    enrolled: dict[str, dict[int, Organization]] = defaultdict(dict)
    for each in both:
        enrolled[each.student_id] |= {each.sau_id: each.sau, each.school_id: each.school}
    students = with_names(Student.objects.filter(pk__in=numbers))
    return [(student, list(enrolled[student.pk].values())) for student in students]


def organizations_of(student: Student, school_year: SchoolYear | None = None) -> "QuerySet[Organization]":
    """Return the districts and schools that the student is enrolled at, in one school year or in any.

    A school's own district need not be among them: what a role at a district reaches is `accounts`' to say.
    """
    enrollments = Enrollment.objects.filter(CURRENT, student=student)
    if school_year is not None:
        enrollments = enrollments.filter(school_year=school_year)
    return Organization.objects.filter(pk__in=enrollments.values("sau").union(enrollments.values("school")))
