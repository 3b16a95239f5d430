"""The nouns of periods and snapshots."""

from tidegate.accountability.models.explanation import Explanation
from tidegate.accountability.models.frozen_line import FrozenLine
from tidegate.accountability.models.line_warning import FrozenWarning, WarningExplanation
from tidegate.accountability.models.materialized import MaterializedQuery, MaterializedRow
from tidegate.accountability.models.publication import Publication
from tidegate.accountability.models.signature import Certificate, FrozenFinding, Signature, SignatureKind
from tidegate.accountability.models.snapshot import MOVES, Snapshot, SnapshotMove, SnapshotState
from tidegate.accountability.models.snapshot_request import SnapshotRequest

__all__ = [
    "MOVES",
    "Certificate",
    "Explanation",
    "FrozenFinding",
    "FrozenLine",
    "FrozenWarning",
    "MaterializedQuery",
    "MaterializedRow",
    "Publication",
    "Signature",
    "SignatureKind",
    "Snapshot",
    "SnapshotMove",
    "SnapshotRequest",
    "SnapshotState",
    "WarningExplanation",
]
