"""Undo gives exactly the state before, and never guesses where somebody has changed the same since."""

import pytest
from django.db import connection, transaction

from tests.uploads.canary import HELD_BY_OTHERS
from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, ENROLLMENT_HEADER, LINE, PRIMARY
from tests.uploads.outputs import receipt_of
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.records.models import Enrollment
from tidegate.records.state_hash import state_hash, whole_hash
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import can_be_undone, later_uploads, undo, undo_parts
from tidegate.uploads.models import State

ANOTHER = LINE.replace("01.0205", "47.0604")
MORE_CREDITS = LINE.replace("1.50", "2.00")


@pytest.fixture
def load(process_file, specialist):
    """Load lines of CTE and return the upload."""

    def load_lines(*lines: str, header: str = CTE_HEADER, **more):
        upload = process_file("\n".join([header, *lines, ""]), **{"by": specialist} | more)
        assert (upload.state, upload.error_count) == (State.FINISHED, 0)
        return upload

    return load_lines


def test_the_state_hash_is_of_what_the_records_say_and_not_of_who_brought_it(load, specialist):
    empty = state_hash()
    first = load(LINE)
    loaded = state_hash()
    assert loaded != empty
    undo(first, by=specialist)
    assert state_hash() == empty
    load(LINE)
    assert state_hash() == loaded


def test_undo_withdraws_what_was_brought_and_puts_back_what_was_replaced(load, specialist):
    load(LINE, ANOTHER)
    before = state_hash()
    second = load(MORE_CREDITS, LINE)
    assert state_hash() != before
    undone = undo(second, by=specialist)
    assert (undone.state, state_hash()) == (State.UNDONE, before)


def test_undo_deletes_and_overwrites_nothing(load, specialist):
    load(LINE)
    second = load(MORE_CREDITS)
    ids = set(CteRecord.objects.values_list("pk", flat=True))
    kept = list(CteRecord.objects.filter(began_with=second.pk).values("pk", "credits_earned", "valid_from"))
    undo(second, by=specialist)
    assert ids < set(CteRecord.objects.values_list("pk", flat=True))
    assert list(CteRecord.objects.filter(began_with=second.pk).values("pk", "credits_earned", "valid_from")) == kept
    back = CteRecord.objects.get(restored_at__isnull=False)
    assert (back.is_current, str(back.credits_earned)) == (True, "1.50")


def test_undo_of_enrollments_puts_the_earlier_exit_back(load, specialist):
    before = state_hash()
    load(PRIMARY, header=ENROLLMENT_HEADER, file_type="student-enrollment")
    middle = state_hash()
    left = load(
        PRIMARY.replace("1000,,,,", "1000,,2021-02-01,02,"), header=ENROLLMENT_HEADER, file_type="student-enrollment"
    )
    undo(left, by=specialist)
    assert state_hash() == middle
    undo(type(left).objects.get(pk=left.pk - 1), by=specialist)
    assert state_hash() == before


def test_uploads_are_undone_from_the_newest_back_to_the_first(load, specialist):
    states, uploads = [state_hash()], []
    for line in (LINE, MORE_CREDITS, LINE, LINE.replace("1.50", "0.50")):
        uploads.append(load(line, ANOTHER) if line == MORE_CREDITS else load(line))
        states.append(state_hash())
    while uploads:
        states.pop()
        undo(uploads.pop(), by=specialist)
        assert state_hash() == states[-1]


def test_an_upload_that_was_changed_since_is_not_undone_and_the_conflict_names_the_later_one(load, specialist):
    first = load(LINE)
    second = load(MORE_CREDITS)
    before = whole_hash()
    assert [(each.upload, each.student_count) for each in later_uploads(first)] == [(second, 1)]
    with pytest.raises(Conflict, match=f"changed since by upload {second.pk}"):
        undo(first, by=specialist)
    assert whole_hash() == before


def test_what_a_later_upload_changed_elsewhere_is_no_conflict(load, specialist):
    first = load(LINE)
    load(ANOTHER)
    undo(first, by=specialist)
    assert CteRecord.objects.filter(replaced_at=None).get().cte_code == "47.0604"


