"""A snapshot: what a period counts, frozen, and how it went on from there."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import cached_property

from tidegate.reference.models import SchoolYear


class SnapshotState(models.TextChoices):
    """How far a snapshot is. Open again is one that was reopened: another one takes its place."""

    SNAPSHOT = "snapshot", "Snapshot"
    REVIEWED = "reviewed", "Reviewed"
    CERTIFIED = "certified", "Certified"
    APPROVED = "approved", "Approved"
    CLOSED = "closed", "Closed"
    OPEN = "open", "Open again"


MOVES: dict[SnapshotState, tuple[SnapshotState, ...]] = {
    SnapshotState.SNAPSHOT: (SnapshotState.REVIEWED, SnapshotState.OPEN),
    SnapshotState.REVIEWED: (SnapshotState.CERTIFIED, SnapshotState.OPEN),
    SnapshotState.CERTIFIED: (SnapshotState.APPROVED, SnapshotState.OPEN),
    SnapshotState.APPROVED: (SnapshotState.CLOSED, SnapshotState.OPEN),
    SnapshotState.CLOSED: (SnapshotState.OPEN,),
    SnapshotState.OPEN: (),
}
"""Which state may follow which. Back is always to the beginning, with a reason and within the window."""
SIGNED = (SnapshotState.CERTIFIED, SnapshotState.APPROVED, SnapshotState.CLOSED)
"""The states in which somebody has signed: no other snapshot is taken until it is reopened."""
APPROVED = (SnapshotState.APPROVED, SnapshotState.CLOSED)
"""The states in which two people have signed."""


class Snapshot(models.Model):
    """A period of a school year, frozen: its lines, and one hash over them. Its ID is its number.

    Attributes:
        period: The slug of the period.
        title: What the period was called.
        school_year: The school year that is counted.
        count_day: The day on which an enrollment must be active.
        state: How far it is.
        taken_by: Who took it; null is the operator at the command line.
        taken_at: When.
        tables: The name and the columns of each table of frozen lines, and which column has what (see FrozenTable).
        reports: The slugs of the reports that its period had; null is not known, as of one that an older release took.
        digests: The SHA-256 of the period's file and of the rules and layout of each file type.
        sha256: The hash, 64 hex digits, of the snapshot's canonical text.
        app_version: The version of the program that took it.
        has_noted_warnings: Whether it was asked what its lines are warned of: an older release did not ask.
        changes_from: The moment from which a version on file is stamped that it may not have seen; null is not known,
            as of one that an older release took.
    """

    period = models.CharField(max_length=50)
    title = models.CharField(max_length=200)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    count_day = models.DateField()
    state = models.CharField(max_length=10, choices=SnapshotState, default=SnapshotState.SNAPSHOT)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(db_default=Now())
    tables = models.JSONField(default=list)
    reports = models.JSONField(null=True)
    digests = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    app_version = models.CharField(max_length=50)
    has_noted_warnings = models.BooleanField(default=False, db_default=False)
    changes_from = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["period", "school_year", "-id"], name="snapshots_of_period")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SnapshotState.values), name="snapshot_state_is_known")
        ]

    def __str__(self) -> str:
        return f"Snapshot {self.pk}"

    @property
    def is_signed(self) -> bool:
        """Whether somebody has signed it."""
        return self.state in SIGNED

    @property
    def is_approved(self) -> bool:
        """Whether two people have signed it."""
        return self.state in APPROVED

    @property
    def why_unsigned(self) -> str:
        """Why it does not count as signed, as a sentence without a full stop; blank where it does."""
        if self.state == SnapshotState.OPEN:
            return "It was reopened, so another one takes its place"
        return "" if self.is_signed else "Nobody has signed it yet"

    @cached_property
    def read_once(self) -> dict[str, Any]:
        """What was read of its frozen lines, by its name: they never change, so that a page asks for it once."""
        return {}

    def may_become(self, state: SnapshotState) -> bool:
        """Whether the state may follow the present one."""
        return state in MOVES[SnapshotState(self.state)]

    def column_of(self, table: str, column: str) -> int:
        """Return the position of a column of a table, from 1. Raises ValueError where it has none."""
        columns = next(each["columns"] for each in self.tables if each["name"] == table)
        return int(columns.index(column)) + 1


class SnapshotMove(models.Model):
    """A step of a snapshot from one state to the next: who took it, when, and back for which reason."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=SnapshotState)
    to_state = models.CharField(max_length=10, choices=SnapshotState)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(to_state=SnapshotState.OPEN) | ~Q(reason=""), name="snapshot_move_back_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"Move {self.pk}"
