"""A request for a snapshot that a worker takes: who asked, and what became of it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from tidegate.accountability.models.snapshot import Snapshot
from tidegate.reference.models import SchoolYear

OVERDUE_AFTER = timedelta(minutes=10)
"""After how long somebody is offered to ask for a snapshot again."""


class SnapshotRequest(models.Model):
    """A snapshot that somebody has asked for on a page. Of a period's school year one at a time is taken.

    Attributes:
        period: The slug of the period.
        title: What the period was called.
        school_year: The school year that is counted.
        asked_by: Who asked.
        asked_at: When.
        started_at: When a worker has begun; null is that it waits.
        try_count: How often workers have begun.
        ended_at: When it ended, well or not.
        snapshot: The snapshot that was taken.
        refusal: Why none was taken, as sentences.
    """

    period = models.CharField(max_length=50)
    title = models.CharField(max_length=200)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    try_count = models.IntegerField(db_default=0)
    ended_at = models.DateTimeField(null=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    refusal = models.CharField(max_length=1000, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "school_year"], condition=Q(ended_at__isnull=True), name="one_snapshot_is_taken"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(snapshot__isnull=False) | ~Q(refusal=""),
                name="snapshot_request_ends_somehow",
            ),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk}"

    @property
    def is_overdue(self) -> bool:
        """Whether it has not ended for so long that its job may be lost, so that it can be asked for again."""
        return self.ended_at is None and timezone.now() - (self.started_at or self.asked_at) > OVERDUE_AFTER
