"""What was published of a snapshot, as the guard for small cells let it be seen."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tidegate.accountability.models.snapshot import APPROVED, Snapshot, SnapshotState


class Publication(models.Model):
    """The published tables of a snapshot. It is written once and never changed: what was published is known for ever.
    Its ID is its number.

    Attributes:
        snapshot: What was published.
        snapshot_state: How far the snapshot was then; blank is not known, as of what an older release published.
        smallest: The smallest number of students that is shown.
        edge_percent: Below this percentage, and above 100 minus it, a percentage is coded.
        document: The reports with their tables, hidden numbers as null.
        sha256: The SHA-256 of the document, as the audit log has it.
        number_count: How many numbers it has, without zeros that are shown.
        hidden_count: How many of these are hidden.
        withheld_count: How many tables are withheld.
        published_by: Who published it; null is the operator at the command line.
        published_at: When.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="publications")
    snapshot_state = models.CharField(max_length=10, choices=SnapshotState, blank=True, default="", db_default="")
    smallest = models.IntegerField()
    edge_percent = models.IntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    number_count = models.IntegerField()
    hidden_count = models.IntegerField()
    withheld_count = models.IntegerField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Publication {self.pk}"

    @property
    def is_preliminary(self) -> bool:
        """Whether nobody had approved the count when it was published."""
        return bool(self.snapshot_state) and self.snapshot_state not in APPROVED

    @property
    def is_revoked(self) -> bool:
        """Whether the count was reopened since, as it was wrong."""
        return self.snapshot.state == SnapshotState.OPEN

    @property
    def standing(self) -> str:
        """How a reader has to take the numbers: revoked, preliminary, or approved; blank is not known."""
        if self.is_revoked:
            return "revoked"
        if self.is_preliminary:
            return "preliminary"
        return "approved" if self.snapshot_state else ""
