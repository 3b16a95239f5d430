"""What the invented state stores in tables of its own."""

from django.db import models
from django.db.models import Q

from tidegate.records.models import CURRENT, Enrollment, StoredLine, Student
from tidegate.records.models.versioned import by_upload, end_needs_a_time
from tidegate.reference.models import Organization, SchoolYear


class Apprenticeship(StoredLine):
    """One apprenticeship of a student in a trade: the trade names it."""

    file_type = "apprenticeships"
    rests_on = (Student, Enrollment)
    personal = ("remark",)

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    sau = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    trade = models.CharField(max_length=2)
    employer = models.CharField(max_length=40, blank=True)
    weeks = models.PositiveSmallIntegerField()
    wage = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    remark = models.CharField(max_length=30, blank=True)

    class Meta:
        indexes = by_upload("apprenticeship")
        constraints = [
            models.UniqueConstraint(
                fields=["student", "school_year", "trade"], condition=CURRENT, name="apprenticeship_current_once"
            ),
            models.CheckConstraint(condition=Q(weeks__lte=52), name="apprenticeship_within_a_year"),
            end_needs_a_time("apprenticeship_replaced_at"),
        ]

    def __str__(self) -> str:
        return f"Apprenticeship {self.pk}"


class PracticeDay(StoredLine):
    """One day of practice; a student may have two alike, and what is sent of a school replaces what was."""

    file_type = "practice-days"
    rests_on = ("other_state.Apprenticeship",)

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    hours = models.DecimalField(max_digits=3, decimal_places=1)
    place = models.CharField(max_length=20, null=True)  # noqa: DJ001 - a state may do so

    class Meta:
        indexes = [
            models.Index(fields=["student", "school_year", "school"], name="practice_days_of_student"),
            *by_upload("practice_day"),
        ]
        constraints = [end_needs_a_time("practice_day_replaced_at")]

    def __str__(self) -> str:
        return f"Practice day {self.pk}"
