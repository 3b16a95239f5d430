"""What a person puts right once: the causes of an upload's findings, kept in the order in which to fix them."""

from django.db import models

from tidegate.core.rules.cause import Cause, Stage
from tidegate.uploads.models.upload import Upload


class UploadCause(models.Model):
    """A cause, collected while the file was checked, so that the page of an upload with a million findings opens at
    once.

    `rows` are the numbers of the first rows that it affects, and `first` the findings about the very first of them,
    whose values may be about students: both go with the findings.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="causes", db_index=False)
    number = models.IntegerField()  # from 1, in the order of fixing
    code = models.CharField(max_length=10)
    severity = models.CharField(max_length=10)
    stage = models.SmallIntegerField()
    text = models.TextField()
    columns = models.JSONField(default=list)
    values = models.JSONField(default=list)
    row_count = models.IntegerField()
    rows = models.JSONField(default=list)
    held_back_count = models.IntegerField(default=0)
    first = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="upload_cause_once")]
        ordering = ("number",)

    def __str__(self) -> str:
        return f"Cause {self.number} of upload {self.upload.pk}"

    @property
    def cause(self) -> Cause:
        """The cause, as the core knows it."""
        return Cause(
            self.code,
            self.severity,
            Stage(self.stage),
            self.text,
            tuple(self.columns),
            tuple(self.values),
            self.row_count,
            tuple(self.rows),
            self.held_back_count,
        )
