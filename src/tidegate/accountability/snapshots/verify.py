"""Verifies the lines of snapshots: recomputes the hashes, and compares them with what was kept and with the audit
log's."""

from tidegate.accountability.models import Snapshot
from tidegate.accountability.snapshots.content import hash_of, hash_of_found
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accountability.snapshots.take import TAKEN
from tidegate.audit.models import Event


def verify_lines(snapshot: Snapshot) -> str:
    """Return in a sentence which of the frozen lines, their findings and warnings, head and hash are not as they were;
    blank where all are as when the snapshot was taken."""
    if hash_of(snapshot) != snapshot.sha256:
        return f"Snapshot {snapshot.pk} is not what was frozen: a line of it, its head or its hash was altered"
    noted = _noted_hashes(snapshot)
    if noted is None:
        return f"Snapshot {snapshot.pk} is not in the audit log, so that nothing says what its hash was"
    sha256, found_sha256 = noted
    if sha256 != snapshot.sha256:
        return f"Snapshot {snapshot.pk} has another hash than the audit log noted when it was taken"
    if found_sha256 is not None and found_sha256 != hash_of_found(snapshot):
        return f"Snapshot {snapshot.pk} is not what was frozen: a finding or a warning of its lines was altered"
    return ""


def find_to_verify(number: int | None) -> list[Snapshot]:
    """Return the snapshot of a number, or all of them; a Refusal where there is none of that number."""
    if number is not None:
        return [find_snapshot(number)]
    return list(Snapshot.objects.select_related("school_year").order_by("pk"))


def _noted_hashes(snapshot: Snapshot) -> tuple[str, str | None] | None:
    """Return the hashes that the audit log has of a snapshot, None where it has none: the snapshot's own, and that of
    what was found of its lines, which an older release did not note."""
    events = Event.objects.filter(act=TAKEN, subject_kind="snapshot", subject_id=str(snapshot.pk))
    return events.order_by("pk").values_list("details__sha256", "details__found_sha256").first()