def test_an_upload_is_undone_again_once_the_later_one_is(load, specialist):
    before = state_hash()
    first, second = load(LINE), load(MORE_CREDITS)
    undo(second, by=specialist)
    assert later_uploads(first) == []
    undo(first, by=specialist)
    assert state_hash() == before


def test_enrollments_are_not_taken_from_under_the_cte_records_that_rest_on_them(
    load, process_file, specialist, director
):
    concurrent = "2000,2001,900000003,3,C,11,2020-09-01,02,1000,,,,"
    enrolled = load(PRIMARY, header=ENROLLMENT_HEADER, file_type="student-enrollment")
    process_file(
        f"{ENROLLMENT_HEADER}\n{concurrent}\n", by=director, organization_id=2001, file_type="student-enrollment"
    )
    rests = load(LINE.replace("900000001,1", "900000003,3"))
    assert rests in [each.upload for each in later_uploads(enrolled)]
    with pytest.raises(Conflict):
        undo(enrolled, by=specialist)


def test_what_an_import_changed_since_is_a_conflict(load, specialist):
    first = load(LINE)
    with transaction.atomic():
        record = CteRecord.objects.get(replaced_at=None)
        CteRecord.objects.filter(pk=record.pk).update(replaced_at="2099-01-01T00:00Z")
    with pytest.raises(Conflict, match="an import of the state's own lists"):
        undo(first, by=specialist)


def test_there_is_nothing_to_undo_twice_or_of_a_check(load, specialist):
    only_checked = load(LINE, check_only=True)
    first = load(LINE)
    unchanged = load(LINE)
    undo(first, by=specialist)
    for upload, words in ((only_checked, "loaded nothing"), (first, "undone before"), (unchanged, "changed nothing")):
        assert not can_be_undone(type(upload).objects.get(pk=upload.pk))
        with pytest.raises(Refusal, match=words):
            undo(upload, by=specialist)


def test_only_who_may_undo_does(load, viewer, other_specialist, specialist):
    first = load(LINE)
    with pytest.raises(NotAllowed):
        undo(first, by=viewer)
    with pytest.raises(NotFound):
        undo(first, by=other_specialist)
    undo(first, by=specialist)
    event = Event.objects.get(act="upload.undone")
    assert (event.person_id, event.details) == (specialist.pk, {"withdrawn_count": 1, "put_back_count": 0})


def test_an_undone_upload_keeps_its_findings_and_receipt(process_file, specialist):
    upload = process_file(f"{CTE_HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n", by=specialist)
    undone = undo(upload, by=specialist)
    assert (undone.findings.count(), undone.has_log) == (1, True)
    assert upload.sha256.encode() in bytes(receipt_of(undone))


def test_history_tells_the_order_of_what_was_done(load, specialist):
    load(LINE)
    undo(load(MORE_CREDITS), by=specialist)
    for record in CteRecord.objects.exclude(replaced_at=None):
        assert record.valid_from < record.replaced_at
    assert not Enrollment.objects.filter(replaced_at__isnull=False).exists()


THIRD = LINE.replace("900000001,1", "900000003,3")
"""A line of another student."""


@pytest.fixture
def two_students(load, process_file, director):
    """Enroll the other student at the CTE school, too."""
    load(PRIMARY, header=ENROLLMENT_HEADER, file_type="student-enrollment")
    concurrent = "2000,2001,900000003,3,C,11,2020-09-01,02,1000,,,,"
    process_file(
        f"{ENROLLMENT_HEADER}\n{concurrent}\n", by=director, organization_id=2001, file_type="student-enrollment"
    )


def on_file() -> list[tuple[str, str, str]]:
    current = CteRecord.objects.filter(replaced_at=None).order_by("student_id", "cte_code")
    return [(line.student_id, line.cte_code, str(line.credits_earned)) for line in current]


