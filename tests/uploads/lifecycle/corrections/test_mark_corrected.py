"""Which uploads a later one has put right."""

import pytest

from tests.web.world import build_world
from tidegate.records.models import Change, ChangeKind
from tidegate.uploads.lifecycle.corrections.mark_corrected import mark_corrected
from tidegate.uploads.models import LineToWithdraw, RowCorrection, State

CLEAN = {"row_count": 3, "success_count": 3, "error_count": 0, "stored_as": "kept"}


@pytest.fixture
def world(db):
    return build_world()


def corrected_by(upload):
    upload.refresh_from_db()
    return upload.corrected_by_id


def test_a_clean_file_puts_right_all_that_it_follows(world):
    first = world.send(file_name="first.csv", row_count=60, success_count=56, error_count=4)
    second = world.send(file_name="second.csv", follows=first, row_count=4, success_count=1, error_count=3)
    last = world.send(file_name="last.csv", follows=second, **CLEAN)
    mark_corrected(last)
    assert [corrected_by(each) for each in (first, second)] == [last.pk, last.pk]


def test_fewer_rows_than_errors_put_nothing_right(world):
    first = world.send(file_name="first.csv", row_count=60, success_count=50, error_count=10)
    last = world.send(file_name="last.csv", follows=first, **CLEAN)
    mark_corrected(last)
    assert corrected_by(first) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"error_count": 1, "success_count": 2},
        {"stored_as": ""},
    ],
)
def test_a_file_with_errors_and_what_is_no_file_put_nothing_right(world, wrong):
    first = world.send(file_name="first.csv")
    last = world.send(file_name="last.csv", follows=first, **CLEAN | wrong)
    mark_corrected(last)
    assert corrected_by(first) is None


def test_the_same_file_sent_again_puts_its_earlier_ones_right(world):
    first, second = world.send(), world.send()
    of_another_size = world.send(row_count=4, success_count=2, error_count=2)
    of_another_name = world.send(file_name="other.csv")
    of_others = world.send(world.harbor)
    of_another_year = world.send(school_year=world.newer_year)
    last = world.send(**CLEAN)
    mark_corrected(last)
    assert [corrected_by(each) for each in (first, second)] == [last.pk, last.pk]
    rest = (of_another_size, of_another_name, of_others, of_another_year)
    assert [corrected_by(each) for each in rest] == [None] * 4


BY_HAND = {"file_name": "correction-by-hand.csv", "row_count": 1}


def by_hand(world, *line_ids, **fields):
    sent = world.send(**BY_HAND | fields)
    Change.objects.filter(pk=sent.pk).update(kind=ChangeKind.BY_HAND, reason="The teacher says so")
    LineToWithdraw.objects.bulk_create(LineToWithdraw(upload=sent, line_id=each) for each in line_ids)
    return sent


def test_a_correction_by_hand_puts_right_those_of_its_own_line(world):
    wrong = {"success_count": 0, "error_count": 1}
    added, same, other = by_hand(world, **wrong), by_hand(world, 7, **wrong), by_hand(world, 8, **wrong)
    a_file = world.send(**BY_HAND | wrong)
    mark_corrected(last := by_hand(world, 7, **CLEAN | BY_HAND | {"success_count": 1}))
    assert [corrected_by(each) for each in (added, same, other, a_file)] == [None, last.pk, None, None]
    mark_corrected(last := world.send(**CLEAN | BY_HAND | {"success_count": 1}))
    assert [corrected_by(each) for each in (added, other, a_file)] == [None, None, last.pk]


def test_a_correction_of_rows_puts_right_those_of_the_same_rows(world):
    first = world.send(file_name="first.csv", row_count=4, success_count=1, error_count=3)
    other_first = world.send(file_name="other.csv")

    def corrected(of, row, left_out=(), **fields):
        one = {"row_count": 1, "success_count": 0, "error_count": 1}
        sent = world.send(follows=of, file_name="first-corrected.csv", **one | fields)
        RowCorrection.objects.create(upload=sent, first=of, rows=[row], left_out=list(left_out))
        if sent.error_count:
            world.find(sent, row=row)
        return sent

    same, left, other, elsewhere = (corrected(*each) for each in ((first, 5), (first, 6), (first, 7), (other_first, 5)))
    mark_corrected(last := corrected(first, 5, [6], **CLEAN | {"row_count": 1, "success_count": 1}))
    assert [corrected_by(each) for each in (same, left, other, elsewhere)] == [last.pk, last.pk, None, None]


def test_what_an_undone_upload_had_put_right_is_put_right_anew(world):
    first, undone = world.send(), world.send(**CLEAN)
    mark_corrected(undone)
    undone.state = State.UNDONE
    undone.save()
    first.refresh_from_db()
    assert not first.is_corrected_later
    last = world.send(**CLEAN)
    mark_corrected(last)
    assert corrected_by(first) == last.pk


def test_held_rows_need_no_correction(world):
    first = world.send(file_name="first.csv", row_count=9, success_count=4, error_count=5, held_count=3)
    last = world.send(file_name="last.csv", follows=first, **CLEAN | {"row_count": 2, "success_count": 2})
    mark_corrected(last)
    assert corrected_by(first) == last.pk
