"""Whether a snapshot that was signed still has the numbers that were signed: its lines are frozen, and a later release
reads them."""

import hashlib
from collections import Counter
from typing import Any

from tidegate.accountability.models import Certificate, SignatureKind, Snapshot
from tidegate.accountability.outputs.counts import counts_csv, counts_of, hash_of_numbers
from tidegate.audit.models import Event


def numbers_signed_otherwise(snapshot: Snapshot) -> str:
    """Return in a sentence that its numbers are not those that were signed; blank where they are, or nobody has signed.

    A release that words something otherwise changes no number. Where an older one did not note the hash of the numbers,
    the file with its words is compared with the certificate, and if that is another one, the numbers of the whole state
    that the certificate has.
    """
    signed = Event.objects.filter(
        act__in=[f"snapshot.{kind}" for kind in SignatureKind], subject_kind="snapshot", subject_id=str(snapshot.pk)
    )
    noted = set(signed.values_list("details__numbers_sha256", flat=True)) - {None}
    certificate = None if noted else Certificate.objects.filter(snapshot=snapshot).first()
    if noted:
        is_as_signed = noted == {hash_of_numbers(snapshot)}
    else:
        is_as_signed = certificate is None or _is_as_certified(snapshot, certificate.document["certificate"])
    if is_as_signed:
        return ""
    return (
        f"Snapshot {snapshot.pk} is what was frozen, but its numbers are not those that were signed: this release, or"
        " the state's package, counts otherwise"
    )


def _is_as_certified(snapshot: Snapshot, said: dict[str, Any]) -> bool:
    digest = hashlib.sha256()
    for piece in counts_csv(snapshot):
        digest.update(piece)
    if digest.hexdigest() == said["counts_sha256"]:
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
