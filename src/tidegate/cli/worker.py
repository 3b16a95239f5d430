"""`tidegate worker`: processes uploads."""

import asyncio
import contextlib
import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0
# How soon a worker sees a job that was put back into the queue, or is no upload; of a new upload the database notifies
# it.
_POLL_SECONDS = 1.0
# A job has a thread and a connection, which stays with the thread. With those of the queue and the one that listens
# they are ten at most, on any machine: eight workers and the pages fit into the 100 that PostgreSQL allows.
_MAX_JOBS_AT_ONCE = 7
_MAX_CONNECTIONS_OF_QUEUE = 2


class Lane(StrEnum):
    """Which uploads a worker takes; the queue has the same, and is loaded later."""

    ALL = "all"
    SMALL = "small"


def worker(
    processes: Annotated[
        int, typer.Option(help="How many uploads are processed side by side, each in its own process")
    ] = 1,
    lane: Annotated[
        Lane, typer.Option(help="Which uploads it takes: all, or only small ones, which then wait for no large one")
    ] = Lane.ALL,
) -> None:
    """Process uploads until stopped. Any number of workers may run, on any number of machines."""
    from tidegate.cli.supervise import end_with_supervisor, supervise

    end_with_supervisor(signal.SIGTERM)
    if processes > 1:
        supervise([["worker", "--lane", lane]] * processes)
        return
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    if lane == Lane.ALL:
        _warn_of_lists()
    asyncio.run(_work_until_stopped(lane))


def _warn_of_lists() -> None:
    """Say which code lists nobody has imported; a new installation has none yet, so that it is no reason to stop."""
    from tidegate.file_types.code_lists import how_to_import, lists_not_imported
    from tidegate.windows.collection import types_of_open_years

    for name, sentence in lists_not_imported(types_of_open_years()).items():
        log.warning("%s: %s", sentence, how_to_import(name))


async def _work_until_stopped(lane: Lane) -> None:
    """Work. The queue's worker gives up when the database goes away; then another one begins."""
    from procrastinate.exceptions import ConnectorException
    from psycopg import IntegrityError, OperationalError

    is_stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, is_stopping.set)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_MAX_JOBS_AT_ONCE, "tidegate-job"))
    alive = asyncio.create_task(_give_signs_of_life())
    while not is_stopping.is_set():
        try:
            await _work(is_stopping, lane)
            if not is_stopping.is_set():
                log.warning("The worker has lost the database or its lease, and begins anew")
        except (ConnectorException, OperationalError) as error:
            if not isinstance(error.__cause__, IntegrityError):  # else the worker is not in the queue any more
                log.warning("The database does not answer; the worker tries again")
        if not is_stopping.is_set():
            await asyncio.sleep(_RETRY_SECONDS)
    alive.cancel()


async def _give_signs_of_life() -> None:
    """Report every second to the process that watches this one that it lives: a frozen one
    cannot."""
    from tidegate.cli.supervise import SIGNS_OF_LIFE, notify_service_manager

    descriptor = os.environ.get(SIGNS_OF_LIFE)
    while True:
        if descriptor:
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(int(descriptor), b".")
        else:
            notify_service_manager()
        await asyncio.sleep(1)


async def _work(is_stopping: asyncio.Event, lane: Lane) -> None:
    """Work until a signal comes, and end the current upload first; or until the worker of one queue ends by itself."""
    from django.conf import settings
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    import tidegate.accountability.tasks
    import tidegate.uploads.tasks  # noqa: F401 - the queue learns of the tasks by these
    from tidegate.uploads.lifecycle.worker.lease import LeasedJobs, hold_lease, seconds_between_signs
    from tidegate.uploads.queue import AT_ONCE, QUEUE, QUEUES

    django_connector = app.connector
    connector = PsycopgConnector(
        kwargs=connector_params(),
        configure=_commit_each_statement,
        min_size=1,
        max_size=_MAX_CONNECTIONS_OF_QUEUE,
    )
    with app.replace_connector(connector) as worker_app:
        worker_app.job_manager = LeasedJobs(connector, in_transaction=django_connector, lane=lane)
        around_jobs = [*worker_app.worker_defaults.get("task_middleware", []), hold_lease]
        async with worker_app.open_async():
            working = [
                asyncio.create_task(
                    worker_app.run_worker_async(
                        queues=QUEUES[lane] if queue == QUEUE else [queue],
                        concurrency=concurrency,
                        fetch_job_polling_interval=_POLL_SECONDS,
                        listen_notify=queue == QUEUE,  # a connection for each: only uploads cannot wait a second
                        update_heartbeat_interval=seconds_between_signs(),
                        stalled_worker_timeout=settings.TIDEGATE_STALLED_SECONDS,
                        task_middleware=around_jobs,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                    )
                )
                for queue, concurrency in AT_ONCE.items()
            ]
            stop_asked = asyncio.create_task(is_stopping.wait())
            await asyncio.wait({*working, stop_asked}, return_when=asyncio.FIRST_COMPLETED)
            stop_asked.cancel()
            for worker in working:
                worker.cancel()
            for worker in working:
                with contextlib.suppress(asyncio.CancelledError):
                    await worker


async def _commit_each_statement(connection: "AsyncConnection[Any]") -> None:
    """Have the queue's statements committed by the database itself: a worker that is frozen between a statement and its
    commit would keep the job locked, and its own row, which others have to delete."""
    await connection.set_autocommit(True)
