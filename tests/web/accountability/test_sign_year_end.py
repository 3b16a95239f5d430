"""The page on which the year end is signed shows the indicators that are published of it and sent to the Department."""

import pytest
from django.test import Client

from tests.accountability.two_years import JUNE, LAST_YEAR, NEXT_JUNE, THIS_YEAR, Group, build, graduate, take_year_end
from tests.web.accountability.test_sign_snapshot import address, signed_in_as
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accountability.snapshots.transitions import review_snapshot
from tidegate.accounts.roles import Certifier
from tidegate.reference.models import SchoolYear


@pytest.fixture
def certifier(db) -> Client:
    return signed_in_as(Certifier, "cora")


@pytest.fixture
def snapshot(db) -> Snapshot:
    build(schools=2)
    graduate({1002: Group(30, 6), 2002: Group(30, 6)}, on=JUNE)
    graduate({1002: Group(30, 24), 2002: Group(30, 24)}, on=NEXT_JUNE)
    take_year_end(LAST_YEAR)
    take_year_end(THIS_YEAR)
    return review_snapshot(take_year_end(THIS_YEAR), by=None)


def test_who_signs_the_year_end_sees_its_indicators(certifier, snapshot, read, django_assert_max_num_queries):
    certify = address(snapshot, "certify/")
    certifier.get(certify)  # what is counted of it is stored from now on
    with django_assert_max_num_queries(34):
        page = read(certifier.get(certify))
    assert page.broken() == []
    text = " ".join(page.text.split())
    assert "48 60 80.00 % 12 of 60 (20.00 %)" in text
    assert "No data: No file type brings the results of the state's tests" in text
    assert "5S2 Attained Postsecondary Credits, numerator by school: Center 1000 6 24 +300 % Open" in text
    with django_assert_max_num_queries(34):
        read(certifier.get(address(snapshot, "unusual/")))


def test_a_count_without_a_definition_shows_no_indicators(certifier, snapshot, read):
    october = take_snapshot(find_period("cte-october-count"), SchoolYear.objects.get(first=THIS_YEAR), by=None)
    assert "Perkins indicators" not in read(certifier.get(address(october, "certify/"))).text
