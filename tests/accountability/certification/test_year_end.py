"""The year end is signed with its indicators, and its certificate gives no small number away."""

import hashlib

import pytest
from typer.testing import CliRunner

from tests.accountability.certification.test_sign import allow, proof, signer
from tests.accountability.certification.test_signed_numbers import otherwise
from tests.accountability.two_years import (
    JUNE,
    LAST_YEAR,
    NEXT_JUNE,
    PERIOD,
    THIS_YEAR,
    Group,
    add_student,
    build,
    graduate,
    take_year_end,
)
from tidegate.accountability.certification.certificate import find_certificate
from tidegate.accountability.certification.certificate_pdf import _counts, _how_to_check, _rate, certificate_pdf
from tidegate.accountability.certification.evidence import evidence_of
from tidegate.accountability.certification.sign import approve_snapshot, certify_snapshot
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.explanations.comparison import compared_counts, last_years
from tidegate.accountability.explanations.unusual_numbers import unusual_numbers
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.attainment import PostsecondaryCredits
from tidegate.accountability.models import Certificate, FrozenLine, Snapshot
from tidegate.accountability.outputs.indicator_table import hash_of_indicators, indicators_csv
from tidegate.accountability.snapshots.transitions import review_snapshot
from tidegate.accounts.roles import Approver, Certifier
from tidegate.audit.models import Event
from tidegate.cli.snapshot import snapshot as command
from tidegate.core.errors import Conflict


@pytest.fixture(scope="module")
def two_years(module_transaction) -> int:
    """Take the year ends of two years, once for all tests here, and return the number of the second."""
    with module_transaction.unblock():
        build(schools=2)
        graduate({1002: Group(30, 6), 2002: Group(30, 6)}, on=JUNE)
        graduate({1002: Group(30, 24), 2002: Group(30, 24)}, on=NEXT_JUNE)
        take_year_end(LAST_YEAR)
        return review_snapshot(take_year_end(THIS_YEAR), by=None).pk


@pytest.fixture
def indicators():
    """The indicators by their codes, which are again what they were, and in their order, after the test."""
    known = find_indicators()
    before = dict(known)
    yield known
    known.clear()
    known.update(before)


@pytest.fixture
def reviewed(two_years, db) -> Snapshot:
    """A year end of which 48 of 60 graduates met 5S2, and 12 of 60 the year before."""
    return Snapshot.objects.get(pk=two_years)


class EarnsMore(PostsecondaryCredits):
    """5S2 of a release that counts otherwise: one more has met each number."""

    def named(self, numbers, categories):
        for each in super().named(numbers, categories):
            yield each._replace(numerator=each.numerator + 1)


def count_otherwise(monkeypatch) -> None:
    monkeypatch.setitem(find_indicators(), "5S2", EarnsMore())


def noted_of(snapshot: Snapshot) -> list[str | None]:
    events = Event.objects.filter(act__in=("snapshot.certified", "snapshot.approved"), subject_id=str(snapshot.pk))
    return [each.details.get("indicator_numbers_sha256") for each in events]


def test_an_indicator_that_jumps_is_unusual_and_shown_beside_last_years(reviewed):
    evidence = evidence_of(reviewed)
    (credit,) = [each for each in evidence.indicators if each.indicator.code == "5S2"]
    assert (credit.now.numerator, credit.now.denominator, credit.now.percent) == (48, 60, "80.00")
    assert (credit.last_year.numerator, credit.last_year.percent) == (12, "20.00")
    assert {each.report for each in evidence.unusual} == {"5S2:numerator", "3S1:denominator"}
    jumped = [each for each in evidence.unusual if each.report == "5S2:numerator"]
    assert {(each.dimensions, each.keys): (each.last_year, each.now) for each in jumped} == {
        ((), ()): (12, 48),
        (("school",), ("1002",)): (6, 24),
        (("school",), ("2002",)): (6, 24),
        (("program",), ("43.01",)): (12, 48),
    }
    assert [each.by for each in jumped if not each.keys] == ["5S2 Attained Postsecondary Credits, numerator"]
    assert {each.key for each in unusual_numbers(reviewed)} == {each.key for each in evidence.unusual}
    (results,) = [each for each in evidence.indicators if each.indicator.code == "2S1"]
    assert results.why_no_data
    assert not results.watched


def participation_beside_last_years(snapshot: Snapshot) -> dict[tuple[str, ...], set[bool]]:
    """Return by the dimensions of each number of participation whether last year's stands beside it."""
    found: dict[tuple[str, ...], set[bool]] = {}
    for each in compared_counts(snapshot):
        if each.report.startswith("participation:"):
            found.setdefault(each.key[1], set()).add(each.last_year is not None)
    return found


def test_what_last_years_snapshot_did_not_count_is_not_unusual(reviewed):
    assert set().union(*participation_beside_last_years(reviewed).values()) == {True}
    last = last_years(reviewed)
    last.reports = [slug for slug in last.reports if slug != "participation"]
    last.save()
    assert set().union(*participation_beside_last_years(reviewed).values()) == {False}
    assert "participation" not in {each.report.partition(":")[0] for each in unusual_numbers(reviewed)}


def test_programs_of_another_definition_are_not_compared(reviewed):
    line = FrozenLine.objects.get(snapshot=last_years(reviewed), table_name="definitions")
    year, text = line.cells
    FrozenLine.objects.filter(pk=line.pk).update(cells=[year, text.replace("cip-4", "cip-6")])
    for dimensions, are_beside in participation_beside_last_years(reviewed).items():
        assert are_beside == {"program" not in dimensions}
    unusual = unusual_numbers(reviewed)
    assert unusual
    assert not [each for each in unusual if "program" in each.dimensions]


