"""An address that is told when an upload has ended."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tidegate.reference.models import Organization


class Webhook(models.Model):
    """Where the programs of an organization want to hear of its uploads and those of its schools."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="webhooks")
    address = models.URLField(max_length=500)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=60, blank=True)  # of our own words and a status, nothing from outside

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "address"], condition=Q(ended_at=None), name="webhook_address_once"
            )
        ]

    def __str__(self) -> str:
        return f"Webhook {self.pk}"
