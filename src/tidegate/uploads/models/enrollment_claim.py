"""A primary enrollment that was not loaded, because another district had the student then."""

from django.db import models
from django.db.models import Q

from tidegate.records.models import Student
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models.upload import Upload


class EnrollmentClaim(models.Model):
    """What a row of an upload says of a student whom another district has on file at the same time.

    It is open until a newer file of the same district has the student, or the school without the student. A newer one
    that says the same has a claim of its own, which takes its place. Whether it still contradicts what is on file is
    asked anew each time.

    Attributes:
        upload: The upload that says so.
        since: When the first one of those that have said the same did.
        ended_at: When a newer file took its place or said otherwise; None is open.
        ended_by: That file's upload: once it is undone, the claim is open again.
    """

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    sau = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry_date = models.DateField()
    exit_date = models.DateField(null=True)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["school_year", "sau"], condition=Q(ended_at__isnull=True), name="enrollment_claim_open_of_sau"
            ),
            models.Index(fields=["ended_by"], condition=Q(ended_by__isnull=False), name="enrollment_claim_by_ended_by"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "school_year", "school", "entry_date"],
                condition=Q(ended_at__isnull=True),
                name="enrollment_claim_open_once",
            ),
            models.CheckConstraint(
                condition=Q(exit_date__isnull=True) | Q(exit_date__gte=models.F("entry_date")),
                name="enrollment_claim_exit_not_before_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"Enrollment claim {self.pk}"
