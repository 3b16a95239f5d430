"""An enrollment of a student at a school in a school year."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast

from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.enrollments import CONCURRENT, PRIMARY
from tidegate.records.models.stored_line import StoredLine
from tidegate.records.models.student import Student
from tidegate.records.models.versioned import CURRENT, by_upload, end_needs_a_time
from tidegate.reference.models import Organization, SchoolYear

_ENDED = CURRENT & Q(exit_date__isnull=False)


class EnrollmentType(models.TextChoices):
    """Primary at the sending school, concurrent at the technical school."""

    PRIMARY = PRIMARY, "Primary"
    CONCURRENT = CONCURRENT, "Concurrent"

    @property
    def in_words(self) -> str:
        """What the state calls such an enrollment, as a heading. The labels are the same in every state, since
        migrations have them."""
        word = present_state().word(self.name.lower())
        return word[0].upper() + word[1:]


def _only(number: Cast | F, function: str) -> Func:
    """Return the range that holds just this number: GiST knows ranges, and plain numbers only with btree_gist, which
    the embedded server does not have."""
    return Func(number, number, Value("[]"), function=function)


class Enrollment(StoredLine):
    """One enrollment. Key: student, school, type, entry date. The days are half open: entry date up to exit date."""

    UNIT = ("student_id", "school_year_id")
    base_name = "enrollments"
    shown = ("school", "sau", "enrollment_type", "grade_level", "entry_date", "exit_date", "exit_type")
    finds_student = ("school_student_id",)

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="enrollments", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    sau = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_student_id = models.CharField(max_length=10, blank=True)
    enrollment_type = models.CharField(max_length=1, choices=EnrollmentType)
    grade_level = models.CharField(max_length=2, blank=True)
    entry_date = models.DateField()
    start_status = models.CharField(max_length=2, blank=True)
    resident_sau_id = models.IntegerField(null=True)
    resident_town_code = models.CharField(max_length=3, blank=True, default="")
    exit_date = models.DateField(null=True)
    exit_type = models.CharField(max_length=2, blank=True)
    comments = models.CharField(max_length=250, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["student", "school_year"], name="enrollments_of_student"),
            models.Index(fields=["school", "school_year", "student"], condition=CURRENT, name="enrollments_at_school"),
            models.Index(fields=["sau", "school_year", "student"], condition=CURRENT, name="enrollments_in_sau"),
            models.Index(
                fields=["school", "school_year", "student"], condition=_ENDED, name="enrollments_ended_at_school"
            ),
            models.Index(fields=["sau", "school_year", "student"], condition=_ENDED, name="enrollments_ended_in_sau"),
            *by_upload("enrollment"),
        ]
        constraints = [
            # Its first two columns also serve the look-up of a file's students in a school year.
            models.UniqueConstraint(
                fields=["student", "school_year", "school", "enrollment_type", "entry_date"],
                condition=CURRENT,
                include=["sau", "exit_date"],  # for the student list, which asks of one student after the other
                name="enrollment_current_once",
            ),
            ExclusionConstraint(
                name="enrollment_one_primary_at_a_time",
                expressions=[
                    (_only(Cast("student_id", models.BigIntegerField()), "int8range"), RangeOperators.OVERLAPS),
                    (_only(F("school_year_id"), "int4range"), RangeOperators.OVERLAPS),
                    (Func(F("entry_date"), F("exit_date"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=CURRENT & Q(enrollment_type=EnrollmentType.PRIMARY),
            ),
            models.CheckConstraint(
                condition=Q(exit_date__isnull=True) | Q(exit_date__gte=F("entry_date")),
                name="enrollment_exit_not_before_entry",
            ),
            models.CheckConstraint(
                condition=Q(enrollment_type__in=EnrollmentType.values), name="enrollment_type_is_known"
            ),
            end_needs_a_time("enrollment_replaced_at"),
        ]

    @property
    def type_in_words(self) -> str:
        """What the state calls an enrollment of this type."""
        return EnrollmentType(self.enrollment_type).in_words

    def __str__(self) -> str:
        return f"Enrollment {self.pk}"
