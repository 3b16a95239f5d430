"""What was published of a snapshot, as the guard for small cells let it be seen."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tidegate.accountability.models.snapshot import Snapshot


class Publication(models.Model):
    """The published tables of a snapshot. It is written once and never changed: what was published is known for ever.
    Its ID is its number.

    Attributes:
        snapshot: What was published.
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
