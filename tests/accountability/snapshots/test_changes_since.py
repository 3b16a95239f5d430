"""What has changed since a snapshot is the same, whether few students are asked for or all lines are compared."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from tests.accountability.test_random_changes import Changes, take
from tests.uploads.lifecycle.processing.test_process import CTE_HEADER
from tidegate.accountability.models import Snapshot
from tidegate.accountability.snapshots import changes_since as module
from tidegate.accountability.snapshots.changes_since import changes_since
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import stored_lines

ACTS = 8


def file_of(*lines: str) -> str:
    return "\n".join([CTE_HEADER, *lines, ""])


def line_of(student: str, earned: str = "1.50") -> str:
    return f"1000,2001,{student},1,01.0205,2020-09-02,,{earned},"


def let_a_day_pass() -> None:
    """Make what is on file older than the snapshot that is taken next."""
    for lines in stored_lines():
        lines.model.objects.update(valid_from=F("valid_from") - timedelta(1))
        lines.model.objects.exclude(replaced_at=None).update(replaced_at=F("replaced_at") - timedelta(1))
        lines.model.objects.exclude(restored_at=None).update(restored_at=F("restored_at") - timedelta(1))


def asked_of_all(snapshot: Snapshot) -> list[module.ChangesSince]:
    """Return the same as compared with all that was frozen, as of a snapshot of an older release."""
    return changes_since(Snapshot(**{**vars_of(snapshot), "changes_from": None}))


def vars_of(snapshot: Snapshot) -> dict[str, object]:
    return {field.attname: getattr(snapshot, field.attname) for field in Snapshot._meta.concrete_fields}


@pytest.fixture
def taken(process_file, specialist) -> Snapshot:
    """A snapshot of two students' lines, which were on file a day before."""
    process_file(file_of(line_of("900000001"), line_of("900000002")), by=specialist)
    let_a_day_pass()
    return take()


def test_nothing_has_changed_right_after_it_was_taken(taken):
    assert changes_since(taken) == asked_of_all(taken) == []


def test_only_students_with_newer_versions_are_asked_for(taken, process_file, specialist):
    process_file(file_of(line_of("900000001", "2.50")), by=specialist)
    assert module._students_changed(taken, module.find_periods()[taken.period]) == ["900000001"]
    (change,) = changes_since(taken)
    assert (change.added_count, change.changed_count, change.withdrawn_count) == (0, 1, 0)
    assert asked_of_all(taken) == [change]


def test_a_student_who_is_counted_no_more_takes_all_lines_along(taken):
    for lines in stored_lines():
        of_year = lines.model.objects.filter(student="900000002", school_year=2020, replaced_at=None)
        of_year.update(replaced_at=timezone.now())
    found = changes_since(taken)
    assert sum(each.withdrawn_count for each in found) > 0
    assert found == asked_of_all(taken)


def test_of_many_students_all_lines_are_compared(taken, process_file, specialist, monkeypatch):
    process_file(file_of(line_of("900000001", "2.50"), line_of("900000002", "2.50")), by=specialist)
    some = changes_since(taken)
    monkeypatch.setattr(module, "_MAX_STUDENTS_ASKED_FOR", 1)
    assert module._students_changed(taken, module.find_periods()[taken.period]) is None
    assert changes_since(taken) == some


def test_what_was_not_yet_written_when_it_was_taken_counts(taken):
    # Stamped before, and seen by no statement of the snapshot: its transaction had not ended.
    assert taken.changes_from < taken.taken_at
    Enrollment.objects.filter(student="900000001", replaced_at=None).update(
        replaced_at=taken.changes_from, ended_with=None
    )
    assert changes_since(taken) == asked_of_all(taken) != []


@pytest.mark.parametrize("seed", [1, 2])
def test_random_acts_are_told_the_same_both_ways(taken, seed, process_file, specialist, other_specialist, tmp_path):
    acts = Changes(seed, load=process_file, person=specialist, other_person=other_specialist, folder=tmp_path)
    told = []
    for _ in range(ACTS):
        acts.act()
        told.append(changes_since(taken))
        assert told[-1] == asked_of_all(taken)
    assert any(told)
