"""What Maine stores in tables of its own."""

from django.db import models
from django.db.models import F, Q

from tidegate.records.models import CURRENT, Enrollment, StoredLine, Student
from tidegate.records.models.versioned import by_upload, end_needs_a_time
from tidegate.reference.models import Organization, SchoolYear


class CteRecord(StoredLine):
    """One line of a student's CTE program at a CTE school: one per class section, which has no number of its own, so
    that two alike are legal and both count.

    The lines of a student for one CTE school and CTE code in a school year are one group, replaced as a whole.
    What it names is checked by a trigger, once per statement: four checks per row were half of a load (decision 20).
    """

    file_type = "cte"
    rests_on = (Student, Enrollment)
    personal = ("school_student_id",)
    finds_student = ("school_student_id",)
    shown = ("school", "cte_code", "start_date", "end_date", "credits_earned", "postsecondary_credits")

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
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="CTE school",
    )
    school_student_id = models.CharField(max_length=10, blank=True)
    cte_code = models.CharField(max_length=20, verbose_name="CTE Code")
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    credits_earned = models.DecimalField(max_digits=4, decimal_places=2)
    postsecondary_credits = models.DecimalField(max_digits=4, decimal_places=2, null=True)

    class Meta:
        db_table = "records_cterecord"  # the name of the first release
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
