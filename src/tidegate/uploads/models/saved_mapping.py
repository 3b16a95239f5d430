"""A mapping that an organization has saved for a file type."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tidegate.file_types import FileType, find
from tidegate.reference.models import Organization


class SavedMapping(models.Model):
    """What the columns and values of an organization's files mean, from when it was saved until it was ended or another
    one was saved. `said` is the mapping as JSON has it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="mappings")
    file_type = models.CharField(max_length=100)
    said = models.JSONField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "file_type"], condition=Q(ended_at=None), name="mapping_current_once"
            )
        ]
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Mapping {self.pk}"

    @property
    def type(self) -> FileType:
        """The file type that the slug `file_type` names."""
        return find(self.file_type)
