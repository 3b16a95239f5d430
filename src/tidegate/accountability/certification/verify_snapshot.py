"""Verifies all of a snapshot: that its lines are what was frozen, that what is stored of its numbers, and of what those
who sign are shown, is what these lines say, and that the numbers of its reports, and of its indicators where their hash
was noted, are those that were signed."""

from tidegate.accountability.certification.senders import schools_without_lines
from tidegate.accountability.explanations.warned_lines import lines_with_open_warnings, warned_lines
from tidegate.accountability.frozen_lines.materialize import compared_with_lines
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.signed_numbers import numbers_signed_otherwise
from tidegate.accountability.snapshots.count_ahead import count_ahead
from tidegate.accountability.snapshots.findings import lines_counted, lines_found
from tidegate.accountability.snapshots.verify import verify_lines


def verify_snapshot(snapshot: Snapshot) -> str:
    """Return in a sentence what is not as it was when the snapshot was taken, or not as it is counted anew; blank where
    everything is."""
    if problem := verify_lines(snapshot):
        return problem
    if wrong := _stored_otherwise(snapshot):
        return (
            f"Snapshot {snapshot.pk} is what was frozen, but what is stored of its numbers is not what its lines say:"
            f" {'; '.join(wrong)}"
        )
    return numbers_signed_otherwise(snapshot)


def _stored_otherwise(snapshot: Snapshot) -> list[str]:
    """Return in words what was counted anew and is not what is stored."""
    with compared_with_lines() as wrong:
        count_ahead(snapshot)
        lines_counted(snapshot)
        if period := find_periods().get(snapshot.period):
            schools_without_lines(snapshot)
            lines_with_open_warnings(snapshot, warned_lines(snapshot), lines_found(snapshot, period))
    return list(dict.fromkeys(wrong))
