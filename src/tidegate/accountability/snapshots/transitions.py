"""Moves a snapshot on from state to state, and back with a reason while the window is open."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from tidegate.accountability.models import Snapshot, SnapshotMove, SnapshotState
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import lock_period
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_reopen_snapshots, check_can_take_snapshots
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.free_text import free_text

MAX_REASON_LENGTH = 500


@transaction.atomic
def review_snapshot(snapshot: Snapshot, *, by: Person | None, on: date | None = None) -> Snapshot:
    """Say that somebody has looked at the numbers of a snapshot and found them to be right."""
    if by is not None:
        check_can_take_snapshots(by)
    return finish_move(begin_move(snapshot, SnapshotState.REVIEWED, on=on), SnapshotState.REVIEWED, by=by)


@transaction.atomic
def close_snapshot(snapshot: Snapshot, *, by: Person | None, on: date | None = None) -> Snapshot:
    """Say that an approved snapshot has been reported, so that the period is done."""
    if by is not None:
        check_can_take_snapshots(by)
    return finish_move(begin_move(snapshot, SnapshotState.CLOSED, on=on), SnapshotState.CLOSED, by=by)


@transaction.atomic
def reopen_snapshot(snapshot: Snapshot, *, reason: str, by: Person | None, on: date | None = None) -> Snapshot:
    """Take a snapshot back, so that another one can be taken. What it froze stays."""
    if by is not None:
        check_can_reopen_snapshots(by)
    reason = free_text(reason)
    if not reason:
        raise Refusal("A snapshot is not reopened without a reason", fix="Say why the count is wrong", code="REASON")
    if len(reason) > MAX_REASON_LENGTH:
        raise Refusal(
            f"The reason is longer than {MAX_REASON_LENGTH} characters", fix="Say it in fewer words", code="REASON"
        )
    return finish_move(begin_move(snapshot, SnapshotState.OPEN, on=on), SnapshotState.OPEN, by=by, reason=reason)


def begin_move(snapshot: Snapshot, to: SnapshotState, *, on: date | None) -> Snapshot:
    """Lock a snapshot until the caller's transaction ends, and return it as it is now.

    Raises:
        Conflict: It cannot become this, since somebody was faster, or it is outside the window.
    """
    lock_period(snapshot.period, snapshot.school_year.name)  # so that no other one is taken meanwhile
    found = Snapshot.objects.select_for_update(of=("self",)).select_related("school_year").get(pk=snapshot.pk)
    if not found.may_become(to):
        raise Conflict(
            f'Snapshot {found.pk} is "{found.get_state_display()}" and cannot become "{to.label}"',
            fix="Look at the snapshot again: somebody may have been faster",
            code="SNAPSHOT_STATE",
        )
    find_period(found.period).check_is_open(on or timezone.localdate(), found.school_year.period)
    return found


def finish_move(found: Snapshot, to: SnapshotState, *, by: Person | None, reason: str = "", **details: Any) -> Snapshot:
    """Move a snapshot that is locked, and record it."""
    SnapshotMove.objects.create(snapshot=found, from_state=found.state, to_state=to, by=by, reason=reason)
    found.state = to
    found.save(update_fields=["state"])
    act = "snapshot.reopened" if to == SnapshotState.OPEN else f"snapshot.{to}"
    record_event(act, by=by, school_year=found.school_year, subject=found, period=found.period, **details)
    return found
