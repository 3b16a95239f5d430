"""A snapshot goes on from state to state, and back with a reason while the window is open."""

from datetime import date

import pytest

from tidegate.accountability.models import SnapshotState
from tidegate.accountability.snapshots.transitions import reopen_snapshot, review_snapshot
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, Refusal


def test_a_snapshot_is_reviewed_and_reopened_with_a_reason(take):
    snapshot = take()
    reviewed = review_snapshot(snapshot, by=None)
    assert reviewed.state == SnapshotState.REVIEWED
    reopened = reopen_snapshot(reviewed, reason=" A center was late ", by=None)
    assert reopened.state == SnapshotState.OPEN
    assert [(move.from_state, move.to_state, move.reason) for move in reopened.moves.order_by("pk")] == [
        ("snapshot", "reviewed", ""),
        ("reviewed", "open", "A center was late"),
    ]
    acts = Event.objects.filter(subject_kind="snapshot").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["snapshot.taken", "snapshot.reviewed", "snapshot.reopened"]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "A snapshot is not reopened without a reason"),
        ("  ", "A snapshot is not reopened without a reason"),
        ("\x01\u200b", "A snapshot is not reopened without a reason"),
        ("x" * 501, "The reason is longer than 500 characters"),
    ],
)
def test_a_reason_is_asked_for(take, reason, said):
    with pytest.raises(Refusal) as refused:
        reopen_snapshot(take(), reason=reason, by=None)
    assert refused.value.message == said


def test_what_was_reopened_goes_nowhere(take):
    snapshot = reopen_snapshot(take(), reason="Too early", by=None)
    for move in (lambda: review_snapshot(snapshot, by=None), lambda: reopen_snapshot(snapshot, reason="a", by=None)):
        with pytest.raises(Conflict):
            move()


def test_outside_the_window_nothing_moves(take):
    with pytest.raises(Conflict) as refused:
        reopen_snapshot(take(), reason="Late", by=None, on=date(2020, 9, 1))
    assert refused.value.code == "OUTSIDE_WINDOW"


def test_another_snapshot_waits_until_a_signed_one_is_reopened(take):
    signed = take()
    signed.state = SnapshotState.CERTIFIED
    signed.save()
    with pytest.raises(Conflict) as refused:
        take()
    assert refused.value.message == (f"Snapshot {signed.pk} of CTE October Student Count, 2020-2021, is certified")
    reopen_snapshot(signed, reason="A number is wrong", by=None)
    assert take().state == SnapshotState.SNAPSHOT


def test_who_sends_files_moves_nothing(take, specialist):
    snapshot = take()
    with pytest.raises(NotAllowed):
        review_snapshot(snapshot, by=specialist)
    with pytest.raises(NotAllowed):
        reopen_snapshot(snapshot, reason="No", by=specialist)
