"""The tasks of the queue: uploads, messages to webhooks, and what is done by the clock.

Only workers import this module. The database has the name of each task, where workers of another
release look for it, so it stays as it is when the function is renamed.
"""

import logging
from typing import cast

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job

from tidegate.access.idle import end_idle_access
from tidegate.audit.seal_events import seal_events
from tidegate.core.errors import Refusal
from tidegate.inbox.deliver import PAUSES, NotTaken
from tidegate.inbox.deliver import deliver as deliver_mail
from tidegate.inbox.digest import send_digests
from tidegate.inbox.queue import MAIL, SEND_DIGESTS, SEND_MAIL
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.retention import apply_retention
from tidegate.uploads.lifecycle.waiting.load_waiting import load_waiting_rows
from tidegate.uploads.lifecycle.waiting.wake_waiting import end_overdue, wake_all
from tidegate.uploads.lifecycle.worker.interruption import DatabaseAway, FilesAway, Interruption
from tidegate.uploads.lifecycle.worker.lease import LeasedJobs
from tidegate.uploads.lifecycle.worker.release_memory import release_memory
from tidegate.uploads.monitoring.day_counts import count_days
from tidegate.uploads.monitoring.samples import keep_sample
from tidegate.uploads.notifications.due_soon import remind_of_due_files
from tidegate.uploads.notifications.webhooks import deliver
from tidegate.uploads.queue import (
    AUDIT,
    BACKUPS,
    DELIVER_WEBHOOK,
    LARGE,
    LOAD_WAITING_ROWS,
    PROCESS_UPLOAD,
    QUEUE,
    RECHECK,
    RECHECKS,
    UPKEEP,
    WAITING_ROWS,
    WATCH,
    WEBHOOKS,
)
from tidegate.uploads.receipts.audit_heads import keep_head_of_today
from tidegate.uploads.rechecks.recheck import recheck_for_all_waiting
from tidegate.uploads.storage import scheduled_backup
from tidegate.uploads.storage.store import StoreAway

