"""Moves a snapshot on from state to state, and back with a reason while the window is open."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from tidegate.accountability.models import Snapshot, SnapshotMove, SnapshotState
from tidegate.accountability.period import find_period
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_take_snapshots
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal

MAX_REASON_LENGTH = 500


def review_snapshot(snapshot: Snapshot, *, by: Person | None, on: date | None = None) -> Snapshot:
    """Say that somebody has looked at the numbers of a snapshot and found them to be right."""
    return _move(snapshot, SnapshotState.REVIEWED, by=by, on=on)


def reopen_snapshot(snapshot: Snapshot, *, reason: str, by: Person | None, on: date | None = None) -> Snapshot:
    """Take a snapshot back, so that another one can be taken. What it froze stays."""
    reason = reason.strip()
    if not reason:
        raise Refusal("A snapshot is not reopened without a reason", fix="Say why the count is wrong", code="REASON")
    if len(reason) > MAX_REASON_LENGTH:
        raise Refusal(
            f"The reason is longer than {MAX_REASON_LENGTH} characters", fix="Say it in fewer words", code="REASON"
        )
    return _move(snapshot, SnapshotState.OPEN, by=by, on=on, reason=reason)


@transaction.atomic
def _move(snapshot: Snapshot, to: SnapshotState, *, by: Person | None, on: date | None, reason: str = "") -> Snapshot:
    if by is not None:
        check_can_take_snapshots(by)
    found = Snapshot.objects.select_for_update(of=("self",)).select_related("school_year").get(pk=snapshot.pk)
    if not found.may_become(to):
        raise Conflict(
            f'Snapshot {found.pk} is "{found.get_state_display()}" and cannot become "{to.label}"',
            fix="Look at the snapshot again: somebody may have been faster",
            code="SNAPSHOT_STATE",
        )
    find_period(found.period).check_is_open(on or timezone.localdate(), found.school_year.period)
    SnapshotMove.objects.create(snapshot=found, from_state=found.state, to_state=to, by=by, reason=reason)
    found.state = to
    found.save(update_fields=["state"])
    act = "snapshot.reopened" if to == SnapshotState.OPEN else f"snapshot.{to}"
    record_event(act, by=by, school_year=found.school_year, subject=found, period=found.period)
    return found
