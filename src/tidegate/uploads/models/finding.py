"""One thing wrong with one row of an upload, or with its file; and how many of each there are."""

from django.db import models

from tidegate.uploads.models.upload import Upload


class Finding(models.Model):
    """A finding, as the core worded it; `row` is null where it is about the file. In the order of the Result Log."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="findings", db_index=False)
    row = models.IntegerField(null=True)
    column = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=10)
    severity = models.CharField(max_length=10)
    value = models.TextField(blank=True)
    message = models.TextField()
    sau_id = models.TextField(blank=True)
    school_id = models.TextField(blank=True)
    student_number = models.TextField(blank=True)
    suggestions = models.TextField(blank=True, default="")
    known = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["upload", "id"], name="finding_in_order"),
            models.Index(fields=["upload", "code", "column", "id"], name="finding_by_rule_and_column"),
        ]
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.code} in upload {self.upload_id}"


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
