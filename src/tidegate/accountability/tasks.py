"""The task of the queue that takes snapshots. Only workers import this module."""

from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tidegate.accountability.queue import TAKE_SNAPSHOT
from tidegate.accountability.snapshots.requests import carry_out
from tidegate.uploads.lifecycle.worker.interruption import DatabaseAway, Interruption
from tidegate.uploads.queue import SNAPSHOTS

_WAIT_SECONDS = 5


@app.task(
    name=TAKE_SNAPSHOT,
    queue=SNAPSHOTS,
    retry=RetryStrategy(wait=_WAIT_SECONDS, retry_exceptions={Interruption}),  # the request counts how often
)
def take_snapshot_asked_for(request_id: int) -> None:
    """Take a snapshot that somebody has asked for. When the database goes away, it is tried again."""
    close_old_connections()  # one that broke while the worker was idle
    try:
        carry_out(request_id)
    except (OperationalError, InterfaceError):
        raise DatabaseAway from None