def test_the_certificate_has_the_indicators_and_their_digest(reviewed, sign):
    said = sign(reviewed)
    found = {each["indicator"]: each for each in said["indicators"]}
    assert (found["5S2"]["numerator"], found["5S2"]["denominator"]) == (48, 60)
    assert found["2S1"]["no_data"] == "No file type brings the results of the state's tests"
    assert (found["2S1"]["numerator"], found["2S1"]["denominator"]) == (None, None)
    digest = hashlib.sha256(b"".join(indicators_csv(reviewed))).hexdigest()
    assert said["indicators_sha256"] == digest
    assert any(digest in sentence for sentence in _how_to_check(said, ""))
    assert [_rate(found[code]) for code in ("5S2", "2S1")] == ["48 of 60 (80.00 %)", "no data"]


def test_a_release_that_counts_indicators_otherwise_is_named(reviewed, sign, monkeypatch):
    sign(reviewed)
    assert noted_of(reviewed) == [hash_of_indicators(reviewed)] * 2
    assert verify_snapshot(reviewed) == ""
    count_otherwise(monkeypatch)
    assert verify_snapshot(reviewed) == otherwise(reviewed)


def test_nobody_approves_other_indicators_than_were_certified(reviewed, monkeypatch):
    allow(monkeypatch, PERIOD, open_findings_percent=100.0, blocking_rules=(), publication=None)
    certified = certify_snapshot(reviewed, by=signer(Certifier, "Cora"), proof=proof())
    count_otherwise(monkeypatch)
    with pytest.raises(Conflict) as refused:
        approve_snapshot(certified, by=signer(Approver, "Abel"), proof=proof())
    assert (refused.value.code, refused.value.message) == ("ALTERED", otherwise(certified))


def test_signatures_that_noted_no_indicators_are_let_be(reviewed, sign, monkeypatch):
    monkeypatch.setattr("tidegate.accountability.signed_numbers.has_definition", lambda _: False)
    sign(reviewed)
    assert noted_of(reviewed) == [None, None]
    count_otherwise(monkeypatch)
    assert verify_snapshot(reviewed) == ""


def test_an_indicator_that_is_new_without_data_changes_no_hash(reviewed, monkeypatch, indicators):
    before = hash_of_indicators(reviewed)
    del indicators["2S1"]
    assert hash_of_indicators(reviewed) == before
    count_otherwise(monkeypatch)
    assert hash_of_indicators(reviewed) != before


def test_the_command_prints_what_the_digest_of_the_indicators_is_over(reviewed):
    asked = ["show", str(reviewed.pk), "--format", "indicators"]
    printed = CliRunner().invoke(command, asked, catch_exceptions=False)
    assert printed.stdout_bytes == b"".join(indicators_csv(reviewed))


@pytest.mark.parametrize(
    ("asked", "act"),
    [
        (["show"], "snapshot.viewed"),
        (["show", "--format", "json"], "snapshot.viewed"),
        (["show", "--format", "csv"], "snapshot.counts_downloaded"),
        (["show", "--format", "content"], "snapshot.content_downloaded"),
        (["show", "--definition", "its own"], "snapshot.viewed"),
        (["certificate"], "snapshot.certificate_downloaded"),
        (["findings"], "snapshot.viewed"),
        (["changes"], "snapshot.viewed"),
    ],
)
def test_the_command_leaves_the_event_that_a_page_would(reviewed, sign, asked, act):
    if asked == ["certificate"]:
        sign(reviewed)
    before = Event.objects.latest("pk").pk
    name, *options = (each.replace("its own", reviewed.school_year.name) for each in asked)
    CliRunner().invoke(command, [name, str(reviewed.pk), *options], catch_exceptions=False)
    (left,) = Event.objects.filter(pk__gt=before)
    assert (left.act, left.subject_kind, left.subject_id) == (act, "snapshot", str(reviewed.pk))


def test_a_certificate_of_before_is_written_without_indicators(reviewed, sign):
    sign(reviewed)
    certificate = find_certificate(reviewed)
    said = certificate.document["certificate"]
    older = {name: said[name] for name in said if not name.startswith("indicators")}
    before = Certificate(document=certificate.document | {"certificate": older})
    assert certificate_pdf(before).startswith(b"%PDF-")
    assert not any("indicators" in sentence for sentence in _how_to_check(older, ""))


def test_each_total_of_the_year_end_has_a_label_of_its_own(reviewed, sign):
    for _ in range(12):
        add_student(1002, THIS_YEAR, credits_earned=1)
        add_student(2002, THIS_YEAR)
    Snapshot.objects.filter(pk=reviewed.pk).update(state="open")
    labelled = dict(_counts(sign(review_snapshot(take_year_end(THIS_YEAR), by=None))["counts"]))
    title = "Participants and concentrators"
    totals = {label: number for label, number in labelled.items() if label.startswith(title)}
    assert totals == {
        f"{title}, Enrolled: All": "84",
        f"{title}, Participants: All": "72",
        f"{title}, Concentrators: All": "60",
    }


@pytest.mark.parametrize(("participants", "others"), [(5, 40), (40, 5)])
def test_no_totals_are_told_whose_difference_is_small(reviewed, sign, participants, others):
    for place in range(participants + others):
        add_student(1002, THIS_YEAR, **({"credits_earned": 1} if place < participants else {}))
    Snapshot.objects.filter(pk=reviewed.pk).update(state="open")
    said = sign(review_snapshot(take_year_end(THIS_YEAR), by=None))
    totals = [each["students"] for each in said["counts"] if each["report"] == "participation"]
    assert totals == [None, None, None]
