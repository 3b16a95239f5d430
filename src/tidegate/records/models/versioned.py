"""What every record has: which upload brought this version, and which one replaced it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

CURRENT = Q(replaced_at__isnull=True)
"""Which versions are current."""


class Versioned(models.Model):
    """A version of a record. It is never overwritten: a newer one replaces it, and this one stays.

    `brought_by` and `replaced_by` are IDs of uploads, null where it was the import of reference lists. They are no
    foreign keys, because the records know nothing of uploads and outlive them.
    """

    brought_by = models.BigIntegerField(null=True)
    brought_at = models.DateTimeField(db_default=Now())
    replaced_by = models.BigIntegerField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_current(self) -> bool:
        """Whether nothing has replaced this version."""
        return self.replaced_at is None


def replaced_by_needs_a_day(name: str) -> models.CheckConstraint:
    """Return the constraint that whatever was replaced says when."""
    return models.CheckConstraint(condition=Q(replaced_by__isnull=True) | Q(replaced_at__isnull=False), name=name)
