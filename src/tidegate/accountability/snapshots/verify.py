"""Verifies the lines of snapshots: recomputes the hashes, and compares them with what was kept and with the audit
log's."""

from typing import NamedTuple

from tidegate.accountability.models import Snapshot
from tidegate.accountability.snapshots.content import hash_of, hash_of_description, hash_of_found
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accountability.snapshots.take import TAKEN
from tidegate.audit.models import Event


class _NotedHashes(NamedTuple):
    """What the audit log noted of a snapshot: its hash, that of what was found of its lines, and that of what says how
    they are read. None is that an older release did not note it."""

    sha256: str
    found: str | None
    description: str | None


def verify_lines(snapshot: Snapshot) -> str:
    """Return in a sentence which of the frozen lines, their findings and warnings, head, columns and hash are not as
    they were; blank where all are as when the snapshot was taken."""
    if hash_of(snapshot) != snapshot.sha256:
        return f"Snapshot {snapshot.pk} is not what was frozen: a line of it, its head or its hash was altered"
    noted = _noted_hashes(snapshot)
    if noted is None:
        return f"Snapshot {snapshot.pk} is not in the audit log, so that nothing says what its hash was"
    if noted.sha256 != snapshot.sha256:
        return f"Snapshot {snapshot.pk} has another hash than the audit log noted when it was taken"
    if noted.found is not None and noted.found != hash_of_found(snapshot):
        return f"Snapshot {snapshot.pk} is not what was frozen: a finding or a warning of its lines was altered"
    if noted.description is not None and noted.description != hash_of_description(snapshot):
        return (
            f"Snapshot {snapshot.pk} is not what was frozen: which of its columns is what, or which reports it has, was"
            " altered"
        )
    return ""


def find_to_verify(number: int | None) -> list[Snapshot]:
    """Return the snapshot of a number, or all of them; a Refusal where there is none of that number."""
    if number is not None:
        return [find_snapshot(number)]
    return list(Snapshot.objects.select_related("school_year").order_by("pk"))


def _noted_hashes(snapshot: Snapshot) -> _NotedHashes | None:
    """Return the hashes that the audit log has of a snapshot, None where it has none."""
    events = Event.objects.filter(act=TAKEN, subject_kind="snapshot", subject_id=str(snapshot.pk))
    noted = ("details__sha256", "details__found_sha256", "details__description_sha256")
    found = events.order_by("pk").values_list(*noted).first()
    return None if found is None else _NotedHashes(*found)
