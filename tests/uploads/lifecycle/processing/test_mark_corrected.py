"""Which uploads a later one has put right."""

import pytest

from tests.web.world import build_world
from tidegate.uploads.lifecycle.processing.mark_corrected import mark_corrected
from tidegate.uploads.models import State

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
