"""The receipt of an upload."""

from django.db import models


class Receipt(models.Model):
    """A signed receipt. It has no foreign keys, so that it stays when the upload's file and findings are gone."""

    upload_id = models.BigIntegerField(unique=True)
    document = models.JSONField()

    def __str__(self) -> str:
        return f"Receipt of upload {self.upload_id}"
