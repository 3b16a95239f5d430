"""A membership: a role that a person holds at an organization, or for the whole state."""

from django.db import models

from tidegate.accounts.models.person import Person
from tidegate.reference.models import Organization


class Membership(models.Model):
    """A role held somewhere. `role` is the slug of a class in `accounts/roles.py`; no organization: the whole state."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    role = models.CharField(max_length=50)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="memberships", db_index=False
    )

    # The state's provider of single sign-on has given it, and takes it away when the person leaves the group.
    by_provider = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["organization"], name="membership_by_organization")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "organization"], name="membership_once", nulls_distinct=False
            ),
        ]
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.role} of person {self.person_id}"
