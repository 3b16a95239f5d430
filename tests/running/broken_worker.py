"""A worker that breaks on purpose: `python -m tests.running.broken_worker POINT HOW`.

A point is a statement or a commit on the database while an upload is processed, counted from 1. HOW says what happens
there: `killed` (SIGKILL), `frozen` (SIGSTOP), `cut off` (the server ends its connection), `waiting` (it waits until the
file that TIDEGATE_TEST_GATE names is gone), `counting` (nothing; the number of points is written to standard output).
`stuck` knows no point: the first upload computes for minutes, and nothing can interrupt it; the process that follows
has no time limit.
"""

import functools
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from procrastinate import RetryStrategy

from tests.running.loaded import replace
from tidegate.cli.worker import worker
from tidegate.uploads import tasks
from tidegate.uploads.lifecycle.processing import process as processing
from tidegate.uploads.lifecycle.worker import lease, progress, time_limit


def gate() -> Path:
    """Return the file that is waited for."""
    return Path(os.environ["TIDEGATE_TEST_GATE"])


def reached() -> Path:
    """Return the file that says that the point is reached."""
    return gate().with_suffix(".reached")


replace(lease, "LOCK_SECONDS", 1)
replace(time_limit, "_GRACE_SECONDS", 1.0)
replace(
    progress, "_SILENT_SECONDS", float("inf")
)  # what is told by the clock is no step of the load: points must not come and go


class Breaking:
    """Counts the points of the upload that is processed, and breaks at one of them."""

    def __init__(self, point: int, how: str) -> None:
        self.point, self.how = point, how
        self.count = 0
        self.thread: int | None = None
        """The thread in which an upload is processed; messages go out in others meanwhile."""

    def at(self, connection: psycopg.Connection[Any]) -> None:
        """Note a point; called before and after each."""
        if threading.get_ident() != self.thread:
            return
        self.count += 1
        if self.count == self.point:
            self._break(connection)

    def _break(self, connection: psycopg.Connection[Any]) -> None:
        if self.how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "frozen":
            os.kill(os.getpid(), signal.SIGSTOP)
        if self.how == "cut off":
            with psycopg.connect(os.environ["TIDEGATE_TEST_URL"], autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
        if self.how == "waiting":
            reached().touch()
            while gate().exists():
                time.sleep(0.05)


def compute_for_ever(*_: Any) -> None:
    """Do what nothing can interrupt."""
    reached().touch()
    time.sleep(300)


def main() -> None:
    """Run the worker."""
    breaking = Breaking(int(sys.argv[1]), sys.argv[2])
    if breaking.how == "stuck" and reached().exists():
        settings.TIDEGATE_MAX_UPLOAD_SECONDS = 0
    elif breaking.how == "stuck":
        replace(processing, "_finish_with_retries", compute_for_ever)

    if breaking.how == "cut off":
        assert isinstance(tasks.process_upload.retry_strategy, RetryStrategy)
        tasks.process_upload.retry_strategy.wait = 0  # nobody else waits for the worker meanwhile

    watch(breaking)
    process = tasks.process

    def process_and_count(*, upload_id: int) -> None:
        breaking.thread = threading.get_ident()
        try:
            process(upload_id=upload_id)
        finally:
            breaking.thread = None
            if breaking.how == "counting":
                sys.stdout.write(f"{breaking.count}\n")
                sys.stdout.flush()
            if breaking.how == "killed" and breaking.count < breaking.point:
                # This load had a point fewer than the one that was counted: its end is the last of all.
                os.kill(os.getpid(), signal.SIGKILL)

    replace(tasks, "process", process_and_count)
    worker()


def watch(breaking: Breaking) -> None:
    """Note a point before and after each statement and commit."""

    def around(method: Any, connection_of: Any) -> Any:
        @functools.wraps(method)
        def call(self: Any, *arguments: Any, **named: Any) -> Any:
            breaking.at(connection_of(self))
            answer = method(self, *arguments, **named)
            breaking.at(connection_of(self))
            return answer

        return call

    psycopg.Cursor.execute = around(psycopg.Cursor.execute, lambda cursor: cursor.connection)  # type: ignore[method-assign]
    psycopg.Cursor.copy = around(psycopg.Cursor.copy, lambda cursor: cursor.connection)  # type: ignore[method-assign]
    psycopg.Connection.commit = around(psycopg.Connection.commit, lambda connection: connection)  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
