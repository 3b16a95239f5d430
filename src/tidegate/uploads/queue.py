"""The door into the queue: an upload is enqueued in its own transaction, and runs in order per district.

Tasks are deferred by their names, so that this module imports none of them: they are in tasks.py,
which only workers load.
"""

import time
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from tidegate.inbox.queue import MAIL, database_errors_of_django
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.models import Organization

QUEUE = "uploads"
LARGE = "large-uploads"
WEBHOOKS = "webhooks"
UPKEEP = "upkeep"
AUDIT = "audit"
WATCH = "watch"  # no other has its jobs: workers of the release before would not know them, and end them as failed
BACKUPS = "backups"
RECHECKS = "rechecks"
WAITING_ROWS = "waiting-rows"  # no other has its jobs, as with WATCH
SNAPSHOTS = "snapshots"  # no other has its jobs, as with WATCH
AT_ONCE = {
    QUEUE: 1,
    WEBHOOKS: 2,
    UPKEEP: 1,
    AUDIT: 1,
    WATCH: 1,
    BACKUPS: 1,
    RECHECKS: 1,
    WAITING_ROWS: 1,
    SNAPSHOTS: 1,
    MAIL: 2,
}
"""How many jobs of each queue a worker runs at the same time."""
# One upload; messages go out at the same time, since they mostly wait. Stalled jobs, the audit log's seals and the
# sample of each minute have queues of their own, so that they wait neither for these nor for a backup. So do rechecks,
# which take minutes where there are millions of lines.
QUEUES = {"all": [QUEUE, LARGE], "small": [QUEUE]}
"""The queues of uploads that a worker of each lane works off, the oldest upload first."""
# The database has the names: workers of another release look for them there, so they never change.
PROCESS_UPLOAD = "process_upload"
DELIVER_WEBHOOK = "deliver_webhook"
RECHECK = "recheck_lines"
LOAD_WAITING_ROWS = "load_waiting_rows"
_BYTES_PER_KB = 1000
_WAITING_RECHECKS = "SELECT id FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' ORDER BY id"
_DROP_WAITING = "DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status = 'todo'"
_DELETE_FINISHED = """
DELETE FROM procrastinate_jobs job WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')
    AND NOT EXISTS (SELECT FROM procrastinate_events event WHERE event.job_id = job.id AND event.at >= %s)
"""


def enqueue(upload_id: int, organization: Organization, *, byte_count: int) -> None:
    """Queue an upload within the caller's transaction. Uploads of a district and its schools run in the order of
    sending, whatever lane they are in."""
    is_small = byte_count <= settings.TIDEGATE_SMALL_UPLOAD_KB * _BYTES_PER_KB
    job = app.configure_task(PROCESS_UPLOAD, queue=QUEUE if is_small else LARGE, lock=_lock_of(organization))
    with database_errors_of_django():
        job.defer(upload_id=upload_id)


def enqueue_webhook(*, webhook_id: int, message_id: str, body: str) -> None:
    """Queue a message to a webhook within the caller's transaction."""
    job = app.configure_task(DELIVER_WEBHOOK, queue=WEBHOOKS)
    with database_errors_of_django():
        job.defer(webhook_id=webhook_id, message_id=message_id, body=body)


def enqueue_recheck() -> None:
    """Queue a recheck of all lines on file within the caller's transaction; rechecks run one after the other.

    There is one job for each call, as with `enqueue_waiting_rows` and for the same reason.
    """
    job = app.configure_task(RECHECK, queue=RECHECKS, lock=RECHECK)
    with database_errors_of_django():
        job.defer(timestamp=int(time.time()))


def waiting_rechecks() -> list[int]:
    """Return the IDs of the rechecks that wait. One that begins after this sees all that they were queued for."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING_RECHECKS, [RECHECK])
        return [job_id for (job_id,) in cursor.fetchall()]


def drop_waiting(job_ids: Collection[int]) -> None:
    """Delete those of the jobs that wait still, since what they are for was done."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP_WAITING, [list(job_ids)])


def enqueue_waiting_rows(upload_id: int) -> None:
    """Queue a look at an upload's waiting rows within the caller's transaction.

    There is one job for each call. Where one waits already a worker may take that before the caller's transaction
    ends, and would not see what the caller has changed.
    """
    job = app.configure_task(LOAD_WAITING_ROWS, queue=WAITING_ROWS, lock=f"waiting-rows:{upload_id}")
    with database_errors_of_django():
        job.defer(upload_id=upload_id)


def lock_queue_order(organization: Organization) -> None:
    """Keep others from queueing an upload of this district until the caller's transaction ends."""
    # Of two that come at the same moment, the one with the lower number is then also the first in the queue.
    advisory_lock(_lock_of(organization))


def _lock_of(organization: Organization) -> str:
    return f"organization:{organization.id_of_district}"


def delete_finished_jobs(*, before: datetime) -> None:
    """Delete jobs that finished before `before`.

    Successful jobs are deleted by the queue itself; this removes the failed ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_FINISHED, [before])
