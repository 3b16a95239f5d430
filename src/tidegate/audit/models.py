"""An event: one act, who did it, and what it was about."""

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One act. It has no foreign keys, so that it outlives what it speaks of; a trigger lets nobody change it."""

    at = models.DateTimeField(db_default=Now())
    act = models.CharField(max_length=100)  # `<thing>.<what was done>`, as `upload.sent`
    person_id = models.BigIntegerField(null=True)  # null: the system itself, or the command line of its operator
    person_email = models.CharField(max_length=254, blank=True)
    organization_id = models.IntegerField(null=True)
    school_year = models.CharField(max_length=9, blank=True)  # by name, 2020-2021
    subject_kind = models.CharField(max_length=100, blank=True)
    subject_id = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "at", "id"], name="event_by_place_and_time"),
            models.Index(fields=["person_email", "at", "id"], name="event_by_email_and_time"),
            models.Index(fields=["subject_kind", "subject_id"], name="event_by_subject"),
            models.Index(fields=["act", "at", "id"], name="event_by_act_and_time"),
            models.Index(fields=["at", "id"], name="event_in_order"),
        ]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.act} ({self.pk})"
