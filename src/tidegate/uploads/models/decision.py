"""What a person decided about an upload after it was sent."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tidegate.uploads.models.upload import Upload


class Act(models.TextChoices):
    """What can be decided, each once for an upload."""

    CANCEL = "cancel", "Cancelled"
    RELEASE = "release", "Released"
    UNDO = "undo", "Undone"


class Decision(models.Model):
    """Who decided it, and when. A worker that has the upload in hand looks here whether it is to stop."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(max_length=10, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "act"], name="decision_once"),
            models.CheckConstraint(condition=models.Q(act__in=Act.values), name="decision_act_is_known"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Decision {self.pk}"
