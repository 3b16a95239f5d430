"""What was counted from the frozen lines of a snapshot, kept so that it is not counted with each request."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from tidegate.accountability.models.snapshot import Snapshot


class MaterializedQuery(models.Model):
    """The result of a query over the frozen lines of a snapshot. It is written once, since these never change.

    Attributes:
        snapshot: The snapshot.
        sha256: The SHA-256 of the query's text. It has the definition in it, and whatever else the result depends on:
            a release that counts otherwise has another text, so it counts anew.
        numbers: The result, where it is numbers; null where it is rows of students (MaterializedRow).
        counted_at: When.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    numbers = models.JSONField(null=True)
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "sha256"], name="query_is_materialized_once")]

    def __str__(self) -> str:
        return f"Materialized query {self.pk}"


class MaterializedRow(models.Model):
    """A student who was counted, at a school in a program, with the organizations that send the student. `cells` has a
    text for each other column of the query."""

    # As for frozen lines: the one statement that writes them has the query from its own transaction.
    query = models.ForeignKey(
        MaterializedQuery, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    student = models.TextField(db_collation="C")
    # As in frozen lines nothing is blank but null.
    school = models.TextField(db_collation="C", null=True)  # noqa: DJ001
    program = models.TextField(db_collation="C", null=True)  # noqa: DJ001
    senders = ArrayField(models.TextField(null=True))
    cells = ArrayField(models.TextField(null=True))

    class Meta:
        # The order in which lists of students are shown, so that a page is read and not sorted.
        indexes = [models.Index(fields=["query", "student", "school", "program"], name="materialized_rows_in_order")]

    def __str__(self) -> str:
        return f"Materialized row {self.pk}"
