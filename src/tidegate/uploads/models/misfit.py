"""A line on file that does not fit the present rules, until it does."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from tidegate.records.models import Student
from tidegate.reference.models import Organization, SchoolYear


class Misfit(models.Model):
    """A line on file, and a rule that it would break if it were sent now. It goes when the line fits or is gone.

    The line is named by its file type and its ID in the type's table: each type has a table of its own. `places` has
    the IDs of the organizations that the line names and of the one that sent it, whose people see it. `organization`
    is the first of them.
    """

    file_type = models.CharField(max_length=100)
    line_id = models.BigIntegerField()
    code = models.CharField(max_length=10)
    column = models.CharField(max_length=100, blank=True)
    message = models.TextField()
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True)
    places = ArrayField(models.IntegerField())
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["school_year", "file_type", "code"], name="misfit_by_rule"),
            GinIndex(fields=["places"], name="misfit_by_place"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["file_type", "line_id", "code", "column"], name="misfit_once"),
        ]

    def __str__(self) -> str:
        return f"Misfit {self.pk}"
