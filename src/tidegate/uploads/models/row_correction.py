"""An upload of corrected rows, made on the page of the upload that has loaded the others."""

from django.db import models

from tidegate.uploads.models.upload import Upload


class RowCorrection(models.Model):
    """Which rows of the `first` upload were corrected, and which the person has left out for good.

    The file of the correction has the rows under the numbers that they have in the first file. What they said before
    and say now is in the two files, and goes with them.
    """

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, primary_key=True, related_name="row_correction")
    first = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="row_corrections")
    rows = models.JSONField()
    left_out = models.JSONField(default=list)
    is_by_itself = models.BooleanField(default=False, db_default=False)  # nobody has corrected them: they had waited

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Correction {self.pk} of rows of upload {self.first_id}"
