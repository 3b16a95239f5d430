"""The nouns of periods and snapshots."""

from tidegate.accountability.models.frozen_line import FrozenLine
from tidegate.accountability.models.snapshot import MOVES, Snapshot, SnapshotMove, SnapshotState

__all__ = ["MOVES", "FrozenLine", "Snapshot", "SnapshotMove", "SnapshotState"]
