"""An address that gets a message when an upload has ended, and the secrets that sign the
messages."""

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


class WebhookSecret(models.Model):
    """A secret, encrypted. The webhook's owner was shown it once. After it was replaced it signs until `ends_at`."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="secrets")
    encrypted = models.TextField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook"], condition=Q(ends_at=None), name="webhook_secret_current_once")
        ]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Secret {self.pk} of webhook {self.webhook_id}"
