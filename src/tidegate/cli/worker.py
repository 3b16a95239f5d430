"""`tidegate worker`: processes uploads."""

from typing import Annotated

import typer


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
    from procrastinate.contrib.django import app

    from tidegate.uploads.queue import QUEUE, STALLED_SECONDS

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's connector has it
    with app.replace_connector(connector) as worker_app:
        worker_app.run_worker(
            queues=[QUEUE],
            concurrency=1,
            update_heartbeat_interval=STALLED_SECONDS / 3,
            stalled_worker_timeout=STALLED_SECONDS,
            delete_jobs="successful",
        )
