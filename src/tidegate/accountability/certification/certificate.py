"""The certificate of a snapshot: what was counted and who signed it, in a text that is signed byte by byte."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from django.utils import timezone

from tidegate.accountability.explanations.compared_indicators import has_indicators
from tidegate.accountability.frozen_lines.digest import digest_of
from tidegate.accountability.indicators import CountedIndicator, count_indicators
from tidegate.accountability.models import Certificate, Signature, SignatureKind, Snapshot
from tidegate.accountability.outputs.counts import counts_csv, counts_of, reports_of
from tidegate.accountability.outputs.indicator_table import indicators_csv
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.periods.publication_settings import DEFAULT_SMALLEST
from tidegate.accountability.publication.hidden_totals import with_hidden_totals
from tidegate.accountability.reports.report import Count
from tidegate.core.errors import NotFound
from tidegate.core.layouts.state_package import present_state
from tidegate.uploads.receipts.receipt import private_key
from tidegate.uploads.receipts.signed_files import CERTIFICATE, as_signed_text, sign_document

FORM = "2"
"""The number of the form of the document; it changes with the form."""


def give_certificate(snapshot: Snapshot) -> Certificate:
    """Make the certificate of a snapshot that two people have signed, in the transaction of the second signature, which
    holds the lock of what is told."""
    return Certificate.objects.create(
        snapshot=snapshot, document=sign_document(CERTIFICATE, _said_of(snapshot), private_key())
    )


def find_certificate(snapshot: Snapshot) -> Certificate:
    """Return the certificate of a snapshot; NotFound where it has none."""
    found = Certificate.objects.filter(snapshot=snapshot).first()
    if found is None:
        raise NotFound(
            f"Snapshot {snapshot.pk} has no certificate",
            fix="It gets one when it is certified and approved",
            code="NO_CERTIFICATE",
        )
    return found


def certificate_json(certificate: Certificate) -> bytes:
    """Return the certificate as it is handed out: each byte of it is signed."""
    return as_signed_text(certificate.document)


def _said_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the certificate says. Of numbers it has those of the whole state: any other is in the table whose
    SHA-256 it has (`tidegate snapshot show NUMBER --format csv`, and `--format indicators`). A small one is null, and
    those that would give it away, and those that a publication of the same count hid: every office may have the
    certificate."""
    return {
        "purpose": "tidegate certificate",
        "form": FORM,
        "state": present_state().name,
        "snapshot": snapshot.pk,
        "period": snapshot.period,
        "title": snapshot.title,
        "school_year": snapshot.school_year.name,
        "count_day": snapshot.count_day.isoformat(),
        "taken_at": _moment(snapshot.taken_at),
        "sha256": snapshot.sha256,
        "digests": snapshot.digests,
        "counts": list(_counts(snapshot)),
        "counts_sha256": digest_of(counts_csv(snapshot)),
        **_said_of_indicators(snapshot),
        "signers": [_signer(each) for each in _in_order(snapshot)],
        "snapshot_app_version": snapshot.app_version,
        "app_version": version("tidegate"),
        "made_at": _moment(timezone.now()),
    }


def _counts(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    smallest, totals = _smallest_of(snapshot), list(_totals(snapshot))
    titles = {slug: str(report.title) for slug, report in reports_of(snapshot)}
    nested: dict[str, list[int]] = {}
    for slug, count in totals:
        if count.measure:
            nested.setdefault(slug, []).append(count.student_count)
    hidden = {slug for slug, numbers in nested.items() if _has_small_part(numbers, smallest)}
    hidden |= with_hidden_totals(snapshot, nested.keys())
    for slug, count in totals:
        is_hidden = (slug in hidden and bool(count.measure)) or 0 < count.student_count < smallest
        yield {
            "report": slug,
            "title": titles[slug],
            "by": count.by,
            "keys": list(count.keys),
            "names": list(count.names),
            "students": None if is_hidden else count.student_count,
        }


def _totals(snapshot: Snapshot) -> Iterator[tuple[str, Count]]:
    """Yield the numbers of all of the state, with the report of each."""
    for slug, table in counts_of(snapshot):
        yield from ((slug, count) for count in table.counts if not count.dimensions)


def _has_small_part(nested: Sequence[int], smallest: int) -> bool:
    """Whether one of some totals, each of which is part of the one before, or what is left of one without the next, is
    small. The publication may hide any two of these parts, so one of them alone could be what it lacks."""
    ordered = sorted(nested, reverse=True)
    return any(0 < larger - smaller < smallest for larger, smaller in pairwise([*ordered, 0]))


def _said_of_indicators(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the certificate says of indicators: nothing where the snapshot has none."""
    if not has_indicators(snapshot):
        return {}
    smallest, counted = _smallest_of(snapshot), list(count_indicators(snapshot))
    hidden = with_hidden_totals(snapshot, [each.indicator.code for each in counted])
    return {
        "indicators": [_indicator(each, smallest, is_hidden=each.indicator.code in hidden) for each in counted],
        "indicators_sha256": digest_of(indicators_csv(snapshot)),
    }


def _indicator(counted: CountedIndicator, smallest: int, *, is_hidden: bool) -> dict[str, Any]:
    """Return the total of an indicator. Both numbers are null where those who met it or the others are few, or none
    (that nobody met it is said of everybody), or where a publication hid them."""
    total = counted.counts[0]
    met, of = total.numerator, total.denominator
    if is_hidden or (met is not None and of and min(met, of - met) < smallest):
        met = of = None
    return {
        "indicator": counted.indicator.code,
        "title": counted.indicator.title,
        "numerator": met,
        "denominator": of,
        "no_data": counted.why_no_data,
    }


def _smallest_of(snapshot: Snapshot) -> int:
    period = find_periods().get(snapshot.period)
    settings = period.file.publication if period else None
    return settings.smallest if settings else DEFAULT_SMALLEST


def _in_order(snapshot: Snapshot) -> list[Signature]:
    signed = {each.kind: each for each in snapshot.signatures.all()}
    return [signed[kind] for kind in SignatureKind]


def _signer(signature: Signature) -> dict[str, Any]:
    return {
        "signature": signature.kind,
        "name": signature.name,
        "role": signature.role,
        "at": _moment(signature.at),
        "proof": signature.proof,
        "proved_at": _moment(signature.proved_at),
        "evidence": signature.evidence,
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
