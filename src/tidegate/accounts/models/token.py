"""A token: lets a program act for a person at one organization, within scopes and until a day."""

from django.db import models

from tidegate.accounts.models.person import Person
from tidegate.reference.models import Organization


class Scope(models.TextChoices):
    """What a token may be used for; the person's role must allow it too."""

    SEND = "uploads:send", "Send files"
    READ = "uploads:read", "Read uploads, findings and Result Logs"
    DEPARTMENT = "department:make", "Make files for the Department of Education, of the whole state"
    PUBLISH = "counts:publish", "Publish counts of the whole state"


USUAL_SCOPES = (Scope.SEND, Scope.READ)
"""What a token is for unless something else is chosen: the other scopes reach beyond the token's organization."""


class Token(models.Model):
    """A token. The secret is shown once; stored are its digest and its first letters, by which
    people recognize it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    starts_with = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="token_digest_once")]
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"Token {self.pk}"
