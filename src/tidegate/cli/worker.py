"""`tidegate worker`: processes uploads."""

import asyncio
import contextlib
import logging
import signal
from typing import Annotated

import typer

log = logging.getLogger(__name__)
_BEFORE_NEXT_TRY_SECONDS = 1.0


def worker(
    processes: Annotated[
        int, typer.Option(help="How many uploads are processed side by side, each in its own process")
    ] = 1,
) -> None:
    """Process uploads until stopped. Any number of workers may run, on any number of machines."""
    if processes > 1:
        from tidegate.cli.supervise import supervise

        supervise([["worker"]] * processes)
        return
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    asyncio.run(_work_until_told_to_stop())


async def _work_until_told_to_stop() -> None:
    """Work. The queue's worker gives up when the database goes away; then another one begins."""
    from procrastinate.exceptions import ConnectorException
    from psycopg import OperationalError

    is_told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, is_told.set)
    while not is_told.is_set():
        try:
            await _work(is_told)
        except (ConnectorException, OperationalError):
            log.warning("The database does not answer; the worker tries again")
        if not is_told.is_set():
            await asyncio.sleep(_BEFORE_NEXT_TRY_SECONDS)


async def _work(is_told: asyncio.Event) -> None:
    """Work until told to stop, which the upload at hand may outlast, or until a worker of a queue ends by itself."""
    from django.conf import settings
    from procrastinate.contrib.django import app

    from tidegate.uploads.queue import AT_ONCE

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's connector has it
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            working = [
                asyncio.create_task(
                    worker_app.run_worker_async(
                        queues=[queue],
                        concurrency=concurrency,
                        update_heartbeat_interval=settings.TIDEGATE_STALLED_SECONDS / 3,
                        stalled_worker_timeout=settings.TIDEGATE_STALLED_SECONDS,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                    )
                )
                for queue, concurrency in AT_ONCE.items()
            ]
            told = asyncio.create_task(is_told.wait())
            await asyncio.wait({*working, told}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            for worker in working:
                worker.cancel()
            for worker in working:
                with contextlib.suppress(asyncio.CancelledError):
                    await worker
