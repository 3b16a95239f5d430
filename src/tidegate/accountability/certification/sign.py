"""Two people sign a snapshot: one certifies it, another one approves it, and a certificate comes of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from tidegate.accountability.certification.certificate import give_certificate
from tidegate.accountability.certification.contributors import has_contributed_to
from tidegate.accountability.certification.evidence import evidence_of
from tidegate.accountability.models import Signature, SignatureKind, Snapshot, SnapshotState
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.publication.same_count import lock_what_is_told
from tidegate.accountability.signed_numbers import hashes_to_note, refuse_altered
from tidegate.accountability.snapshots.transitions import begin_move, finish_move
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_approve_snapshots, check_can_certify_snapshots
from tidegate.accounts.reach import roles_at
from tidegate.accounts.roles import Permission, Role
from tidegate.core.errors import Conflict, NotAllowed

PROOF_LASTS = timedelta(minutes=5)
"""How old a proof may be when somebody signs."""


class ProofKind(StrEnum):
    """How somebody was known again: in words that stand in the certificate."""

    PASSWORD = "password"  # noqa: S105 - none, but its name
    CODE = "second factor"
    PROVIDER = "sign-in at the provider"


@dataclass(frozen=True)
class Proof:
    """That it was the person themselves, and when."""

    kind: ProofKind
    at: datetime

    @property
    def is_fresh(self) -> bool:
        """Whether it is young enough to sign with."""
        return timedelta() <= timezone.now() - self.at <= PROOF_LASTS


@transaction.atomic
def certify_snapshot(snapshot: Snapshot, *, by: Person, proof: Proof | None, on: date | None = None) -> Snapshot:
    """Sign first that the numbers of a reviewed snapshot are right.

    Args:
        snapshot: The snapshot.
        by: Who signs.
        proof: That it is really that person.
        on: The day on which it is signed; today by default.

    Raises:
        NotAllowed: The person may not certify, or the proof is missing or too old.
        Conflict: Somebody was faster, the window is over, or findings stand in the way.
    """
    check_can_certify_snapshots(by)
    return _sign(snapshot, SignatureKind.CERTIFIED, by=by, proof=proof, on=on)


@transaction.atomic
def approve_snapshot(snapshot: Snapshot, *, by: Person, proof: Proof | None, on: date | None = None) -> Snapshot:
    """Sign a certified snapshot, with which it stands; its certificate is made.

    Args:
        snapshot: The snapshot.
        by: Who signs: neither who certified it, nor anybody on whose files, changes or undos it rests.
        proof: That it is really that person.
        on: The day on which it is signed; today by default.

    Raises:
        NotAllowed: The person may not approve this one, or the proof is missing or too old.
        Conflict: Somebody was faster, the window is over, or findings stand in the way.
    """
    check_can_approve_snapshots(by)
    _check_may_approve(snapshot, by)
    approved = _sign(snapshot, SignatureKind.APPROVED, by=by, proof=proof, on=on)
    give_certificate(approved)
    return approved


def check_may_sign(snapshot: Snapshot, kind: SignatureKind, person: Person) -> None:
    """Raise a Refusal where the person cannot sign the snapshot today, whatever the proof and the findings are: what
    signing refuses is said before anybody enters a password."""
    find_period(snapshot.period).check_is_open(timezone.localdate(), snapshot.school_year.period)
    _check_is_newest(snapshot)
    _role_of_signer(snapshot, kind, person)
    if kind == SignatureKind.APPROVED:
        _check_may_approve(snapshot, person)


def _check_may_approve(snapshot: Snapshot, person: Person) -> None:
    """Raise NotAllowed where the person has certified the snapshot, or has sent, changed or withdrawn lines of it."""
    if Signature.objects.filter(snapshot=snapshot, kind=SignatureKind.CERTIFIED, by=person).exists():
        raise NotAllowed(
            "You have certified this snapshot, so you cannot approve it, too",
            fix="Ask another approver",
            code="SAME_PERSON",
        )
    if has_contributed_to(snapshot, person):
        raise NotAllowed(
            "This snapshot rests on lines that you sent, changed or withdrew, so you cannot approve it",
            fix="Ask an approver who has sent nothing",
            code="OWN_LINES",
        )


def _sign(snapshot: Snapshot, kind: SignatureKind, *, by: Person, proof: Proof | None, on: date | None) -> Snapshot:
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # of two pages at one moment one uses the proof
    if proof is None or not proof.is_fresh or Signature.objects.filter(by=by, proved_at__gte=proof.at).exists():
        raise NotAllowed(
            "You have not shown in the last five minutes that it is you",
            fix="Enter your password or code again, or sign in again at your provider, and then sign",
            code="SIGN_AGAIN",
        )
    to = SnapshotState(kind.value)
    found = begin_move(snapshot, to, on=on)
    if kind == SignatureKind.APPROVED:
        lock_what_is_told()  # its certificate, and before anything is counted
    _check_is_newest(found)
    role = _role_of_signer(found, kind, by)
    refuse_altered(found, fix="Sign nothing; ask the state data team to find out")
    evidence = evidence_of(found)
    evidence.check()
    said = {"proof": str(proof.kind), "proved_at": proof.at, "evidence": dict(evidence.as_json())}
    Signature.objects.create(
        snapshot=found, kind=kind, by=by, name=by.name, email=by.email, role=str(role.display_name), **said
    )
    return finish_move(found, to, by=by, proof=str(proof.kind), sha256=found.sha256, **hashes_to_note(found))


def _check_is_newest(snapshot: Snapshot) -> None:
    later = Snapshot.objects.filter(
        period=snapshot.period, school_year=snapshot.school_year, pk__gt=snapshot.pk
    ).first()
    if later is not None:
        raise Conflict(
            f"Snapshot {later.pk} was taken since, and only the newest is signed",
            fix=f"Review and sign snapshot {later.pk}",
            code="NOT_NEWEST",
        )


def _role_of_signer(snapshot: Snapshot, kind: SignatureKind, person: Person) -> type[Role]:
    """Return the role in which the person signs; NotAllowed where the period names another one."""
    place = list(SignatureKind).index(kind)
    permission = (Permission.CERTIFY_SNAPSHOTS, Permission.APPROVE_SNAPSHOTS)[place]
    named = find_period(snapshot.period).file.signers
    for role in roles_at(person, None):
        if permission in role.permissions and (not named or role.slug == named[place]):
            return role
    raise NotAllowed(
        f"Your role does not allow you to {permission} of this period",
        fix="Ask the state data team who signs it",
    )
