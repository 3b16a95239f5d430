"""A worker's lease: it may do its jobs as long as it gives signs of life. Decision 28.

The queue keeps a row for every worker, with its last sign of life. While a worker does a job, its sessions in the
database bear the number of that row as their name. Ending a lease deletes the row and ends these sessions: what was
done in them is rolled back, and nobody waits for their locks any longer. A worker that was only frozen finds, when it
wakes, that it can neither commit nor end a job, and begins anew under another number.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from procrastinate import JobContext
from procrastinate.connector import BaseAsyncConnector, BaseConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

log = logging.getLogger(__name__)
LOCK_SECONDS = 10
"""How long a worker waits for a lock. Then its upload goes back into the queue, and the worker does another."""
_SESSION = "tidegate worker {}"
_worker_id: ContextVar[int | None] = ContextVar("worker_id", default=None)

_NAME_SESSION = """
SELECT set_config('application_name', %s, false), set_config('lock_timeout', %s, false),
    set_config('statement_timeout', %s, false), set_config('idle_in_transaction_session_timeout', %s, false)
"""
_END_SESSIONS = """
SELECT pg_terminate_backend(pid, 5000) AS is_ended FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND application_name ~ '^tidegate worker [0-9]+$'
    AND NOT EXISTS (
        SELECT FROM procrastinate_workers worker
        WHERE worker.id = substring(application_name FROM '[0-9]+$')::bigint
    )
"""
_ENTER_LANE = """
INSERT INTO uploads_workerlane (worker_id, lane) VALUES (%(worker_id)s, %(lane)s)
ON CONFLICT (worker_id) DO UPDATE SET lane = excluded.lane, since = now()
"""
_LEAVE_LANES = """
DELETE FROM uploads_workerlane
WHERE NOT EXISTS (SELECT FROM procrastinate_workers worker WHERE worker.id = worker_id)
"""
_GIVE_SIGN = "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(worker_id)s RETURNING id"
_HELD = """
FROM (
    SELECT id FROM procrastinate_jobs
    WHERE id = %(job_id)s AND status = 'doing' AND worker_id IS NOT DISTINCT FROM %(worker_id)s::bigint
    FOR UPDATE
) held
"""
_FINISH = f"SELECT procrastinate_finish_job_v1(held.id, %(status)s, %(delete_job)s) {_HELD}"
_RETRY = f"""
SELECT procrastinate_retry_job_v2(
    held.id, coalesce(%(retry_at)s, now()), %(new_priority)s, %(new_queue_name)s, %(new_lock)s
) {_HELD}
"""


def seconds_between_signs() -> float:
    """Return how often a worker gives a sign of life."""
    return settings.TIDEGATE_STALLED_SECONDS / 3


class LeaseLost(Exception):
    """The worker gave no sign of life for too long: it is nobody now, and begins anew."""


def hold_lease(call_next: Callable[[], Any], context: JobContext, _worker: Worker) -> Any:
    """Do a job in sessions that bear the worker's number; the queue calls it around every job in a thread."""
    before = _worker_id.set(context.job.worker_id)
    try:
        if _name_of_session(connection) != _name():
            connection.close()
        return call_next()
    finally:
        _worker_id.reset(before)


def _name() -> str:
    return _SESSION.format(_worker_id.get())


def _name_of_session(of: BaseDatabaseWrapper) -> str | None:
    return of.connection.info.parameter_status("application_name") if of.connection else None


def _name_new_session(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    """Name a session that a worker has opened for a job, and let it neither wait nor be idle for
    ever."""
    if _worker_id.get() is not None:
        limit = f"{settings.TIDEGATE_MAX_UPLOAD_SECONDS}s"
        with connection.cursor() as cursor:
            cursor.execute(_NAME_SESSION, [_name(), f"{LOCK_SECONDS}s", limit, limit])


connection_created.connect(_name_new_session)


class LeasedJobs(JobManager):
    """The queue as a worker sees it: it ends no job that was given to another since, and notices that it is nobody."""

    def __init__(self, connector: BaseConnector, *, in_transaction: BaseConnector, lane: str = "all") -> None:
        super().__init__(connector)
        self._lane = lane
        self._is_in_lane = False
        self._in_transaction = JobManager(in_transaction)
        self._sign_at = time.time()
        self._waits_until = 0.0

    async def register_worker(self) -> int:
        """Register a worker of one queue, and return its number. The first of a process
        represents it in its lane."""
        worker_id = await super().register_worker()
        if not self._is_in_lane:
            self._is_in_lane = True
            try:
                await self._asynchronous.execute_query_async(_LEAVE_LANES)
                await self._asynchronous.execute_query_async(_ENTER_LANE, worker_id=worker_id, lane=self._lane)
            except asyncio.CancelledError:
                # Stopped in between: nobody else knows the number yet, and the row would stay.
                await self.unregister_worker(worker_id)
                raise
        return worker_id

    def batch_defer_jobs(self, jobs: list[Job], connection: Any | None = None) -> list[Job]:
        """Queue the jobs in the transaction of the job that defers them."""
        # By Django's connector: the worker's own would commit them at once, whatever becomes of that transaction.
        return self._in_transaction.batch_defer_jobs(jobs, connection)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End the job, unless it is another worker's by now."""
        await self._do_if_held(_FINISH, job, status=status.value, delete_job=delete_job)

    async def retry_job(
        self, job: Job, retry_at: Any = None, priority: Any = None, queue: Any = None, lock: Any = None
    ) -> None:
        """Put the job back into the queue, unless it is another worker's by now."""
        await self._do_if_held(
            _RETRY, job, retry_at=retry_at, new_priority=priority, new_queue_name=queue, new_lock=lock
        )

    async def _do_if_held(self, query: Any, job: Job, **arguments: Any) -> None:
        rows = await self._asynchronous.execute_query_all_async(
            query, job_id=job.id, worker_id=job.worker_id, **arguments
        )
        if not rows:
            log.warning("A job of the task %s is another worker's by now", job.task_name)

    async def update_heartbeat(self, worker_id: int) -> None:
        """Give a sign of life. LeaseLost where it comes too late."""
        if not await self._asynchronous.execute_query_all_async(_GIVE_SIGN, worker_id=worker_id):
            log.warning("Worker %s was taken for dead, and begins anew under another number", worker_id)
            raise LeaseLost
        if self._was_frozen():
            self._waits_until = time.time() + seconds_between_signs()
        self._sign_at = time.time()

    def _was_frozen(self) -> bool:
        return time.time() - self._sign_at > 2 * seconds_between_signs()

    async def end_stalled_leases(self) -> None:
        """End the leases of all workers that have given no sign of life for TIDEGATE_STALLED_SECONDS."""
        if self._was_frozen() or time.time() < self._waits_until:
            return  # the whole machine was: the others have just woken, too, and first get time to give a sign
        for worker_id in await self.prune_stalled_workers(settings.TIDEGATE_STALLED_SECONDS):
            log.warning("Worker %s gives no sign of life: it loses its sessions and its jobs", worker_id)
        ended = await self._asynchronous.execute_query_all_async(_END_SESSIONS)
        if not all(row["is_ended"] for row in ended):
            log.error("A session of a worker without a sign of life could not be ended")

    @property
    def _asynchronous(self) -> BaseAsyncConnector:
        assert isinstance(self.connector, BaseAsyncConnector)
        return self.connector
