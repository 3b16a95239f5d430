"""System-versioned records: which change a version began with, and which one ended it."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

CURRENT = Q(replaced_at__isnull=True)
"""Which versions are current."""


class Versioned(models.Model):
    """A version of a record, valid from `brought_at` until `replaced_at`, which is null while it is current.

    Versions are never overwritten or deleted.

    `brought_by` is the upload that the version began with, and `replaced_by` the one that ended it; null is an import
    of the state's lists. They are IDs without a foreign key, because records outlive uploads. A version that an undo
    withdrew has the same upload in both; one that it restored is a copy, with the time in `put_back_at`.

    `UNIT` names the columns of what is replaced together: while nobody has changed a unit since, it can be restored.
    """

    UNIT: ClassVar[tuple[str, ...]] = ()

    brought_by = models.BigIntegerField(null=True)
    brought_at = models.DateTimeField(db_default=Now())
    replaced_by = models.BigIntegerField(null=True)
    replaced_at = models.DateTimeField(null=True)
    put_back_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_current(self) -> bool:
        """Whether nothing has replaced this version."""
        return self.replaced_at is None


def by_upload(name: str) -> list[BrinIndex]:
    """Return the indexes that find what one upload has brought or replaced. Its versions stand together in the table,
    so that indexes of a few pages do."""
    return [
        BrinIndex(
            fields=[column],
            opclasses=["int8_minmax_multi_ops"],
            name=f"{name}_{column}",
            pages_per_range=32,
            autosummarize=True,
        )
        for column in ("brought_by", "replaced_by")
    ]


def replaced_by_needs_a_day(name: str) -> models.CheckConstraint:
    """Return the constraint that whatever was replaced says when."""
    return models.CheckConstraint(condition=Q(replaced_by__isnull=True) | Q(replaced_at__isnull=False), name=name)
