"""The numbers of a signed snapshot are those that were signed, whatever a later release or the state's package says."""

from dataclasses import replace

import pytest
from django.utils import timezone

from tests.accountability.certification.test_sign import allow, approver, certifier, proof, reviewed
from tidegate.accountability.certification.certificate import find_certificate, give_certificate
from tidegate.accountability.certification.sign import approve_snapshot, certify_snapshot
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.department.make import make_workbook
from tidegate.accountability.models import Signature, SignatureKind, Snapshot
from tidegate.accountability.outputs.counts import counts_csv, hash_of_numbers
from tidegate.accountability.periods.publication_settings import PublicationSettings
from tidegate.accountability.publication.publish import publish_snapshot
from tidegate.accountability.reports import find_reports, student_count
from tidegate.accountability.reports.student_count import StudentCount
from tidegate.accountability.signed_numbers import numbers_signed_otherwise
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict

__all__ = ["approver", "certifier", "reviewed"]


class CountsOneMore(StudentCount):
    """The student count of a release that counts otherwise."""

    def tables(self, snapshot, *, reach=None):
        for table in super().tables(snapshot, reach=reach):
            more = (each._replace(student_count=each.student_count + 1) for each in table.counts)
            yield replace(table, counts=tuple(more))


def count_otherwise(monkeypatch) -> None:
    monkeypatch.setitem(find_reports(), "student-count", CountsOneMore())


def say_otherwise(monkeypatch) -> None:
    monkeypatch.setitem(student_count._TITLES, "grade", "Year level")


def as_an_older_release_signed(snapshot: Snapshot, *people) -> Snapshot:
    """Sign without a note of the numbers in the audit log."""
    for kind, person in zip(SignatureKind, people, strict=True):
        said = {"by": person, "name": person.name, "email": person.email, "role": "A role"}
        Signature.objects.create(
            snapshot=snapshot, kind=kind, proof="password", proved_at=timezone.now(), evidence={}, **said
        )
    give_certificate(snapshot)
    return snapshot


def otherwise(snapshot: Snapshot) -> str:
    return (
        f"Snapshot {snapshot.pk} is what was frozen, but its numbers are not those that were signed: this release, or"
        " the state's package, counts otherwise"
    )


@pytest.fixture
def signed(reviewed, certifier, approver) -> Snapshot:
    return approve_snapshot(certify_snapshot(reviewed, by=certifier, proof=proof()), by=approver, proof=proof())


def test_a_release_that_counts_otherwise_is_named(signed, monkeypatch):
    assert verify_snapshot(signed) == ""
    count_otherwise(monkeypatch)
    assert verify_snapshot(signed) == otherwise(signed)


@pytest.mark.parametrize("act", [publish_snapshot, make_workbook])
def test_numbers_that_nobody_signed_are_neither_published_nor_sent(signed, monkeypatch, act):
    allow(monkeypatch, publication=PublicationSettings(tables={"student-count": ("grade",)}))
    count_otherwise(monkeypatch)
    with pytest.raises(Conflict) as refused:
        act(signed, by=None)
    assert (refused.value.code, refused.value.message) == ("ALTERED", otherwise(signed))


@pytest.mark.parametrize("act", [publish_snapshot, make_workbook])
def test_altered_lines_are_neither_published_nor_sent(reviewed, monkeypatch, act):
    tables = PublicationSettings(tables={"student-count": ("grade",)}, before_signing=True)
    allow(monkeypatch, publication=tables)
    assert act(reviewed, by=None)
    reviewed.lines.filter(table_name="students").first().delete()
    with pytest.raises(Conflict, match="is not what was frozen") as refused:
        act(reviewed, by=None)
    assert refused.value.code == "ALTERED"


def test_another_wording_is_no_other_number(signed, monkeypatch):
    before = b"".join(counts_csv(signed))
    say_otherwise(monkeypatch)
    assert b"".join(counts_csv(signed)) != before
    assert verify_snapshot(signed) == ""


def test_both_signatures_note_the_numbers(signed):
    noted = Event.objects.filter(act__in=("snapshot.certified", "snapshot.approved"))
    assert [each.details["numbers_sha256"] for each in noted] == [hash_of_numbers(signed)] * 2


def test_nobody_approves_other_numbers_than_were_certified(reviewed, certifier, approver, monkeypatch):
    certified = certify_snapshot(reviewed, by=certifier, proof=proof())
    count_otherwise(monkeypatch)
    with pytest.raises(Conflict) as refused:
        approve_snapshot(certified, by=approver, proof=proof())
    assert (refused.value.code, refused.value.message) == ("ALTERED", otherwise(certified))


def test_an_older_certificate_is_compared_by_what_it_has(reviewed, certifier, approver, monkeypatch):
    allow(monkeypatch, publication=PublicationSettings(tables={}, smallest=1))
    older = as_an_older_release_signed(reviewed, certifier, approver)
    assert None not in {each["students"] for each in find_certificate(older).document["certificate"]["counts"]}
    assert verify_snapshot(older) == ""
    say_otherwise(monkeypatch)
    assert verify_snapshot(older) == ""
    count_otherwise(monkeypatch)
    assert verify_snapshot(older) == otherwise(older)


def test_an_older_snapshot_whose_period_lost_a_report_is_named(reviewed, certifier, approver, monkeypatch):
    older = as_an_older_release_signed(reviewed, certifier, approver)
    older.reports = None
    allow(monkeypatch, reports=("lines-on-file",))
    assert numbers_signed_otherwise(older) == otherwise(older)
