"""Students whose enrollments are on file and whose names are not."""

import pytest

from tests.records.test_students import ARIA, BANJO, way
from tidegate.records.import_folder import import_reference
from tidegate.records.student_list import StudentList
from tidegate.reference.models import SchoolYear

__all__ = ["way"]

pytestmark = pytest.mark.django_db


def test_whoever_is_enrolled_without_a_known_name_is_listed(write_folder):
    import_reference(write_folder(students=[]), by=None)
    students = StudentList(None, SchoolYear.objects.get(first=2020)).rows(0, 50)
    assert [(student.number, student.last_name) for student in students] == [(ARIA, ""), (BANJO, "")]
