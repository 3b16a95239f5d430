"""Whether a snapshot that was signed still has the numbers that were signed: its lines are frozen, and a later release
reads them."""

from collections import Counter
from typing import Any

from tidegate.accountability.frozen_lines.definition import has_definition
from tidegate.accountability.frozen_lines.digest import digest_of
from tidegate.accountability.models import Certificate, SignatureKind, Snapshot
from tidegate.accountability.outputs.counts import counts_csv, counts_of, hash_of_numbers
from tidegate.accountability.outputs.indicator_table import hash_of_indicators
from tidegate.accountability.snapshots.verify import verify_lines
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict

_NUMBERS, _INDICATORS = "numbers_sha256", "indicator_numbers_sha256"
"""What a signature notes in the audit log."""


def hashes_to_note(snapshot: Snapshot) -> dict[str, str]:
    """Return the hashes of the numbers that a signature is for: those of the reports, and of the indicators where the
    snapshot froze the definition by which these are counted. What the period's file says today does not matter."""
    hashes = {_NUMBERS: hash_of_numbers(snapshot)}
    return hashes | {_INDICATORS: hash_of_indicators(snapshot)} if has_definition(snapshot) else hashes


def refuse_altered(snapshot: Snapshot, *, fix: str) -> None:
    """Raise Conflict where a snapshot is not what was frozen, or its numbers are not those that were signed. One that
    nobody has signed has only its lines compared."""
    # To count a large state anew would take longer than a page may: `tidegate snapshot verify` does.
    if problem := verify_lines(snapshot) or numbers_signed_otherwise(snapshot):
        raise Conflict(problem, fix=fix, code="ALTERED")


def numbers_signed_otherwise(snapshot: Snapshot) -> str:
    """Return in a sentence that the numbers of its reports or indicators are not those that were signed; blank where
    they are, or nobody has signed.

    A release that words something otherwise changes no number. Where an older one did not note the hash of the numbers,
    the file with its words is compared with the certificate, and if that is another one, the numbers of the whole state
    that the certificate has; and indicators are not compared.
    """
    signed = Event.objects.filter(
        act__in=[f"snapshot.{kind}" for kind in SignatureKind], subject_kind="snapshot", subject_id=str(snapshot.pk)
    )
    noted = list(signed.values_list(f"details__{_NUMBERS}", f"details__{_INDICATORS}"))
    reports, indicators = ({each[place] for each in noted} - {None} for place in range(2))
    if _are_reports_as_signed(snapshot, reports) and (not indicators or indicators == {hash_of_indicators(snapshot)}):
        return ""
    return (
        f"Snapshot {snapshot.pk} is what was frozen, but its numbers are not those that were signed: this release, or"
        " the state's package, counts otherwise"
    )


def _are_reports_as_signed(snapshot: Snapshot, noted: set[str]) -> bool:
    if noted:
        return noted == {hash_of_numbers(snapshot)}
    certificate = Certificate.objects.filter(snapshot=snapshot).first()
    return certificate is None or _is_as_certified(snapshot, certificate.document["certificate"])


def _is_as_certified(snapshot: Snapshot, said: dict[str, Any]) -> bool:
    if digest_of(counts_csv(snapshot)) == said["counts_sha256"]:
        return True
    counts = [
        (slug, count.keys, count.student_count)
        for slug, table in counts_of(snapshot)
        for count in table.counts
        if not count.dimensions
    ]
    certified = [(each["report"], tuple(each["keys"]), each["students"]) for each in said["counts"]]
    told = Counter(each for each in certified if each[2] is not None)  # a small number is null
    of_certified, of_counts = (Counter(each[:2] for each in some) for some in (certified, counts))
    return of_certified == of_counts and told <= Counter(counts)
