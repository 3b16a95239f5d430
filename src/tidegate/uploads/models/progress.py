"""How far a worker is with an upload."""

from django.db import models

from tidegate.uploads.models.upload import Upload


class Step(models.TextChoices):
    """What a worker does with an upload, in this order."""

    READING = "reading", "Reading the file"
    JUDGING = "judging", "Checking the rows"
    LOADING = "loading", "Loading the good rows"
    LOGGING = "logging", "Writing the Result Log"


PERCENT = {Step.READING: 0, Step.JUDGING: 15, Step.LOADING: 50, Step.LOGGING: 90}
"""How much of the time has gone by when a step begins, of a CTE file of a million rows on two cores."""


class Progress(models.Model):
    """How far a worker is; only of an upload that takes longer than a moment, and only until it ends.

    A worker says so beside the transaction in which it has the upload in hand, so there is no constraint to it.
    """

    upload = models.OneToOneField(
        Upload, on_delete=models.CASCADE, primary_key=True, related_name="progress", db_constraint=False
    )
    step = models.CharField(max_length=10, choices=Step)
    row_count = models.IntegerField(null=True)  # once the file has been read

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(step__in=Step.values), name="progress_step_is_known"),
        ]

    def __str__(self) -> str:
        return f"Progress of upload {self.pk}"

    @property
    def percent(self) -> int:
        """How much of the time has gone by, about, from 0 to 100."""
        return PERCENT[Step(self.step)]
