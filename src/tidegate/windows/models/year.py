"""What the state has said of a school year: which file types it does not collect, when it was closed and reopened."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tidegate.reference.models import SchoolYear


class NotCollected(models.Model):
    """That a file type is not collected for a school year. Where there is no such row, it is."""

    file_type = models.CharField(max_length=100)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_year", "file_type"], name="not_collected_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_type} is not collected"


class YearMove(models.Model):
    """That a school year was closed, or reopened with a reason: who, and when."""

    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="moves", db_index=False)
    is_closed = models.BooleanField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["school_year", "-at"], name="year_move_newest")]
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Move {self.pk} of a school year"
