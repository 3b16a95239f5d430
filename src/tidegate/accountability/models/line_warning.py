"""What a frozen line was warned of when a snapshot was taken, and why an office's warnings of a rule are right."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tidegate.accountability.models.snapshot import Snapshot
from tidegate.reference.models import Organization


class FrozenWarning(models.Model):
    """A frozen line that a rule warned of when the snapshot was taken: it would be loaded, and may be wrong.

    `version_id` is the ID of the version that the line is a copy of. `identifier` is the ID of the organization that
    sent the line, as people write it; of a line that was imported it is the first organization that the line names.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="warnings")
    file_type = models.CharField(max_length=100)
    version_id = models.BigIntegerField()
    code = models.CharField(max_length=10)
    identifier = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"Frozen warning {self.pk}"


class WarningExplanation(models.Model):
    """Why the lines of an office that a rule warns of are right. It is written once and never changed; a newer one of
    the same office, file type and rule takes its place.

    It holds for later snapshots, too, until its last day has passed or the number of lines moves by much.

    Attributes:
        snapshot: The snapshot whose warnings were explained.
        period: The slug of its period.
        file_type: The file type of the lines.
        code: The rule.
        identifier: The ID of the office, as the snapshot froze it; blank is the state.
        organization: The office; null is the state, also of one that is there no more.
        line_count: How many lines the rule warned of.
        text: Why they are right.
        ends_on: The last day on which the explanation holds.
        by: Who explained them.
        at: When.
    """

    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="warning_explanations", db_index=False
    )
    period = models.CharField(max_length=50)
    file_type = models.CharField(max_length=100)
    code = models.CharField(max_length=10)
    identifier = models.CharField(max_length=100, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    line_count = models.IntegerField()
    text = models.CharField(max_length=1000)
    ends_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["period", "ends_on"], name="warnings_explained_of_period")]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="warning_explanation_says_sth")]

    def __str__(self) -> str:
        return f"Explanation {self.pk} of warnings"

    @property
    def key(self) -> tuple[str, str, str]:
        """The ID of the office, the file type and the rule."""
        return self.identifier, self.file_type, self.code

    @property
    def explained_count(self) -> int:
        """How many lines the rule warned of when they were explained."""
        return self.line_count
