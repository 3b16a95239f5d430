"""What an upload plans, or has done, with the lines on file; and the lines that a person wants withdrawn."""

from django.db import models

from tidegate.uploads.models.upload import Upload


class PlannedKind(models.TextChoices):
    """What becomes of a line; MISSING ones stay on file."""

    WITHDRAWN = "withdrawn", "Withdrawn"
    CHANGED = "changed", "Changed"
    NEW = "new", "New"
    MISSING = "missing", "On file, and not in the file"


class PlanSlice(models.Model):
    """Some planned lines of one kind, as an Arrow stream (see `frames_of_plan`), `first` being the place of the first
    one among all of the kind. In the database, so that a plan and its load appear together or not at all; in slices,
    so that a page of a million lines opens at once."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="plan_slices", db_index=False)
    kind = models.CharField(max_length=10, choices=PlannedKind)
    first = models.IntegerField()
    line_count = models.IntegerField()
    lines = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "kind", "first"], name="plan_slice_once")]

    def __str__(self) -> str:
        return f"Lines {self.first} to {self.first + self.line_count} ({self.kind}) of upload {self.upload_id}"


class LineToWithdraw(models.Model):
    """A line on file that the upload withdraws because a person has said so, whatever its file says."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="lines_to_withdraw", db_index=False)
    line_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "line_id"], name="line_to_withdraw_once")]

    def __str__(self) -> str:
        return f"Line {self.line_id} to be withdrawn by upload {self.upload_id}"
