"""A snapshot that a worker takes: the same as one that is taken at once, one at a time, and never half."""

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tidegate.accountability.models import Snapshot, SnapshotRequest
from tidegate.accountability.models.snapshot_request import OVERDUE_AFTER
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots import requests
from tidegate.accountability.snapshots.requests import MAX_TRIES, ask_for_snapshot, carry_out
from tidegate.accounts.models import Membership
from tidegate.core.errors import NotAllowed
from tidegate.reference.models import SchoolYear


@pytest.fixture
def ask(administrator):
    year = SchoolYear.objects.get(first=2020)
    return lambda: ask_for_snapshot(find_period("cte-october-count"), year, by=administrator)


def test_a_worker_takes_the_same_snapshot_as_the_command(ask, take, administrator):
    asked = ask()
    job = ProcrastinateJob.objects.get(task_name="take_snapshot")
    assert (job.queue_name, job.args) == ("snapshots", {"request_id": asked.pk})
    carry_out(asked.pk)
    asked.refresh_from_db()
    assert asked.snapshot.sha256 == take().sha256
    assert asked.snapshot.taken_by == administrator


def test_who_asks_while_one_is_taken_is_shown_that_one(ask):
    first = ask()
    assert ask() == first
    assert ProcrastinateJob.objects.filter(task_name="take_snapshot").count() == 1
    carry_out(first.pk)
    assert ask() != first


def test_a_request_whose_job_was_lost_is_queued_again(ask):
    asked = ask()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert ask() == asked
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    for _ in range(2):
        assert ask() == asked
    assert list(ProcrastinateJob.objects.order_by("id").values_list("status", flat=True)) == ["doing", "todo"]
    assert not asked.is_overdue
    asked.started_at = timezone.now() - OVERDUE_AFTER * 1.1
    assert asked.is_overdue


def test_a_job_that_comes_twice_takes_one_snapshot(ask):
    asked = ask()
    carry_out(asked.pk)
    carry_out(asked.pk)
    assert Snapshot.objects.count() == 1


def test_who_may_not_take_one_cannot_ask_for_it(state, specialist):
    with pytest.raises(NotAllowed):
        ask_for_snapshot(find_period("cte-october-count"), SchoolYear.objects.get(first=2020), by=specialist)


def test_who_has_lost_the_right_meanwhile_gets_none(ask, administrator):
    asked = ask()
    Membership.objects.filter(person=administrator).delete()
    carry_out(asked.pk)
    asked.refresh_from_db()
    assert asked.refusal
    assert not Snapshot.objects.exists()


def test_an_error_of_ours_is_a_sentence_and_quotes_nothing(ask, monkeypatch, caplog):
    def break_down(*_, **__):
        raise RuntimeError("900000001")

    monkeypatch.setattr(requests, "take_snapshot", break_down)
    asked = ask()
    carry_out(asked.pk)
    asked.refresh_from_db()
    assert asked.refusal.startswith("There was a problem on our side. Ask for it again")
    assert asked.refusal.rstrip(".").split()[-1] in caplog.text
    assert "900000001" not in asked.refusal + caplog.text


def test_a_database_that_goes_away_is_tried_again_and_given_up_in_the_end(ask, monkeypatch):
    def go_away(*_, **__):
        raise OperationalError

    monkeypatch.setattr(requests, "take_snapshot", go_away)
    asked = ask()
    for _ in range(MAX_TRIES):
        with pytest.raises(OperationalError):
            carry_out(asked.pk)
    assert SnapshotRequest.objects.get(pk=asked.pk).ended_at is None
    carry_out(asked.pk)
    assert SnapshotRequest.objects.get(pk=asked.pk).refusal.startswith("The database did not answer")
