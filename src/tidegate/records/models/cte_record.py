"""A CTE record: one line of a student's CTE program at a CTE school, with the credits earned."""

from django.db import models
from django.db.models import F, Q

from tidegate.records.models.student import Student
from tidegate.records.models.versioned import CURRENT, Versioned, by_upload, end_needs_a_time
from tidegate.reference.models import Organization, SchoolYear


class CteRecord(Versioned):
    """One line per class section, which has no number of its own: two alike are legal and both count.

    The lines of a student for one CTE school and CTE code in a school year are one group, replaced as a whole.
    What it names is checked by a trigger, once per statement: four checks per row were half of a load (decision 20).
    """

    UNIT = ("student_id", "school_year_id", "school_id", "cte_code")

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="cte_records", db_index=False, db_constraint=False
    )
    school_year = models.ForeignKey(
        SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    sau = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    school = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    school_student_id = models.CharField(max_length=10, blank=True)
    cte_code = models.CharField(max_length=20)
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    credits_earned = models.DecimalField(max_digits=4, decimal_places=2)
    postsecondary_credits = models.DecimalField(max_digits=4, decimal_places=2, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["student", "school_year", "school", "cte_code"], name="cte_record_group"),
            models.Index(fields=["school", "school_year", "cte_code"], condition=CURRENT, name="cte_records_at_school"),
            models.Index(fields=["sau", "school_year"], condition=CURRENT, name="cte_records_in_sau"),
            *by_upload("cte_record"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="cte_record_end_not_before_start",
            ),
            end_needs_a_time("cte_record_replaced_at"),
        ]

    def __str__(self) -> str:
        return f"CTE record {self.pk}"
