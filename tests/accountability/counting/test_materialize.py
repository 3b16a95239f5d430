"""What was counted of a snapshot is counted once: what is stored is what its lines say, for everybody."""

from dataclasses import replace

import msgspec
import pytest

from tests.accountability.cte_state import any_definition, build, take
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.counting.counted_students import students_counted_in
from tidegate.accountability.counting.enrolled_students import enrolled_students
from tidegate.accountability.indicators import count_indicators
from tidegate.accountability.indicators.indicator import ALL
from tidegate.accountability.models import FrozenLine, MaterializedQuery, MaterializedRow, Snapshot
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.outputs.participation_table import participation_csv
from tidegate.accountability.snapshots.count_ahead import count_ahead


def said_by(snapshot: Snapshot, definition) -> list[object]:
    """Return the reports and lists of a snapshot, for the whole state and for those who see some of it."""
    of = [(counts_csv, ()), (participation_csv, ([definition],))]
    reports = [b"".join(say(snapshot, *more, reach=reach)) for reach in (None, ["1002"], ["2000"]) for say, more in of]
    students = [list(students_counted_in(snapshot, {}, reach=reach)) for reach in (None, ["1002"], ["2000"])]
    return [*reports, *students, list(enrolled_students(snapshot, definition, {}, reach=["3000"]))]


@pytest.fixture
def counted(db):
    """A snapshot with a definition, and what it says when it is counted for the first time."""
    rng = build(11)
    snapshot, definition = take(), any_definition(rng)
    return snapshot, definition, said_by(snapshot, definition)


def test_what_is_stored_is_said_without_the_lines(counted):
    snapshot, definition, before = counted
    FrozenLine.objects.filter(snapshot=snapshot, table_name__in=("enrollments", "cte_records", "students")).delete()
    assert said_by(snapshot, definition)[0] == before[0]  # the whole state is stored as numbers
    assert said_by(snapshot, definition) == before  # and its parts are read from rows that are stored


def test_another_definition_is_counted_anew(counted):
    snapshot, definition, before = counted
    stored = MaterializedQuery.objects.count()
    other = replace(definition, file=msgspec.structs.replace(definition.file, courses_needed=9))
    assert said_by(snapshot, other)[1] != before[1]
    assert MaterializedQuery.objects.count() > stored


def test_indicators_of_one_definition_are_counted_together(db):
    build(12, students=15)
    snapshot = take()
    counted = list(count_indicators(snapshot))
    assert MaterializedQuery.objects.filter(snapshot=snapshot).count() == 2  # rows, and the numbers of all
    assert tuple(counted[-1].indicator.counts(snapshot)) == counted[-1].counts
    for each in counted:
        list(each.indicator.students(snapshot, ALL, ""))
    assert MaterializedQuery.objects.filter(snapshot=snapshot).count() == 2


def alter_row(snapshot: Snapshot) -> None:
    row = MaterializedRow.objects.filter(query__snapshot=snapshot).first()
    row.cells[0] = "08"
    row.save()


def remove_row(snapshot: Snapshot) -> None:
    MaterializedRow.objects.filter(query__snapshot=snapshot).first().delete()


def alter_number(snapshot: Snapshot) -> None:
    stored = MaterializedQuery.objects.filter(snapshot=snapshot, numbers__isnull=False).first()
    stored.numbers[0][-1] += 1
    stored.save()


def repeat_number(snapshot: Snapshot) -> None:
    stored = MaterializedQuery.objects.filter(snapshot=snapshot, numbers__isnull=False).first()
    stored.numbers.append(stored.numbers[0])
    stored.save()


def test_numbers_in_another_order_are_the_same_numbers(db):
    build(12, students=15)
    snapshot = take()
    count_ahead(snapshot)
    stored = list(MaterializedQuery.objects.filter(snapshot=snapshot, numbers__isnull=False))
    assert max(len(each.numbers) for each in stored) > 5
    for each in stored:
        each.numbers.reverse()
        each.save()
    assert verify_snapshot(snapshot) == ""


@pytest.mark.parametrize("alter", [alter_row, remove_row, alter_number, repeat_number])
def test_verifying_finds_a_stored_result_that_was_altered(db, alter):
    build(12, students=15)
    snapshot = take()
    count_ahead(snapshot)
    assert verify_snapshot(snapshot) == ""
    alter(snapshot)
    said = f"Snapshot {snapshot.pk} is what was frozen, but what is stored of its numbers is not what its lines say: "
    assert verify_snapshot(snapshot).startswith(said)
