"""Which version of a line follows which."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tidegate.records.models import Enrollment, StoredLine
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.history.follow_versions import lines_with_versions
from tidegate.uploads.history.sections import sections

MARCH, APRIL, MAY = (datetime(2021, month, 1, tzinfo=UTC) for month in (3, 4, 5))


@pytest.fixture
def follow():
    """Return a function that says of each line which versions it has, by their IDs."""

    def follow(model: type[StoredLine], *records) -> list[list[int]]:
        section = next(each for each in sections() if each.model is model)
        lines = lines_with_versions(records, section)
        return [[version.record.pk for version in line] for line in lines]

    return follow


def line(pk: int, begins: datetime, ends: datetime | None = None, *, change: int = 1, ended: int = 2, **fields):
    """Return a version of a CTE record, stored nowhere."""
    usual = {"student_id": "900000001", "school_year_id": 2020, "sau_id": 1, "school_id": 2, "credits_earned": 1}
    times = {"valid_from": begins, "began_with": change, "replaced_at": ends, "ended_with": ended if ends else None}
    usual |= {"cte_code": "01.0205", "start_date": date(2020, 9, 8)}
    return CteRecord(pk=pk, **usual | times | fields)


def enrollment(pk: int, begins: datetime, ends: datetime | None = None, *, change: int = 1, **fields) -> Enrollment:
    """Return a version of a primary enrollment, stored nowhere."""
    usual = {"student_id": "900000001", "school_year_id": 2020, "sau_id": 1, "school_id": 2, "enrollment_type": "P"}
    times = {"valid_from": begins, "began_with": change, "replaced_at": ends, "ended_with": 2 if ends else None}
    return Enrollment(pk=pk, **usual | {"grade_level": "11", "entry_date": date(2020, 9, 1)} | times | fields)


def test_those_lines_of_a_group_follow_each_other_that_differ_least(follow):
    old = [line(1, MARCH, APRIL), line(2, MARCH, APRIL, end_date=date(2020, 12, 1), credits_earned=3)]
    new = [line(3, APRIL, change=2, end_date=date(2020, 12, 1), credits_earned=2), line(4, APRIL, change=2)]
    assert follow(CteRecord, *old, *new) == [[1, 4], [2, 3]]


def test_equal_lines_keep_the_order_of_their_ids(follow):
    assert follow(CteRecord, line(2, MARCH, APRIL), line(1, MARCH, APRIL), line(3, APRIL), line(4, APRIL)) == [
        [1, 3],
        [2, 4],
    ]


def test_a_line_that_is_brought_again_later_is_another_one(follow):
    assert follow(CteRecord, line(1, MARCH, APRIL), line(2, MAY, change=3)) == [[1], [2]]


def test_a_corrected_key_follows_where_most_of_the_line_agrees(follow):
    assert follow(CteRecord, line(1, MARCH, APRIL), line(2, APRIL, change=2, cte_code="48.0508")) == [[1, 2]]
    other = {"cte_code": "48.0508", "start_date": date(2021, 1, 4), "credits_earned": 4}
    assert follow(CteRecord, line(1, MARCH, APRIL), line(2, APRIL, change=2, **other)) == [[1], [2]]
    moved = enrollment(2, APRIL, change=2, entry_date=date(2020, 9, 8))
    assert follow(Enrollment, enrollment(1, MARCH, APRIL), moved) == [[1, 2]]


def test_versions_of_an_import_follow_each_other_though_it_took_a_while(follow):
    later = APRIL + timedelta(seconds=90)
    imported = {"began_with": None, "ended_with": None}
    assert follow(Enrollment, enrollment(1, MARCH, APRIL, **imported), enrollment(2, later, **imported)) == [[1, 2]]


def test_a_version_never_follows_one_that_ended_after_it_began(follow):
    assert follow(CteRecord, line(1, MARCH, MAY), line(2, APRIL, change=2)) == [[1], [2]]


def test_many_lines_of_one_change_are_followed_without_comparing_all(follow):
    old = [line(number, MARCH, APRIL) for number in range(1, 101)]
    new = [line(number, APRIL, change=2) for number in range(101, 201)]
    assert follow(CteRecord, *old, *new) == [[number, number + 100] for number in range(1, 101)]
