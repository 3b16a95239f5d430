"""Two people sign a snapshot with a proof of who they are, and a certificate comes of it."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.utils import timezone

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tidegate.accountability.certification.certificate import certificate_json, find_certificate
from tidegate.accountability.certification.certificate_pdf import _in_letters, certificate_pdf
from tidegate.accountability.certification.sign import Proof, ProofKind, approve_snapshot, certify_snapshot
from tidegate.accountability.models import FrozenFinding, Signature, Snapshot
from tidegate.accountability.periods.period import find_period, find_periods
from tidegate.accountability.snapshots.transitions import close_snapshot, reopen_snapshot, review_snapshot
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import Approver, Certifier, DataSpecialist, StateAdministrator
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, NotFound
from tidegate.records.models import Change, Enrollment
from tidegate.reference.models import Organization
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.models import Misfit
from tidegate.uploads.receipts.receipt import private_key, published_key
from tidegate.uploads.receipts.signed_files import content_of_document, is_file_signed, with_signature


def signer(role, name: str) -> Person:
    someone = Person.objects.create_user(f"{name.lower()}@example.org", name=name)
    Membership.objects.create(person=someone, role=role.slug, organization=None)
    return someone


@pytest.fixture
def certifier(state) -> Person:
    return signer(Certifier, "Cora")


@pytest.fixture
def approver(state) -> Person:
    return signer(Approver, "Abel")


def proof(minutes: float = 0) -> Proof:
    return Proof(ProofKind.PASSWORD, timezone.now() - timedelta(minutes=minutes))


@pytest.fixture
def reviewed(take):
    return review_snapshot(take(), by=None)


def test_two_people_sign_and_a_certificate_comes_of_it(reviewed, certifier, approver):
    certified = certify_snapshot(reviewed, by=certifier, proof=proof())
    with pytest.raises(NotFound):
        find_certificate(certified)
    approved = approve_snapshot(certified, by=approver, proof=proof(4.9))
    assert close_snapshot(approved, by=None).state == "closed"
    text = certificate_json(find_certificate(approved))
    said = content_of_document(text, "certificate", published_key())
    assert (said["snapshot"], said["sha256"], said["school_year"]) == (reviewed.pk, reviewed.sha256, "2020-2021")
    assert [(each["name"], each["role"], each["proof"]) for each in said["signers"]] == [
        ("Cora", "Certifier", "password"),
        ("Abel", "Approver", "password"),
    ]
    assert [(each["by"], each["keys"]) for each in said["counts"]] == [
        ("Lines and school year", ["enrollments", "2020-2021"]),
        ("All", []),
    ]
    assert {each["students"] for each in said["counts"]} == {None}, "So few students are not told to every office"
    assert "indicators" not in said, "What asks for no definition has none"
    assert said["signers"][1]["evidence"]["blocking_findings"] == 0
    acts = Event.objects.filter(subject_kind="snapshot").order_by("pk").values_list("act", "person_email")
    assert list(acts)[2:] == [
        ("snapshot.certified", certifier.email),
        ("snapshot.approved", approver.email),
        ("snapshot.closed", ""),
    ]


def test_a_certificate_with_another_byte_is_refused(reviewed, certifier, approver):
    approve_snapshot(certify_snapshot(reviewed, by=certifier, proof=proof()), by=approver, proof=proof())
    text = certificate_json(find_certificate(reviewed))
    key = published_key()
    for place in range(len(text)):
        altered = text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]
        assert content_of_document(altered, "certificate", key) is None, place
    for other in (text + b"\n", text[:-1], b" " + text, text[:1] + b" " + text[1:]):
        assert content_of_document(other, "certificate", key) is None


def test_the_certificate_as_a_pdf_is_signed_too(reviewed, certifier, approver):
    Person.objects.filter(pk=approver.pk).update(name="Abel <Żółć> & Søn")
    approver.refresh_from_db()
    approve_snapshot(certify_snapshot(reviewed, by=certifier, proof=proof()), by=approver, proof=proof())
    certificate = find_certificate(reviewed)
    content = certificate_pdf(certificate)
    assert content.startswith(b"%PDF-")
    assert is_file_signed(content, published_key())
    assert not is_file_signed(content.replace(b"%PDF-1", b"%PDF-2", 1), published_key())
    assert certificate_pdf(certificate) == content


def test_no_name_is_blank_on_the_pdf():
    known = set(map(ord, "abcdefghijklmnopqrstuvwxyz ?"))
    said = [_in_letters(name, known) for name in ("ana", "án\u0303a", "\u674e ana", "ana \U0001f600")]
    assert said == ["ana", "ana", "? ana", "ana "]


def test_a_signed_file_with_another_byte_is_refused(state):
    signed = with_signature(b"%PDF-1.4\nsome\nlines", private_key())
    assert is_file_signed(signed, published_key())
    for place in range(len(signed)):
        assert not is_file_signed(signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :], published_key())
    assert not is_file_signed(b"", published_key())


@pytest.mark.parametrize("minutes", [None, 5.1, -1])
def test_nobody_signs_without_a_proof_of_the_last_five_minutes(reviewed, certifier, minutes):
    given = None if minutes is None else proof(minutes)
    with pytest.raises(NotAllowed) as refused:
        certify_snapshot(reviewed, by=certifier, proof=given)
    assert refused.value.code == "SIGN_AGAIN"
    assert not Signature.objects.exists()


def test_each_signs_in_the_own_role_alone(reviewed, certifier, approver, state):
    administrator = signer(StateAdministrator, "Sam")
    for by in (approver, administrator):
        with pytest.raises(NotAllowed):
            certify_snapshot(reviewed, by=by, proof=proof())
    certified = certify_snapshot(reviewed, by=certifier, proof=proof())
    for by in (certifier, administrator):
        with pytest.raises(NotAllowed):
            approve_snapshot(certified, by=by, proof=proof())


def test_who_certified_cannot_approve(reviewed, certifier):
    Membership.objects.create(person=certifier, role=Approver.slug, organization=None)
    certified = certify_snapshot(reviewed, by=certifier, proof=proof())
    with pytest.raises(NotAllowed) as refused:
        approve_snapshot(certified, by=Person.objects.get(pk=certifier.pk), proof=proof())
    assert refused.value.code == "SAME_PERSON"


def test_who_sent_a_line_that_is_counted_cannot_approve(take, certifier, approver):
    line = Enrollment.objects.filter(school_year=2020, replaced_at=None).first()
    change = Change.objects.create(id=900, kind="by hand", made_by=approver, at=timezone.now(), reason="A new line")
    Enrollment.objects.filter(pk=line.pk).update(began_with=change.pk)
    certified = certify_snapshot(review_snapshot(take(), by=None), by=certifier, proof=proof())
    with pytest.raises(NotAllowed) as refused:
        approve_snapshot(certified, by=approver, proof=proof())
    assert refused.value.code == "OWN_LINES"


def is_refused(take, certifier, approver) -> bool:
    """Return whether the approver may not approve a snapshot that is taken now."""
    taken = certify_snapshot(review_snapshot(take(), by=None), by=certifier, proof=proof())
    try:
        approve_snapshot(taken, by=Person.objects.get(pk=approver.pk), proof=proof())
    except NotAllowed as refused:
        return refused.code == "OWN_LINES"
    finally:
        Signature.objects.all().update(proved_at=timezone.now() - timedelta(hours=1))
        reopen_snapshot(Snapshot.objects.get(pk=taken.pk), reason="Another one", by=certifier)
    return False


@pytest.fixture
def undoing(approver) -> Person:
    """An approver who is a data specialist of Rock Star, too."""
    organization = Organization.objects.get(pk=1000)
    Membership.objects.create(person=approver, role=DataSpecialist.slug, organization=organization)
    return Person.objects.get(pk=approver.pk)


def test_who_put_a_counted_line_back_cannot_approve(process_file, specialist, take, certifier, undoing):
    process_file(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    second = process_file(f"{CTE_HEADER}\n{LINE.replace('1.50', '2.00')}\n", by=specialist)
    assert not is_refused(take, certifier, undoing)
    undo(second, by=undoing)
    assert is_refused(take, certifier, undoing)


def test_who_took_a_line_out_cannot_approve_until_it_is_sent_again(process_file, specialist, take, certifier, undoing):
    sent = process_file(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    undo(sent, by=undoing)
    assert is_refused(take, certifier, undoing)
    process_file(f"{CTE_HEADER}\n{LINE}\n", by=specialist)
    assert not is_refused(take, certifier, undoing)


def open_misfit(code: str) -> Misfit:
    line = Enrollment.objects.filter(school_year=2020, replaced_at=None).first()
    return Misfit.objects.create(
        file_type="student-enrollment",
        line_id=line.pk,
        code=code,
        message="It does not fit",
        school_year_id=2020,
        student_id=line.student_id,
        places=[],
    )


def test_a_blocking_finding_stops_signing_and_a_correction_asks_for_another_snapshot(take, certifier):
    misfit = open_misfit("ENR501")
    snapshot = review_snapshot(take(), by=None)
    assert FrozenFinding.objects.filter(snapshot=snapshot, code="ENR501").count() == 1
    misfit.delete()
    with pytest.raises(Conflict) as refused:
        certify_snapshot(snapshot, by=certifier, proof=proof())
    assert refused.value.code == "BLOCKING_FINDINGS"
    reopen_snapshot(snapshot, reason="It was corrected", by=certifier)
    certify_snapshot(review_snapshot(take(), by=None), by=certifier, proof=proof())


def test_what_is_found_later_of_a_counted_line_stops_signing_too(reviewed, certifier):
    open_misfit("ENR501")
    with pytest.raises(Conflict):
        certify_snapshot(reviewed, by=certifier, proof=proof())


def test_open_findings_stop_signing_over_what_the_state_allows(take, certifier, monkeypatch):
    open_misfit("ENR601")
    snapshot = review_snapshot(take(), by=None)
    with pytest.raises(Conflict) as refused:
        certify_snapshot(snapshot, by=certifier, proof=proof())
    assert refused.value.code == "OPEN_FINDINGS"
    allow(monkeypatch, open_findings_percent=100.0)
    assert certify_snapshot(snapshot, by=certifier, proof=proof()).state == "certified"


def allow(monkeypatch, period: str = "cte-october-count", **changed) -> None:
    """Let the period's file say something else."""
    found = find_period(period)
    other = replace(found, file=msgspec.structs.replace(found.file, **changed))
    monkeypatch.setitem(find_periods(), found.slug, other)


