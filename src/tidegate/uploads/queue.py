"""The queue of uploads: enqueued in the upload's own transaction, in order per SAU, retried after a crash."""

import logging
from datetime import datetime
from typing import cast

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ProcrastinateException

from tidegate.core.errors import Refusal
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.models import Organization
from tidegate.uploads.lifecycle.interruption import DatabaseAway, Interruption
from tidegate.uploads.lifecycle.lease import LeasedJobs

log = logging.getLogger(__name__)
QUEUE = "uploads"
LARGE = "large-uploads"
WEBHOOKS = "webhooks"
UPKEEP = "upkeep"
AUDIT = "audit"
WATCH = "watch"  # no other has its jobs: workers of the release before would not know them, and end them as failed
BACKUPS = "backups"
AT_ONCE = {QUEUE: 1, WEBHOOKS: 4, UPKEEP: 1, AUDIT: 1, WATCH: 1, BACKUPS: 1}
"""How many jobs of each queue a worker has in hand: one upload; messages, which mostly wait, go out beside it; and
looking for the jobs of dead workers, sealing the audit log and the sample of each minute wait neither behind them nor
behind a backup."""
_BYTES_PER_KB = 1000
_LOOK_SECONDS = max(1, min(5, settings.TIDEGATE_STALLED_SECONDS // 3))
_SEALED_AT_ONCE = 100_000


QUEUES = {"all": [QUEUE, LARGE], "small": [QUEUE]}
"""The queues of uploads that a worker of each lane works off, the oldest upload first."""


def enqueue(upload_id: int, organization: Organization, *, byte_count: int) -> None:
    """Queue an upload within the caller's transaction. Uploads of a SAU and its schools run in the order of sending,
    whatever lane they are in."""
    is_small = byte_count <= settings.TIDEGATE_SMALL_UPLOAD_KB * _BYTES_PER_KB
    waiting = process_upload.configure(queue=QUEUE if is_small else LARGE, lock=_line_of(organization))
    waiting.defer(upload_id=upload_id)


def lock_queue_order(organization: Organization) -> None:
    """Be the only one who queues an upload of this SAU until the transaction at hand ends: of two that come at the same
    moment, the one with the lower number is then also the first in the queue."""
    advisory_lock(_line_of(organization))


def _line_of(organization: Organization) -> str:
    return f"organization:{organization.parent_id or organization.pk}"


_FORGET = """
DELETE FROM procrastinate_jobs job WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')
    AND NOT EXISTS (SELECT FROM procrastinate_events event WHERE event.job_id = job.id AND event.at >= %s)
"""


def delete_finished_jobs(*, before: datetime) -> None:
    """Delete the jobs that have ended before. Those that went well are gone at once; a message that nobody would take,
    and whatever else was given up, stays until now."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [before])


@app.task(
    name="process_upload",
    queue=QUEUE,
    retry=RetryStrategy(wait=2, retry_exceptions={Interruption}),  # the upload itself counts how often it is tried
)
def process_upload(upload_id: int) -> None:
    """Process one upload. When something comes in between, it is tried again."""
    from tidegate.uploads.lifecycle.give_memory_back import give_memory_back
    from tidegate.uploads.lifecycle.process import process

    close_old_connections()  # one that broke while the worker was idle
    try:
        process(upload_id=upload_id)
    except (OperationalError, InterfaceError):
        raise DatabaseAway from None
    finally:
        give_memory_back()


def enqueue_webhook(*, webhook_id: int, message_id: str, body: str) -> None:
    """Queue a message to a webhook within the caller's transaction."""
    deliver_webhook.defer(webhook_id=webhook_id, message_id=message_id, body=body)


@app.task(name="deliver_webhook", queue=WEBHOOKS, retry=RetryStrategy(max_attempts=7, exponential_wait=6))
def deliver_webhook(webhook_id: int, message_id: str, body: str) -> None:
    """Send a message; when it is not taken, again after 6 seconds, half a minute, minutes and hours."""
    from tidegate.uploads.notifications.webhooks import deliver

    close_old_connections()
    deliver(webhook_id=webhook_id, message_id=message_id, body=body)


@app.periodic(cron="17 3 * * *")
@app.task(name="apply_retention", queue=LARGE, queueing_lock="apply_retention")
def delete_what_is_old(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Delete every night what is older than the state keeps it."""
    from tidegate.uploads.lifecycle.retention import apply_retention
    from tidegate.uploads.storage.store import StoreAway

    close_old_connections()
    try:
        apply_retention()
    except StoreAway:
        log.warning("Old files were not deleted, since the store does not answer: the next night does it")


@app.periodic(cron="* * * * * */30")
@app.task(name="seal_events", queue=AUDIT, queueing_lock="seal_events")
def seal_audit_log(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Chain the events of the last half minute, and sign every day what the chain has come to."""
    from tidegate.audit.seal_events import seal_events
    from tidegate.uploads.receipts.audit_heads import keep_head_of_today

    close_old_connections()
    seal_events(at_most=_SEALED_AT_ONCE)
    keep_head_of_today()


@app.periodic(cron="* * * * *")
@app.task(name="keep_sample", queue=WATCH, queueing_lock="keep_sample")
def keep_sample_of_minute(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Note every minute how the site does."""
    from tidegate.uploads.monitoring.samples import keep_sample

    close_old_connections()
    keep_sample()


@app.periodic(cron="*/10 * * * *")
@app.task(name="back_up_when_due", queue=BACKUPS, lock="back_up_when_due", queueing_lock="back_up_when_due")
def back_up_when_due(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Make a backup where one is due; what went wrong is noted for `tidegate doctor`."""
    from tidegate.uploads.storage import scheduled_backup

    if not settings.TIDEGATE_BACKUP_DIR:
        return
    close_old_connections()
    try:
        scheduled_backup.back_up_when_due()
    except (Refusal, OSError, OperationalError, InterfaceError) as fault:
        log.error("The backup was not made: %s", type(fault).__qualname__)  # noqa: TRY400 - a trace could quote a row


@app.periodic(cron=f"* * * * * */{_LOOK_SECONDS}")
@app.task(name="take_up_stalled_jobs", queue=UPKEEP, pass_context=True, queueing_lock="take_up_stalled_jobs")
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Put the jobs of dead and frozen workers back into the queue, and end what they had begun: uploads, messages, and
    what else they had in hand."""
    jobs = cast("LeasedJobs", context.app.job_manager)
    await jobs.end_stalled_leases()
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=settings.TIDEGATE_STALLED_SECONDS):
        if job.worker_id is not None:
            continue  # its lease has not ended yet
        try:
            await jobs.retry_job(job)
        except ProcrastinateException:  # one like it waits already, or another worker was faster
            log.warning("A stalled job of the task %s was not taken up", job.task_name)
