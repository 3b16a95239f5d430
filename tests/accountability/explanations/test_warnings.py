"""Lines that a rule warns of are open until their office explains them, and again when that ends or they get more."""

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.accountability.certification.test_sign import allow
from tidegate.accountability.certification.evidence import evidence_of
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.explanations.explain_warnings import explain_warnings
from tidegate.accountability.explanations.warned_lines import warned_lines
from tidegate.accountability.explanations.warnings_csv import warnings_csv
from tidegate.accountability.models import FrozenWarning, MaterializedQuery, WarningExplanation
from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed, NotFound, Refusal
from tidegate.records.models import Enrollment
from tidegate.reference.models import Organization
from tidegate.uploads.models import Misfit

NEXT_YEAR = date(2999, 6, 30)
KEY = ("1000", "student-enrollment", "ENR406")


@pytest.fixture
def warned(state) -> list[int]:
    """The two lines on file of a school that had closed before their enrollments begin, which a rule warns of."""
    Organization.objects.filter(pk=1001).update(closed_on=date(2020, 6, 30))
    return list(Enrollment.objects.filter(school=1001, replaced_at=None).order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def explain(specialist):
    """Return a function that explains the warnings of a snapshot as the office that sent the lines."""

    def give(snapshot, **more) -> WarningExplanation:
        usual = {"text": " The list is late ", "ends_on": NEXT_YEAR, "by": specialist}
        return explain_warnings(snapshot, KEY, **usual | more)

    return give


def is_open(snapshot, **more) -> bool:
    (found,) = warned_lines(snapshot, **more)
    return found.explanation is None


def test_a_snapshot_notes_what_its_lines_are_warned_of(warned, take):
    snapshot = take()
    columns = ("snapshot", "version_id", "identifier", "file_type", "code")
    noted = FrozenWarning.objects.order_by("pk").values_list(*columns)
    assert list(noted) == [(snapshot.pk, line, *KEY) for line in warned]
    assert snapshot.has_noted_warnings


def test_warnings_count_as_open_until_they_are_explained(warned, take, explain):
    snapshot = take()
    evidence = evidence_of(snapshot)
    assert (evidence.open_count, evidence.percent, evidence.may_be_signed) == (2, Decimal(50), False)
    assert explain(snapshot).text == "The list is late"
    evidence = evidence_of(snapshot)
    assert (evidence.open_count, evidence.percent, evidence.may_be_signed) == (0, Decimal(0), True)
    said = evidence.as_json()
    assert (said["lines_with_open_warnings"], said["open_warnings"], said["explained_warnings"]) == (0, 0, 1)
    assert Event.objects.get(act="warnings.explained").details["line_count"] == 2


def test_a_line_that_does_not_fit_is_counted_once(warned, take):
    of = {"file_type": "student-enrollment", "school_year_id": 2020, "student_id": "900000001", "places": []}
    Misfit.objects.create(line_id=warned[0], code="ENR601", message="It does not fit", **of)
    evidence = evidence_of(take())
    assert (evidence.findings.other_count, evidence.warned_line_count, evidence.open_count) == (1, 1, 2)


def test_a_warning_that_blocks_signing_cannot_be_explained(warned, take, explain, monkeypatch):
    snapshot = take()
    allow(monkeypatch, blocking_rules=("ENR406",), open_findings_percent=100.0)
    evidence = evidence_of(snapshot)
    assert (evidence.findings.blocking_count, evidence.warned, evidence.may_be_signed) == (2, (), False)
    with pytest.raises(NotFound):
        explain(snapshot)


def test_an_explanation_that_nobody_can_read_is_none(warned, take, explain):
    with pytest.raises(Refusal, match="has 1 to 1,000 characters"):
        explain(take(), text="\x01\u200b")


def test_an_explanation_holds_for_later_snapshots_until_its_day(warned, take, explain):
    explain(take())
    later = take()
    assert not is_open(later, on=NEXT_YEAR)
    assert is_open(later, on=NEXT_YEAR + timedelta(days=1))


def test_a_count_that_moves_by_much_is_open_again(warned, take, explain, monkeypatch):
    explain(take())
    Enrollment.objects.filter(pk=warned[0]).update(entry_date=date(2020, 6, 30))
    later = take()
    assert not is_open(later), "One line less is little where the state says five"
    allow(monkeypatch, unusual_students=1)
    assert is_open(later)
    explain(later)
    assert not is_open(later)


def test_who_sends_nothing_for_the_office_explains_nothing(warned, take, explain, viewer, director, administrator):
    snapshot = take()
    for by in (viewer, director):
        with pytest.raises((NotFound, NotAllowed)):
            explain(snapshot, by=by)
    assert not WarningExplanation.objects.exists()
    explain(snapshot, by=administrator)


def test_verifying_names_a_stored_count_of_warnings_that_was_turned(warned, take):
    snapshot = take()
    evidence_of(snapshot)
    assert verify_snapshot(snapshot) == ""
    (stored,) = (each for each in MaterializedQuery.objects.all() if each.numbers == [[*KEY, 2]])
    stored.numbers[0][-1] = 1
    stored.save()
    of = ", ".join(KEY)
    assert verify_snapshot(snapshot).endswith(f": warnings (stored: {of}, 1; counted: {of}, 2)")


@pytest.mark.parametrize(
    "alter",
    [
        lambda noted: noted.first().delete(),
        lambda noted: noted.update(code="ENR601"),
        lambda noted: noted.update(identifier="2000"),
        lambda noted: FrozenWarning.objects.create(**{**noted.values().first(), "id": None}),
    ],
)
def test_an_altered_warning_is_found(warned, take, alter):
    snapshot = take()
    alter(FrozenWarning.objects.filter(snapshot=snapshot))
    assert verify_snapshot(snapshot) == (
        f"Snapshot {snapshot.pk} is not what was frozen: a finding or a warning of its lines was altered"
    )


def test_warnings_are_a_file_with_their_explanations(warned, take, explain):
    snapshot = take()
    explain(snapshot)
    content = b"".join(warnings_csv(warned_lines(snapshot))).decode("utf-8-sig")
    (row,) = csv.DictReader(content.splitlines())
    assert (row["OfficeID"], row["Rule"], row["Lines"], row["State"]) == ("1000", "ENR406", "2", "explained")
    assert (row["Explanation"], row["HoldsUntil"]) == ("The list is late", "2999-06-30")
    assert warned_lines(snapshot, reach=["2001"]) == []
