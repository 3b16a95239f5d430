"""A frozen line: what one record said when a snapshot was taken."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tidegate.accountability.models.snapshot import Snapshot


class FrozenLine(models.Model):
    """One line of a table of a snapshot. It is written once and never changed.

    `cells` has a text for each column that the snapshot names for the table, null where a cell is blank. `version_id`
    is the ID of the version that it is a copy of; the snapshot's hash and its numbers do without.
    """

    # The one statement that writes lines has the snapshot from its own transaction: to check it for each of a million
    # lines would take longer than to write them.
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="lines", db_index=False, db_constraint=False
    )
    table_name = models.CharField(max_length=100)
    cells = ArrayField(models.TextField(null=True))
    version_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["snapshot", "table_name"], name="frozen_lines_of_table")]

    def __str__(self) -> str:
        return f"Frozen line {self.pk}"
