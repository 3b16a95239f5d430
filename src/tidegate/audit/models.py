"""An event: one act, who did it, and what it was about; and the seals that show whether one was changed."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from tidegate.audit.origin import MAX_AGENT_LENGTH


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
    address = models.CharField(max_length=45, blank=True, db_default="")  # blank: not in a request, or from before
    user_agent = models.CharField(max_length=MAX_AGENT_LENGTH, blank=True, db_default="")
    request_id = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "at", "id"], name="event_by_place_and_time"),
            models.Index(fields=["person_email", "at", "id"], name="event_by_email_and_time"),
            models.Index(fields=["subject_kind", "subject_id"], name="event_by_subject"),
            models.Index(fields=["act", "at", "id"], name="event_by_act_and_time"),
            models.Index(fields=["at", "id"], name="event_in_order"),
            models.Index(fields=["address", "at", "id"], name="event_by_address_and_time"),
            models.Index(fields=["request_id"], name="event_by_request"),
            GinIndex(fields=["details"], opclasses=["jsonb_path_ops"], name="event_by_details"),
        ]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.act} ({self.pk})"


class Unsealed(models.Model):
    """An event that waits for its seal. A trigger puts it here in the event's own transaction, so that it is seen once
    that is committed, however late and in whatever order."""

    event_id = models.BigIntegerField(primary_key=True)
    transaction_id = models.BigIntegerField()  # PostgreSQL's, 64 bits; whether it ran already at the seal before

    class Meta:
        db_table = "audit_unsealed"

    def __str__(self) -> str:
        return f"Event {self.event_id}"


class Seal(models.Model):
    """Some committed events, chained by `sha256` to all that were sealed before. A trigger lets nobody change it."""

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without a gap
    at = models.DateTimeField()
    form = models.SmallIntegerField()  # of the events' canonical text
    event_ids = models.JSONField()  # in the order of sealing
    digests = models.BinaryField()  # the SHA-256 of each event's canonical text, one after the other
    late_ids = models.JSONField()  # those of them that say that they are older than a seal before
    event_count = models.BigIntegerField()  # of this and all seals before
    last_id = models.BigIntegerField()  # the highest event ID of this and all seals before
    next_transaction_id = models.BigIntegerField()  # transactions from this one on had not begun
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["at"], name="seal_by_time")]

    def __str__(self) -> str:
        return f"Seal {self.number}"


class Head(models.Model):
    """What the chain came to on one day, signed; a file outside of the database has the same."""

    day = models.DateField(primary_key=True)  # in UTC
    document = models.JSONField()

    def __str__(self) -> str:
        return f"Head of {self.day}"


class RefusalCount(models.Model):
    """How often the same was refused within an hour, so that not every time leaves an event."""

    key = models.CharField(primary_key=True, max_length=64)
    hour = models.DateTimeField()
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.count} within the hour from {self.hour}"
