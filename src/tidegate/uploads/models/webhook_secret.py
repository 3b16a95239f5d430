"""A secret that signs the messages to a webhook."""

from django.db import models
from django.db.models import Q

from tidegate.uploads.models.webhook import Webhook


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
