"""What offices have from a certificate shows nobody what a publication hides, or has hidden."""

import pytest

from tests.accountability.certification.test_sign import allow, proof, signer
from tests.accountability.conftest import approved
from tests.accountability.two_years import JUNE, LAST_YEAR, PERIOD, Group, add_student, build, graduate, take_year_end
from tidegate.accountability.certification.certificate import find_certificate
from tidegate.accountability.certification.sign import approve_snapshot, certify_snapshot
from tidegate.accountability.frozen_lines.digest import digest_of
from tidegate.accountability.guard.earlier_releases import ToldBy
from tidegate.accountability.models import Certificate, Publication, Snapshot
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.periods.publication_settings import PublicationSettings
from tidegate.accountability.publication.certified_totals import certified_totals
from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.publish import publish_snapshot
from tidegate.accountability.snapshots.transitions import review_snapshot
from tidegate.accounts.roles import Approver, Certifier
from tidegate.states.maine.models import CteRecord


@pytest.fixture(autouse=True)
def participation(monkeypatch, db):
    publish(monkeypatch, participation=("measure",))


@pytest.fixture
def sign(db):
    """Return what takes a snapshot of the year's end and has it signed."""
    people = {role: signer(role, name) for role, name in ((Certifier, "Cora"), (Approver, "Abel"))}

    def signed() -> Snapshot:
        Snapshot.objects.update(state="open")
        certified = certify_snapshot(
            review_snapshot(take_year_end(LAST_YEAR), by=None), by=people[Certifier], proof=proof()
        )
        return approve_snapshot(certified, by=people[Approver], proof=proof())

    return signed


def publish(monkeypatch, **tables) -> None:
    settings = PublicationSettings(tables=tables)
    allow(monkeypatch, PERIOD, publication=settings, open_findings_percent=100.0, blocking_rules=())


def enroll(*, participants: int, others: int = 0) -> None:
    for place in range(participants + others):
        add_student(1002, LAST_YEAR, **({"credits_earned": 1} if place < participants else {}))


def certify(snapshot: Snapshot, *numbers: int) -> None:
    """Give a snapshot a certificate of an older release, which tells its totals of participation."""
    counts = [{"report": "participation", "keys": [], "students": number} for number in numbers]
    said = {"form": "1", "counts": counts, "counts_sha256": digest_of(counts_csv(snapshot))}
    Certificate.objects.create(snapshot=snapshot, document={"certificate": said})


def measures_in(publication: Publication) -> dict[str, int | None]:
    (report,) = published_reports(publication)
    return {cell[0][1]: number for table in report.tables for cell, number in table.cells().items()}


def totals_of(snapshot: Snapshot) -> list[int | None]:
    said = find_certificate(snapshot).document["certificate"]
    return [each["students"] for each in said["counts"] if each["report"] == "participation"]


def test_a_small_number_that_an_older_certificate_tells_is_hidden():
    build(schools=1)
    graduate({1002: Group(40)}, on=JUNE)
    enroll(participants=5, others=60)
    snapshot = approved(PERIOD, LAST_YEAR)
    certify(snapshot, 105, 45, 40)
    published = measures_in(publish_snapshot(snapshot, by=None))
    assert published == {"concentrators": None, "participants": None, "enrolled": 60}


def test_a_new_certificate_tells_no_total_that_was_hidden_before(sign):
    build(schools=1)
    graduate({1002: Group(40)}, on=JUNE)
    enroll(participants=5, others=60)
    first = sign()
    hidden = {"concentrators": None, "participants": None, "enrolled": 60}
    assert measures_in(publish_snapshot(first, by=None)) == hidden
    enroll(participants=6)
    second = sign()
    assert totals_of(second) == [None, None, None], "Of 45 before 40 would be known, and so the 5"
    assert measures_in(publish_snapshot(second, by=None)) == hidden


def test_a_new_certificate_tells_no_rate_that_was_hidden_before(sign, monkeypatch):
    publish(monkeypatch, **{"5S2": ("school",)})
    build(schools=2)
    graduate({1002: Group(30, 26), 2002: Group(30, 26)}, on=JUNE)
    publish_snapshot(sign(), by=None)
    late = CteRecord.objects.exclude(postsecondary_credits=None)[:4]
    CteRecord.objects.filter(pk__in=[each.pk for each in late]).update(postsecondary_credits=None)
    said = find_certificate(sign()).document["certificate"]["indicators"]
    (credit,) = [each for each in said if each["indicator"] == "5S2"]
    assert (credit["numerator"], credit["denominator"]) == (None, None), "12 now, and by 4 fewer then"


def test_what_nothing_hid_is_told_in_a_new_certificate(sign):
    build(schools=1)
    graduate({1002: Group(40)}, on=JUNE)
    enroll(participants=20, others=60)
    publish_snapshot(sign(), by=None)
    enroll(participants=12)
    assert totals_of(sign()) == [132, 72, 40]


def test_the_guard_knows_what_was_certified_before_the_count_was_reopened():
    build(schools=1)
    graduate({1002: Group(40)}, on=JUNE)
    enroll(participants=20, others=60)
    first = approved(PERIOD, LAST_YEAR)
    certify(first, 120, 60, 40)
    Snapshot.objects.update(state="open")
    second = approved(PERIOD, LAST_YEAR)
    (known,) = certified_totals(second, "participation")
    assert [*known.shown.values()] == [60, 20, 40]
    assert known.told_by is ToldBy.CERTIFICATE
    certify(second, 121, 61, 40)
    assert len(certified_totals(second, "participation")) == 2
