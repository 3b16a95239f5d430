"""The pages on which two people sign a snapshot, with all that they must have seen before."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accountability.certification.certificate import certificate_json, find_certificate
from tidegate.accountability.certification.certificate_pdf import certificate_pdf
from tidegate.accountability.certification.evidence import Evidence, evidence_of
from tidegate.accountability.certification.sign import approve_snapshot, certify_snapshot, check_may_sign
from tidegate.accountability.explanations.comparison import ComparedCount
from tidegate.accountability.models import Certificate, SignatureKind, Snapshot, SnapshotState
from tidegate.accountability.snapshots.changes_since import changes_since
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.accountability.snapshots.transitions import close_snapshot
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import (
    check_can_approve_snapshots,
    check_can_certify_snapshots,
    check_can_take_snapshots,
)
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.web.accountability.proof import proof_of, use_up, ways_to_prove
from tidegate.web.accountability.views.snapshot_warnings import in_words, rules_in_words
from tidegate.web.downloads import download
from tidegate.web.requests import PersonRequest


def certify(request: PersonRequest, number: int) -> HttpResponse:
    """Show what is to be certified, and certify it."""
    check_can_certify_snapshots(request.user)
    found, _ = find_seen_snapshot(request.user, number)
    if request.method == "POST":
        return _sign(request, found, certify_snapshot)
    return _show(request, found, to=SnapshotState.CERTIFIED)


def approve(request: PersonRequest, number: int) -> HttpResponse:
    """Show what was certified, and approve it."""
    check_can_approve_snapshots(request.user)
    found, _ = find_seen_snapshot(request.user, number)
    if request.method == "POST":
        return _sign(request, found, approve_snapshot)
    return _show(request, found, to=SnapshotState.APPROVED)


@require_POST
def close(request: PersonRequest, number: int) -> HttpResponse:
    """Say that the period is done."""
    check_can_take_snapshots(request.user)
    found, _ = find_seen_snapshot(request.user, number)
    close_snapshot(found, by=request.user)
    return redirect("snapshot", number)


def snapshot_changes(request: PersonRequest, number: int) -> HttpResponse:
    """Show what has changed on file since a snapshot was taken."""
    found, reach = find_seen_snapshot(request.user, number)
    changes = changes_since(found)
    seen = [change for change in changes if reach is None or change.identifier in reach]
    context = {"snapshot": found, "changes": seen, "is_whole_state": reach is None}
    return render(request, "web/accountability/snapshot_changes.html", context)


def snapshot_certificate(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the certificate as JSON, each byte of which is signed."""
    return _certificate(request, number, "json", certificate_json)


def snapshot_certificate_pdf(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the certificate as a PDF, each byte of which is signed."""
    return _certificate(request, number, "pdf", certificate_pdf)


def _certificate(
    request: PersonRequest, number: int, suffix: str, write: Callable[[Certificate], bytes]
) -> HttpResponseBase:
    found, _ = find_seen_snapshot(request.user, number)
    content = write(find_certificate(found))
    record_event("snapshot.certificate_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return download([content], f"certificate-{found.pk}.{suffix}", content_type=f"application/{suffix}")


def _sign(request: PersonRequest, snapshot: Snapshot, sign: Callable[..., Snapshot]) -> HttpResponse:
    proof = proof_of(request)
    signed = sign(snapshot, by=request.user, proof=proof)
    assert proof, "nothing is signed without one"
    use_up(request, proof)
    messages.success(request, f"You signed snapshot {signed.pk}: it is {signed.get_state_display().lower()}.")
    return redirect("snapshot", signed.pk)


def _show(request: PersonRequest, snapshot: Snapshot, *, to: SnapshotState) -> HttpResponse:
    evidence, proof = evidence_of(snapshot), proof_of(request)
    is_fresh = proof is not None and proof.is_fresh
    record_event("snapshot.viewed", by=request.user, school_year=snapshot.school_year, subject=snapshot)
    context = {
        "snapshot": snapshot,
        "is_approval": to == SnapshotState.APPROVED,
        "may_become": snapshot.may_become(to),
        "evidence": evidence,
        "tables": _tables(evidence),
        "warned": in_words(evidence.warned),
        "rules": rules_in_words(evidence.findings.rules),
        "last_years": evidence.beside.last_years,
        "one_before": evidence.beside.one_before,
        "changes": changes_since(snapshot),
        "signatures": snapshot.signatures.order_by("pk"),
        "why_not": _why_not(snapshot, to, request.user),
        "proof": proof if is_fresh else None,
        "ways": [] if is_fresh else ways_to_prove(request, f"{request.path}#sign"),
    }
    return render(request, "web/accountability/sign_snapshot.html", context)


def _why_not(snapshot: Snapshot, to: SnapshotState, person: Person) -> str:
    """Return why this person cannot sign it; blank where they can, or where it is not its turn."""
    if snapshot.may_become(to):
        try:
            check_may_sign(snapshot, SignatureKind(to.value), person)
        except Refusal as refusal:
            return f"{refusal.in_full}."
    return ""


def _tables(evidence: Evidence) -> list[tuple[str, list[ComparedCount]]]:
    """Return the numbers by what they are counted by, those of one thing at most."""
    tables: dict[str, list[ComparedCount]] = {}
    for each in evidence.counts:
        if len(each.number.keys) <= 1:
            tables.setdefault(each.number.by, []).append(each)
    return list(tables.items())
