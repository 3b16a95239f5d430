"""What two indicators show of the same students, and what a certificate says, gives no small group away."""

from datetime import date

import pytest

from tests.accountability.certification.test_sign import allow
from tests.accountability.conftest import approved
from tests.accountability.two_years import (
    DECEMBER,
    JUNE,
    LAST_YEAR,
    NEXT_JUNE,
    PERIOD,
    THIS_YEAR,
    Group,
    build,
    graduate,
)
from tidegate.accountability.frozen_lines.digest import digest_of
from tidegate.accountability.models import Certificate, Publication
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.periods.publication_settings import PublicationSettings
from tidegate.accountability.publication.certified_totals import certified_totals
from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.publish import publish_snapshot

GRADUATES = {1002: Group(5, 3, 2), 2002: Group(40, 3, 20), 3002: Group(30, 15, 3), 4002: Group(50, 25, 25)}
"""By itself 5S2 hides the five with the 50 of another school, and 3S1 with the 40."""


@pytest.fixture(autouse=True)
def by_school(monkeypatch, db):
    settings = PublicationSettings(tables={"5S2": ("school",), "3S1": ("school",)})
    allow(monkeypatch, PERIOD, publication=settings)


def schools_in(publication: Publication, indicator: str) -> dict[str, int | None]:
    """Return the groups by school that a publication has of an indicator."""
    (report,) = [each for each in published_reports(publication) if each.slug == indicator]
    cells = [cell for table in report.tables for cell in table.cells().items()]
    return {cell[0][1]: number for cell, number in cells if len(cell) == 1 and cell[0][0] == "school"}


def give_away(one: dict[str, int | None], other: dict[str, int | None]) -> bool:
    """Return whether a group that one hides, and with which it hides a small one, is shown by the other."""
    return any(number is None and other.get(school) is not None for school, number in one.items())


def test_five_students_are_found_from_two_indicators_that_know_nothing_of_each_other(monkeypatch):
    """Of 125 in all 3S1 shows 30 and 50, so 45 are in the two schools that it hides; 5S2 shows that one has 40."""
    monkeypatch.setattr("tidegate.accountability.publication.draft.groups_of_same_students", lambda *_, **__: [])
    build(schools=4)
    graduate(GRADUATES, on=JUNE)
    credit = schools_in(publish_snapshot(approved(PERIOD, LAST_YEAR), by=None), "5S2")
    placed = schools_in(publish_snapshot(approved(PERIOD, THIS_YEAR), by=None), "3S1")
    assert credit == {"1002": None, "2002": 40, "3002": 30, "4002": None}
    assert placed == {"1002": None, "2002": None, "3002": 30, "4002": 50}


@pytest.mark.parametrize("years", [(LAST_YEAR, THIS_YEAR), (THIS_YEAR, LAST_YEAR)])
def test_placement_shows_no_group_that_the_year_before_hid(years):
    build(schools=4)
    graduate(GRADUATES, on=JUNE)
    published = {year: publish_snapshot(approved(PERIOD, year), by=None) for year in years}
    credit, placed = schools_in(published[LAST_YEAR], "5S2"), schools_in(published[THIS_YEAR], "3S1")
    assert credit["1002"] is placed["1002"] is None
    assert any(credit.values()), "Not all of it is hidden"
    first, second = (credit, placed) if years[0] == LAST_YEAR else (placed, credit)
    assert not give_away(first, second)


def test_who_graduates_in_the_fall_is_guarded_within_one_year():
    build(schools=4)
    graduate(GRADUATES, on=DECEMBER)
    published = publish_snapshot(approved(PERIOD, THIS_YEAR), by=None)
    credit, placed = schools_in(published, "5S2"), schools_in(published, "3S1")
    assert credit["1002"] is placed["1002"] is None
    assert not give_away(credit, placed)


def test_a_group_that_few_joined_is_not_shown_beside_the_other():
    build(schools=4)
    graduate({school: Group(40, 20, 20) for school in (1002, 2002, 3002, 4002)}, on=JUNE)
    graduate({1002: Group(3, 0, 0)}, on=date(2025, 3, 3))  # in both, as they are of the same school year
    graduate({2002: Group(3, 0, 0)}, on=DECEMBER)  # in 3S1 alone
    credit = schools_in(publish_snapshot(approved(PERIOD, LAST_YEAR), by=None), "5S2")
    placed = schools_in(publish_snapshot(approved(PERIOD, THIS_YEAR), by=None), "3S1")
    assert credit == {"1002": 43, "2002": 40, "3002": 40, "4002": 40}
    assert placed["1002"] == 43
    assert placed["2002"] is None, "43 less 40 are three"


def test_groups_of_other_students_are_let_be():
    build(schools=4)
    graduate(GRADUATES, on=NEXT_JUNE)
    graduate({school: Group(12, 12, 12) for school in GRADUATES}, on=JUNE)
    placed = schools_in(publish_snapshot(approved(PERIOD, THIS_YEAR), by=None), "3S1")
    assert set(placed.values()) == {12}


def test_the_guard_knows_the_totals_of_the_certificate():
    build(schools=2)
    graduate({1002: Group(30, 14), 2002: Group(30, 14)}, on=JUNE)
    snapshot = approved(PERIOD, LAST_YEAR)
    assert certified_totals(snapshot, "5S2") == []
    counts = [{"report": "participation", "keys": [], "students": number} for number in (90, 75, 60)]
    rates = [{"indicator": "5S2", "numerator": 28, "denominator": 60}]
    said = {"counts": counts, "indicators": rates, "counts_sha256": digest_of(counts_csv(snapshot))}
    Certificate.objects.create(snapshot=snapshot, document={"certificate": said})
    (known,) = certified_totals(snapshot, "5S2")
    assert known.shown == {(("met", "yes"),): 28, (("met", "no"),): 32}
    (known,) = certified_totals(snapshot, "participation")
    assert [*known.shown.values()] == [15, 15, 60]
    published = publish_snapshot(snapshot, by=None)
    assert schools_in(published, "5S2") == {"1002": 30, "2002": 30}
    assert published.withheld_count == 0
