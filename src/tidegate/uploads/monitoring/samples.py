"""Samples of how the site does: one a minute is kept, and the last day is put together from them and the uploads."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from tidegate.uploads.models import RequestSample, Sample
from tidegate.uploads.monitoring.measure import ask, measure

_KEPT = timedelta(days=2)
_DAY = timedelta(hours=24)


class Slot(NamedTuple):
    """A part of the last day: the worst of its samples, None where there is none, and the uploads that ended in it."""

    begins_at: datetime
    waiting_count: int | None
    oldest_waiting_seconds: int | None
    worker_count: int | None
    finished_count: int
    failed_count: int
    row_count: int
    rows_per_second: float | None
    request_count: int
    failed_request_count: int
    slow_request_count: int


class RuleCount(NamedTuple):
    """How many findings of a rule there were, and in how many uploads."""

    code: str
    severity: str
    finding_count: int
    upload_count: int


def keep_sample() -> None:
    """Keep the sample of this minute, and forget old ones. Several workers may do so: the first one counts."""
    now = timezone.now()
    measured = measure()
    sample = Sample(
        at=now.replace(second=0, microsecond=0),
        waiting_count=measured.uploads["waiting"],
        processing_count=measured.uploads["processing"],
        oldest_waiting_seconds=round(measured.oldest_waiting_seconds),
        worker_count=measured.worker_count,
        failed_job_count=measured.failed_job_count,
    )
    Sample.objects.bulk_create([sample], ignore_conflicts=True)
    for model in (Sample, RequestSample):
        model.objects.filter(at__lt=now - _KEPT).delete()


_ADD = """
INSERT INTO uploads_requestsample AS known (at, request_count, failed_count, slow_count, seconds)
VALUES (date_trunc('minute', now()), %s, %s, %s, %s)
ON CONFLICT (at) DO UPDATE SET request_count = known.request_count + excluded.request_count,
    failed_count = known.failed_count + excluded.failed_count, slow_count = known.slow_count + excluded.slow_count,
    seconds = known.seconds + excluded.seconds
"""


def add_requests(*, request_count: int, failed_count: int, slow_count: int, seconds: float) -> None:
    """Add what a web process has answered to the sample of this minute.

    Args:
        request_count: How many requests it has answered.
        failed_count: How many of them with a status of 500 or more.
        slow_count: How many after more than a second.
        seconds: How long all of them took together.
    """
    ask(_ADD, request_count, failed_count, slow_count, seconds)


_SLOTS = """
WITH sampled AS (
    SELECT date_bin(%(every)s, at, %(first)s) AS begins_at, max(waiting_count) AS waiting,
        max(oldest_waiting_seconds) AS oldest, min(worker_count) AS workers
    FROM uploads_sample WHERE at >= %(first)s GROUP BY 1
), ended AS (
    SELECT date_bin(%(every)s, finished_at, %(first)s) AS begins_at, count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) AS all_ended, coalesce(sum(row_count), 0)::bigint AS row_count,
        sum(row_count) / nullif(sum(extract(epoch FROM finished_at - started_at)), 0) AS speed
    FROM uploads_upload WHERE finished_at >= %(first)s AND finished_at <= %(now)s GROUP BY 1
), answered AS (
    SELECT date_bin(%(every)s, at, %(first)s) AS begins_at, sum(request_count) AS requests,
        sum(failed_count) AS failed_requests, sum(slow_count) AS slow_requests
    FROM uploads_requestsample WHERE at >= %(first)s GROUP BY 1
)
SELECT slot.begins_at, waiting, oldest, workers, coalesce(all_ended - failed, 0), coalesce(failed, 0),
    coalesce(row_count, 0), speed::float,
    coalesce(requests, 0), coalesce(failed_requests, 0), coalesce(slow_requests, 0)
FROM generate_series(%(first)s, %(now)s, %(every)s) AS slot (begins_at)
LEFT JOIN sampled USING (begins_at) LEFT JOIN ended USING (begins_at)
LEFT JOIN answered USING (begins_at) ORDER BY 1
"""
_RULES = """
SELECT found.code, found.severity, sum(found.count)::bigint AS finding_count, count(DISTINCT upload.id)
FROM uploads_upload upload JOIN uploads_findingcount found ON found.upload_id = upload.id
WHERE upload.finished_at >= %s GROUP BY 1, 2 ORDER BY finding_count DESC, 1, 2 LIMIT %s
"""


def last_day(*, every: timedelta) -> list[Slot]:
    """Return the last day in slots of this length, the oldest first; the last one is not over yet."""
    now = timezone.now()
    first = now.replace(minute=0, second=0, microsecond=0) - _DAY + timedelta(hours=1)
    values: dict[str, Any] = {"first": first, "now": now, "every": every}
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS, values)
        return [Slot(*row) for row in cursor.fetchall()]


def rules_of_last_day(*, at_most: int) -> list[RuleCount]:
    """Return the rules with the most findings in the uploads that ended within the last day."""
    return [RuleCount(*row) for row in ask(_RULES, timezone.now() - _DAY, at_most)]