def test_only_the_newest_snapshot_is_signed(reviewed, take, certifier):
    take()
    with pytest.raises(Conflict) as refused:
        certify_snapshot(reviewed, by=certifier, proof=proof())
    assert refused.value.code == "NOT_NEWEST"


def test_nothing_is_published_while_a_certificate_is_made(reviewed, certifier, approver):
    held = (
        "SELECT (classid::bigint << 32) | objid::bigint = hashtextextended('publication of any year', 0) FROM pg_locks"
    )
    held += " WHERE locktype = 'advisory' AND pid = pg_backend_pid()"

    def is_held() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(held)
            return (True,) in cursor.fetchall()

    certified = certify_snapshot(reviewed, by=certifier, proof=proof())
    assert not is_held()
    approve_snapshot(certified, by=approver, proof=proof())
    assert is_held()


def test_an_altered_snapshot_is_not_signed(reviewed, certifier):
    reviewed.lines.filter(table_name="students").first().delete()
    with pytest.raises(Conflict) as refused:
        certify_snapshot(reviewed, by=certifier, proof=proof())
    assert refused.value.code == "ALTERED"


def test_a_finding_that_was_taken_away_stops_signing(take, certifier):
    open_misfit("ENR501")
    snapshot = review_snapshot(take(), by=None)
    FrozenFinding.objects.all().delete()
    Misfit.objects.all().delete()
    with pytest.raises(Conflict, match="a finding or a warning of its lines was altered"):
        certify_snapshot(snapshot, by=certifier, proof=proof())


def test_the_same_proof_signs_once_whatever_the_session_says(reviewed, take, certifier):
    shown = proof(1)
    certified = certify_snapshot(reviewed, by=certifier, proof=shown)
    reopen_snapshot(certified, reason="Counted too early", by=None)
    again = review_snapshot(take(), by=None)
    for used in (shown, proof(2)):
        with pytest.raises(NotAllowed) as caught:
            certify_snapshot(again, by=certifier, proof=used)
        assert caught.value.code == "SIGN_AGAIN"
    assert certify_snapshot(again, by=certifier, proof=proof()).state == "certified"
