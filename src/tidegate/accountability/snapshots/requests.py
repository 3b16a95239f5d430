"""Asks for a snapshot, which a worker then takes: to freeze a large state takes longer than a page may."""

import logging
import uuid

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from tidegate.accountability.models import SnapshotRequest
from tidegate.accountability.periods.period import Period, find_period
from tidegate.accountability.queue import enqueue_snapshot
from tidegate.accountability.snapshots.count_ahead import count_ahead
from tidegate.accountability.snapshots.take import check_can_be_taken, take_snapshot
from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.core.errors import NotFound, Refusal
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.models import SchoolYear
from tidegate.uploads.lifecycle.worker.incident import describe

MAX_TRIES = 5
"""How often a worker begins before it is given up."""
_MAX_NUMBER = 2**63 - 1
log = logging.getLogger(__name__)


@transaction.atomic
def ask_for_snapshot(period: Period, school_year: SchoolYear, *, by: Person) -> SnapshotRequest:
    """Queue a snapshot, and return the request; where one is being taken already, that one's. Where no job of that one
    waits any more it is queued again: the queue may have lost it, and if a worker has it, the second job does nothing.

    Raises:
        Refusal: It could not be taken now, for the reasons that `take_snapshot` has.
    """
    check_can_be_taken(period, school_year, by=by, on=timezone.localdate())
    advisory_lock(f"snapshot request {period.slug} {school_year.name}")
    waiting = SnapshotRequest.objects.filter(period=period.slug, school_year=school_year, ended_at=None).first()
    of = {"period": period.slug, "title": period.title, "school_year": school_year, "asked_by": by}
    asked = waiting or SnapshotRequest.objects.create(**of)
    if enqueue_snapshot(asked.pk):
        record_event("snapshot.asked", by=by, school_year=school_year, subject=asked, period=period.slug)
    return asked


def find_request(number: int) -> SnapshotRequest:
    """Return the request of that number; NotFound where there is none."""
    known = SnapshotRequest.objects.select_related("school_year", "asked_by")
    found = known.filter(pk=number).first() if 0 < number <= _MAX_NUMBER else None
    if found is None:
        raise NotFound("Nobody has asked for this snapshot", fix="Look it up under its period", code="NO_REQUEST")
    return found


def seconds_of_last(period: str) -> int | None:
    """Return how long the newest snapshot of a period took to take; None where none was taken by a worker."""
    last = SnapshotRequest.objects.filter(period=period, snapshot__isnull=False, started_at__isnull=False)
    newest = last.order_by("-pk").first()
    if newest is None or newest.started_at is None or newest.ended_at is None:
        return None
    return max(1, round((newest.ended_at - newest.started_at).total_seconds()))


def carry_out(request_id: int) -> None:
    """Take the snapshot of a request. One that has ended stays as it is: a worker may have died just after its end.

    What stands against it is kept as sentences for whoever asked. An error of ours is logged without its text, which
    could hold a cell's value.
    """
    open_one = SnapshotRequest.objects.filter(pk=request_id, ended_at=None)
    open_one.update(started_at=timezone.now(), try_count=F("try_count") + 1)
    asked = open_one.select_related("school_year", "asked_by").first()
    if asked is None:
        return
    if asked.try_count > MAX_TRIES:
        _give_up(asked, "The database did not answer, or the worker was stopped")
        return
    try:
        _take(asked)
    except Refusal as refusal:
        _end(asked, f"{refusal.in_full}.")
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked is told
        _give_up(asked, "There was a problem on our side", what=describe(error))
    else:
        _count_ahead(asked)


def _count_ahead(asked: SnapshotRequest) -> None:
    """Count what the pages of the snapshot show. Whoever asked does not wait for it: the request has ended."""
    asked.refresh_from_db(fields=["snapshot"])
    taken = asked.snapshot
    try:
        if taken is not None:
            count_ahead(taken)
    except Exception as error:  # noqa: BLE001 - the snapshot is there, and its pages count what is not stored
        log.warning("Snapshot %s was not counted ahead: %s", taken and taken.pk, describe(error))


@transaction.atomic
def _take(asked: SnapshotRequest) -> None:
    """Take the snapshot and end the request, both or neither."""
    found = SnapshotRequest.objects.select_for_update(of=("self",)).filter(pk=asked.pk, ended_at=None).first()
    if found is None:
        return
    day = timezone.localdate(asked.asked_at)
    found.snapshot = take_snapshot(find_period(asked.period), asked.school_year, by=asked.asked_by, on=day)
    found.ended_at = timezone.now()
    found.save(update_fields=["snapshot", "ended_at"])


def _give_up(asked: SnapshotRequest, why: str, *, what: str = "") -> None:
    incident_id = uuid.uuid4().hex[:12]
    log.error("Incident %s: the snapshot of request %s was not taken: %s", incident_id, asked.pk, what or why)
    _end(asked, f"{why}. Ask for it again, and if that does not help, tell the state data team incident {incident_id}.")


def _end(asked: SnapshotRequest, refusal: str) -> None:
    SnapshotRequest.objects.filter(pk=asked.pk, ended_at=None).update(refusal=refusal[:1000], ended_at=timezone.now())