log = logging.getLogger(__name__)
_LOOK_SECONDS = max(1, min(5, settings.TIDEGATE_STALLED_SECONDS // 3))
_MAX_EVENTS_PER_SEALING = 100_000


@app.task(
    name=PROCESS_UPLOAD,
    queue=QUEUE,
    retry=RetryStrategy(wait=2, retry_exceptions={Interruption}),  # the upload itself counts how often it is tried
)
def process_upload(upload_id: int) -> None:
    """Process one upload. When something comes in between, it is tried again."""
    close_old_connections()  # one that broke while the worker was idle
    try:
        process(upload_id=upload_id)
    except (OperationalError, InterfaceError):
        raise DatabaseAway from None
    finally:
        release_memory()


# The first try is none of the queue's attempts: these are the six that follow it.
@app.task(name=DELIVER_WEBHOOK, queue=WEBHOOKS, retry=RetryStrategy(max_attempts=6, exponential_wait=6))
def deliver_webhook(webhook_id: int, message_id: str, body: str) -> None:
    """Send a message, seven times at most; when it is not taken, again after 6 seconds, half a minute, minutes and
    hours: all within 16 hours."""
    close_old_connections()
    deliver(webhook_id=webhook_id, message_id=message_id, body=body)


class _PausesOfMail(BaseRetryStrategy):
    """A mail is tried again as long as it has not been given up, after pauses that grow."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when the next try is; after an error of ours, too, as often as for an absent server."""
        if isinstance(exception, NotTaken):
            return RetryDecision(retry_in={"seconds": exception.pause_seconds})
        if job.attempts >= len(PAUSES):
            return None
        return RetryDecision(retry_in={"seconds": PAUSES[job.attempts]})


@app.task(name=SEND_MAIL, queue=MAIL, retry=_PausesOfMail())
def send_mail(mail_id: int) -> None:
    """Send a mail; when it is not taken, again after a minute, minutes, hours and days."""
    close_old_connections()
    deliver_mail(mail_id)


@app.periodic(cron="7 10 * * *")
@app.task(name=SEND_DIGESTS, queue=MAIL, lock=SEND_DIGESTS, queueing_lock=SEND_DIGESTS)
def send_daily_mails(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Send every morning what people want to have once a day."""
    close_old_connections()
    send_digests()


@app.periodic(cron="53 9 * * *")
@app.task(name="remind_of_due_files", queue=MAIL, queueing_lock="remind_of_due_files")
def remind(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Tell offices every morning what is due in a few days, before the daily mails go out."""
    close_old_connections()
    remind_of_due_files()


@app.periodic(cron="11 4 * * *")
@app.task(name="end_idle_access", queue=MAIL, queueing_lock="end_idle_access")
def end_access_of_idle_people(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """End every night the access of people who have not been here for as long as the state allows."""
    close_old_connections()
    end_idle_access()


@app.task(name=LOAD_WAITING_ROWS, queue=WAITING_ROWS, retry=RetryStrategy(wait=2, retry_exceptions={Interruption}))
def load_waiting(upload_id: int) -> None:
    """Send the waiting rows of an upload for which something has arrived."""
    close_old_connections()
    try:
        load_waiting_rows(upload_id)
    except (OperationalError, InterfaceError):
        raise DatabaseAway from None
    except StoreAway:
        raise FilesAway from None
    finally:
        release_memory()


@app.periodic(cron="31 4 * * *")
@app.task(name="look_at_waiting_rows", queue=WAITING_ROWS, queueing_lock="look_at_waiting_rows")
def look_at_waiting_rows(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """End every night the wait of rows whose days are over, and look at the others once more."""
    close_old_connections()
    end_overdue()
    wake_all()


@app.periodic(cron="17 3 * * *")
@app.task(name="apply_retention", queue=LARGE, queueing_lock="apply_retention")
def delete_what_is_old(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Delete every night what is older than the state keeps it."""
    close_old_connections()
    try:
        apply_retention()
    except StoreAway:
        log.warning("Old files were not deleted, since the store does not answer: the next night does it")


@app.periodic(cron="* * * * * */30")
@app.task(name="seal_events", queue=AUDIT, queueing_lock="seal_events")
def seal_audit_log(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Chain the events of the last half minute, and sign the head of the chain every day."""
    close_old_connections()
    seal_events(at_most=_MAX_EVENTS_PER_SEALING)
    keep_head_of_today()


@app.periodic(cron="* * * * *")
@app.task(name="keep_sample", queue=WATCH, queueing_lock="keep_sample")
def keep_sample_of_minute(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Note every minute how the site does, and what was loaded today."""
    close_old_connections()
    keep_sample()
    count_days()


@app.periodic(cron="47 3 * * *")
@app.task(name=RECHECK, queue=RECHECKS, lock=RECHECK)
def recheck_lines(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Check all lines on file every night, and after an import of the state's lists."""
    close_old_connections()
    try:
        recheck_for_all_waiting()
    finally:
        release_memory()


@app.periodic(cron="*/10 * * * *")
@app.task(name="back_up_when_due", queue=BACKUPS, lock="back_up_when_due", queueing_lock="back_up_when_due")
def back_up_when_due(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Make a backup where one is due; `tidegate doctor` says when it failed."""
    if not settings.TIDEGATE_BACKUP_DIR:
        return
    close_old_connections()
    try:
        scheduled_backup.back_up_when_due()
    except (Refusal, OSError, OperationalError, InterfaceError) as error:
        said = error.message if isinstance(error, Refusal) else type(error).__qualname__
        log.error("The backup failed: %s", said)  # noqa: TRY400 - a trace could quote a row


@app.periodic(cron=f"* * * * * */{_LOOK_SECONDS}")
@app.task(name="take_up_stalled_jobs", queue=UPKEEP, pass_context=True, queueing_lock="take_up_stalled_jobs")
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
    """Put the jobs of dead and frozen workers back into the queue, and end the database sessions in which they ran."""
    jobs = cast("LeasedJobs", context.app.job_manager)
    await jobs.end_stalled_leases()
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=settings.TIDEGATE_STALLED_SECONDS):
        if job.worker_id is not None:
            continue  # its lease has not ended yet
        try:
            await jobs.retry_job(job)
        except ProcrastinateException:  # one like it waits already, or another worker was faster
            log.warning("A stalled job of the task %s was not taken up", job.task_name)
