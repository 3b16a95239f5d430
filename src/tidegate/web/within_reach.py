"""Whom of some students a person may see, because they are enrolled where a role of the person reaches."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from tidegate.accounts.models import Person
from tidegate.accounts.reach import organizations_allowing
from tidegate.accounts.roles import Permission
from tidegate.records.models import CURRENT, Enrollment
from tidegate.reference.models import SchoolYear


def enrollments_within_reach(
    numbers: Collection[str], person: Person, school_year: SchoolYear
) -> "QuerySet[Enrollment]":
    """Return the enrollments of the students with these numbers that are where a role of the person reaches."""
    reach = organizations_allowing(person, Permission.VIEW_STUDENTS).order_by().values("pk")
    enrolled = Enrollment.objects.filter(CURRENT, student__in=numbers, school_year=school_year)
    return enrolled.filter(Q(sau__in=reach) | Q(school__in=reach))


def enrolled_within_reach(numbers: Collection[str], person: Person, school_year: SchoolYear) -> set[str]:
    """Return those of these students' numbers who are enrolled where a role of the person reaches."""
    return set(enrollments_within_reach(numbers, person, school_year).values_list("student_id", flat=True))
