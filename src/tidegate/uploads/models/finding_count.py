"""How many findings of one rule about one column an upload has."""

from django.db import models

from tidegate.uploads.models.upload import Upload


class FindingCount(models.Model):
    """Counted once, when the findings are kept, so that the page of an upload with a million of them opens at once.

    `with_row_count` is how many of them are about a row; the others are about the file.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="finding_counts", db_index=False)
    code = models.CharField(max_length=10)
    column = models.CharField(max_length=100, blank=True)
    severity = models.CharField(max_length=10)
    count = models.IntegerField()
    with_row_count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "code", "column", "severity"], name="finding_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.code} in upload {self.upload_id}"
