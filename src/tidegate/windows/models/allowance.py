"""A person of the state allows an organization late files."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tidegate.reference.models import Organization, SchoolYear


class LateAllowance(models.Model):
    """That an organization may send files of a type for a school year after its window has closed, until a day, which
    is included, and why. Another allowance ends it."""

    file_type = models.CharField(max_length=100)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    until = models.DateField()
    reason = models.CharField(max_length=500)
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    allowed_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "file_type", "organization"],
                condition=Q(ended_at=None),
                name="allowance_current_once",
            ),
        ]
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Late allowance {self.pk}"
