"""Undo gives exactly the state before, and never guesses where somebody has changed the same since."""

import pytest
from django.db import transaction

from tests.uploads.outputs import receipt_of
from tests.uploads.test_process import CTE_HEADER, ENROLLMENT_HEADER, LINE, PRIMARY
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.records.models import Enrollment
from tidegate.records.state_hash import state_hash, whole_hash
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.undo import can_be_undone, later_uploads, undo
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
