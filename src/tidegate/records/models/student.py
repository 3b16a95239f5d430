"""A student, known by the state student number, and what is known of the person."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Collate, Upper

from tidegate.core.layouts.state import MAX_STUDENT_DIGITS
from tidegate.records.models.versioned import CURRENT, Versioned, end_needs_a_time

_UPPER_LAST, _UPPER_FIRST = Collate(Upper("last_name"), "C"), Collate(Upper("first_name"), "C")


class Student(models.Model):
    """A state student number that has been given, the same over years and districts. How many digits it has is the
    state's to say (see `follow_state`).

    In addresses and audit events the student goes by `public_id`, which says nothing to a reader of a log.
    """

    # The column takes as many digits as the state's numbers have.
    number = models.CharField(max_length=MAX_STUDENT_DIGITS, primary_key=True)
    public_id = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())

    def __str__(self) -> str:
        return "Student"  # a number is personal, and this may end up in a log line


class StudentVersion(Versioned):
    """Name, date of birth and gender of a student, as of one upload or import. Every student has a current version;
    while nothing is known but the number, a blank one."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="versions", db_index=False)
    last_name = models.CharField(max_length=100, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    middle_name = models.CharField(max_length=100, blank=True)
    suffix = models.CharField(max_length=10, blank=True)
    date_of_birth = models.DateField(null=True)
    gender = models.CharField(max_length=1, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["student"], name="student_versions_of_student"),
            # In the order of the student list and for its search: in the collation "C" equal beginnings are together.
            models.Index(
                _UPPER_LAST,
                _UPPER_FIRST,
                "student",
                condition=CURRENT,
                include=["last_name", "first_name"],  # without them the database would look at every row
                name="student_by_last_name",
            ),
            models.Index(
                _UPPER_FIRST,
                _UPPER_LAST,
                "student",
                condition=CURRENT,
                include=["last_name", "first_name"],
                name="student_by_first_name",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["student"],
                condition=CURRENT,
                include=["last_name", "first_name"],  # for the student list
                name="student_version_current_once",
            ),
            end_needs_a_time("student_version_replaced_at"),
        ]

    def __str__(self) -> str:
        return f"Student version {self.pk}"
