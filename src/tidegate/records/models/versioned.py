"""System-versioned records: which change a version began with, and which one ended it."""

from datetime import date, datetime, time
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

CURRENT = Q(replaced_at__isnull=True)
"""Which versions are current."""


def on_file_at(moment: datetime) -> Q:
    """Return which versions were on file at a moment."""
    # A copy that an undo restored keeps the time of the version that it is a copy of.
    began = Q(restored_at__isnull=True, valid_from__lte=moment) | Q(restored_at__lte=moment)
    return began & (CURRENT | Q(replaced_at__gt=moment))


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day in the state's time zone."""
    # `fold`: where the clocks go back over midnight, the day ends at the second of the two moments.
    return datetime.combine(day, time.max.replace(fold=1), timezone.get_default_timezone())


class Versioned(models.Model):
    """A version of a record, valid from `valid_from` until `replaced_at`, which is null while it is current.

    Versions are never overwritten or deleted.

    `began_with` is the ID of the change (see Change) that the version began with, and `ended_with` that of the change
    that ended it; null is an import of a release that had no changes. No foreign key stands behind them: the release
    before wrote them, too. A version that an undo withdrew ended with the undo; before there were changes, it had the
    same upload in both. One that an undo restored is a copy: it says which change it came with first, and has the
    time of the undo in `restored_at`.

    `UNIT` names the columns of what is replaced together: while nobody has changed a unit since, it can be restored.
    """

    UNIT: ClassVar[tuple[str, ...]] = ()

    # The columns keep the names of the first release: an older release may run at the same time on the same tables.
    began_with = models.BigIntegerField(db_column="brought_by", null=True)
    valid_from = models.DateTimeField(db_column="brought_at", db_default=Now())
    ended_with = models.BigIntegerField(db_column="replaced_by", null=True)
    replaced_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(db_column="put_back_at", null=True)

    class Meta:
        abstract = True

    @property
    def on_file_from(self) -> datetime:
        """When this version came on file: a copy that an undo restored, with the undo."""
        return self.restored_at or self.valid_from

    @property
    def is_current(self) -> bool:
        """Whether nothing has replaced this version."""
        return self.replaced_at is None


def by_upload(name: str) -> list[BrinIndex]:
    """Return the indexes that find the versions that began or ended with an upload."""
    # The versions of an upload are together in the table, so that indexes of a few pages (BRIN) do.
    return [
        BrinIndex(
            fields=[field],
            opclasses=["int8_minmax_multi_ops"],
            name=f"{name}_{column}",
            pages_per_range=32,
            autosummarize=True,
        )
        for field, column in (("began_with", "brought_by"), ("ended_with", "replaced_by"))
    ]


def end_needs_a_time(name: str) -> models.CheckConstraint:
    """Return the constraint that a version that ended with an upload says when."""
    return models.CheckConstraint(condition=Q(ended_with__isnull=True) | Q(replaced_at__isnull=False), name=name)
