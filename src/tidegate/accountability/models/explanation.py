"""Why a number is unusual and right, in somebody's words."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from tidegate.accountability.models.snapshot import Snapshot
from tidegate.reference.models import Organization


class Explanation(models.Model):
    """Why a number of a report is right, although it moved by much. It is written once and never changed; a newer one
    of the same number takes its place.

    It holds for later snapshots, too, until its last day has passed or the number moves by much from what it was.

    Attributes:
        snapshot: The snapshot whose number was explained.
        period: The slug of its period.
        report: The slug of the report.
        dimensions: By what is counted.
        keys: The values of the dimensions.
        organization: Whose number it is; null is the state's.
        last_year: The number of last year's snapshot.
        number: The number that was explained.
        text: Why it is right.
        ends_on: The last day on which the explanation holds.
        by: Who explained it.
        at: When.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="explanations", db_index=False)
    period = models.CharField(max_length=50)
    report = models.CharField(max_length=100)
    dimensions = ArrayField(models.CharField(max_length=50))
    keys = ArrayField(models.CharField(max_length=100))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    last_year = models.IntegerField()
    number = models.IntegerField()
    text = models.CharField(max_length=1000)
    ends_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["period", "ends_on"], name="explanations_of_period")]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="explanation_says_something")]

    def __str__(self) -> str:
        return f"Explanation {self.pk}"

    @property
    def key(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """What the number is of."""
        return self.report, tuple(self.dimensions), tuple(self.keys)

    @property
    def explained_count(self) -> int:
        """How many students the number was when it was explained."""
        return self.number