def test_what_nobody_has_changed_since_is_taken_back_and_the_rest_stays(load, specialist, two_students):
    first = load(LINE, THIRD)
    second = load(MORE_CREDITS)
    undone = undo_parts(first, by=specialist)
    assert on_file() == [("900000001", "01.0205", "2.00")]
    assert (undone.upload.state, undone.found.student_count, undone.found.left_student_count) == ("finished", 1, 1)
    assert [(each.upload, each.student_count) for each in undone.later] == [(second, 1)]
    event = Event.objects.get(act="upload.undone")
    assert event.details == {"withdrawn_count": 1, "put_back_count": 0, "left_student_count": 1}


def test_what_was_left_is_taken_back_once_the_later_change_is(load, specialist, two_students):
    before = state_hash()
    first = load(LINE, THIRD)
    second = load(MORE_CREDITS)
    undo(first, by=specialist)
    with pytest.raises(Conflict, match=f"changed since by upload {second.pk}"):
        undo(first, by=specialist)
    undo(second, by=specialist)
    rest = undo_parts(first, by=specialist)
    assert (rest.upload.state, rest.found.student_count, state_hash()) == (State.UNDONE, 1, before)


def test_an_undo_in_part_is_no_change_to_those_before_it(load, specialist, two_students):
    load(LINE, THIRD)
    before = on_file()
    second = load(MORE_CREDITS, THIRD.replace("1.50", "3.00"))
    third = load(MORE_CREDITS.replace("2.00", "2.50"))
    undo(second, by=specialist)
    undo(third, by=specialist)
    assert undo(second, by=specialist).state == State.UNDONE
    assert on_file() == before
    assert undo(type(second).objects.get(pk=second.pk - 1), by=specialist).state == State.UNDONE
    assert on_file() == []


def test_what_was_undone_and_sent_again_is_not_undone_twice(load, specialist, two_students):
    first = load(LINE, THIRD)
    load(MORE_CREDITS)
    undo(first, by=specialist)
    again = load(THIRD)
    with pytest.raises(Conflict):
        undo(first, by=specialist)
    assert on_file() == [("900000001", "01.0205", "2.00"), ("900000003", "01.0205", "1.50")]
    assert undo(again, by=specialist).state == State.UNDONE


def test_a_line_that_moved_to_another_code_comes_back_whole_or_not_at_all(load, specialist, two_students):
    load(LINE, THIRD)
    moved = load(ANOTHER, ANOTHER.replace("900000001,1", "900000003,3"))
    ended = CteRecord.objects.filter(cte_code="01.0205")
    ended.update(ended_with=moved.pk, replaced_at=CteRecord.objects.filter(cte_code="47.0604").first().valid_from)
    load(ANOTHER.replace("1.50", "4.00"))
    undone = undo_parts(moved, by=specialist)
    assert (undone.found.student_count, undone.found.left_student_count) == (1, 1)
    assert on_file() == [("900000001", "47.0604", "4.00"), ("900000003", "01.0205", "1.50")]


def test_an_undo_of_the_release_before_is_still_understood(load, specialist):
    first, second = load(LINE), load(MORE_CREDITS)
    at = "2099-01-01T00:00Z"
    CteRecord.objects.filter(began_with=second.pk).update(ended_with=second.pk, replaced_at=at)
    old = CteRecord.objects.get(began_with=first.pk)
    old.pk, old.ended_with, old.replaced_at, old.restored_at = None, None, None, at
    old.save()
    assert later_uploads(first) == []
    assert undo(first, by=specialist).state == State.UNDONE
    assert on_file() == []


@pytest.mark.parametrize("held", ["lock_not_available", "deadlock_detected"])
def test_whoever_undoes_what_others_hold_until_its_end_is_told_so(load, specialist, held):
    upload = load(LINE)
    with connection.cursor() as cursor:
        cursor.execute(HELD_BY_OTHERS.format(of="UPDATE", table="uploads_upload", held=held))
    before = state_hash()
    with pytest.raises(Conflict, match="is being processed"):
        undo(upload, by=specialist)
    assert state_hash() == before
