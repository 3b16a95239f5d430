"""An invitation: lets somebody in who has no account yet, once, with the role that comes with it."""

from django.db import models
from django.db.models import Q

from tidegate.accounts.models.person import Person
from tidegate.reference.models import Organization


class Invitation(models.Model):
    """An invitation. Its secret is in the link that is handed over; stored is the digest."""

    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=50)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    digest = models.CharField(max_length=64)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    # Who invited has not seen the link: whoever opens it reads the mails to this address.
    is_by_mail_alone = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="invitation_by_email"),
            models.Index(fields=["id"], condition=Q(accepted_at=None, withdrawn_at=None), name="invitation_open"),
        ]
        constraints = [models.UniqueConstraint(fields=["digest"], name="invitation_digest_once")]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Invitation {self.pk}"
