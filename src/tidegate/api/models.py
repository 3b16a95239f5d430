"""What the API remembers: which requests it has carried out."""

from django.conf import settings
from django.db import models


class IdempotentRequest(models.Model):
    """A request with an Idempotency-Key, and the upload that came of it; sent again, the answer is the same."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    upload_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "api_carriedout"  # the name that the table has from its first release
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="carried_out_once")]

    def __str__(self) -> str:
        return f"Request {self.pk}"
