"""The one-time link by which the first administrator of an installation is made."""

from django.db import models


class SetupLink(models.Model):
    """At most one line: the digest of the newest link, and until when it is good. A new link ends the one before."""

    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_setup_link")]

    def __str__(self) -> str:
        return "The link for the first administrator"
