"""Whom of some students a person may see, because they are enrolled where a role of the person reaches."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q

from tidegate.accounts.models import Person
from tidegate.accounts.reach import held_allowing, organizations_allowing
from tidegate.accounts.roles import Permission
from tidegate.records.models import CURRENT, Enrollment
from tidegate.reference.models import SchoolYear


def enrolled_within_reach(numbers: Collection[str], person: Person, school_year: SchoolYear) -> set[str]:
    """Return those of these students' numbers who are enrolled where a role of the person reaches."""
    reach = organizations_allowing(person, Permission.VIEW_STUDENTS).order_by().values("pk")
    enrolled = Enrollment.objects.filter(CURRENT, student__in=numbers, school_year=school_year)
    return set(enrolled.filter(Q(sau__in=reach) | Q(school__in=reach)).values_list("student_id", flat=True))


class VisibleStudent(NamedTuple):
    """A student whom a person may see, with the name that a list of findings shows."""

    number: str
    public_id: UUID
    first_name: str | None
    last_name: str | None
    suffix: str | None


# As `enrolled_within_reach` says it, with the names at once: written by the ORM it takes a sixth of the time of an
# upload's page.
_VISIBLE = """
SELECT student.number, student.public_id, named.first_name, named.last_name, named.suffix
FROM records_student student
LEFT JOIN records_studentversion named ON named.student_id = student.number AND named.replaced_at IS NULL
WHERE student.number = ANY(%(numbers)s) AND (%(is_state_wide)s OR EXISTS (
    SELECT FROM records_enrollment enrolled
    JOIN reference_organization place ON place.id IN (enrolled.sau_id, enrolled.school_id)
    WHERE enrolled.student_id = student.number AND enrolled.replaced_at IS NULL
        AND enrolled.school_year_id = %(school_year)s
        AND (place.id = ANY(%(held)s) OR place.parent_id = ANY(%(held)s))
))
"""


def students_within_reach(
    numbers: Collection[str], person: Person, school_year: SchoolYear
) -> dict[str, VisibleStudent]:
    """Return those of these students, by number, whom the person may see."""
    held = held_allowing(person, Permission.VIEW_STUDENTS)
    values: dict[str, Any] = {
        "numbers": list(numbers),
        "is_state_wide": None in held,
        "held": [each for each in held if each is not None],
        "school_year": school_year.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VISIBLE, values)
        return {each.number: each for each in map(VisibleStudent._make, cursor.fetchall())}
