"""Verifies the lines of snapshots: recomputes the hash, and compares it with the one that was kept and with the audit
log's."""

from tidegate.accountability.models import Snapshot
from tidegate.accountability.snapshots.content import hash_of
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accountability.snapshots.take import TAKEN
from tidegate.audit.models import Event


def verify_lines(snapshot: Snapshot) -> str:
    """Return in a sentence which of the frozen lines, head and hash are not as they were when the snapshot was taken;
    blank where all are."""
    if hash_of(snapshot) != snapshot.sha256:
        return f"Snapshot {snapshot.pk} is not what was frozen: a line of it, its head or its hash was altered"
    noted = _noted_hash(snapshot)
    if noted is None:
        return f"Snapshot {snapshot.pk} is not in the audit log, so that nothing says what its hash was"
    if noted != snapshot.sha256:
        return f"Snapshot {snapshot.pk} has another hash than the audit log noted when it was taken"
    return ""


def find_to_verify(number: int | None) -> list[Snapshot]:
    """Return the snapshot of a number, or all of them; a Refusal where there is none of that number."""
    if number is not None:
        return [find_snapshot(number)]
    return list(Snapshot.objects.select_related("school_year").order_by("pk"))


def _noted_hash(snapshot: Snapshot) -> str | None:
    events = Event.objects.filter(act=TAKEN, subject_kind="snapshot", subject_id=str(snapshot.pk))
    noted = events.order_by("pk").values_list("details__sha256", flat=True).first()
    return None if noted is None else str(noted)
