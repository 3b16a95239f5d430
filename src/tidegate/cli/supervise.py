"""Runs several tidegate commands as child processes, together: they start, restart and stop as one."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

_RESTART_SECONDS = 1.0
_LOOK_SECONDS = 3.0
_SOON = 5.0
log = logging.getLogger(__name__)


class Child:
    """One command, started again when it dies."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments
        self.has_lived = False
        self.start()

    def start(self) -> None:
        """Start the command in a process group of its own, so that Ctrl-C reaches it through us alone."""
        self.started_at = time.monotonic()
        command = [sys.executable, "-m", "tidegate.cli.main", *self.arguments]
        self.process = subprocess.Popen(command, env=os.environ, start_new_session=True)  # noqa: S603 - our own command

    def end_what_is_left(self) -> None:
        """End the processes that the command had started and has left behind: a web process whose parent was killed
        goes on listening, and nobody else can take its port."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def cannot_start(self) -> bool:
        """Whether it ended so soon after its very first start that starting it again is no use. One that has lived
        before is started again and again: the database may be away for a while."""
        self.has_lived = self.has_lived or time.monotonic() - self.started_at >= _SOON
        return not self.has_lived


def supervise(commands: list[list[str]], *, look_after: Callable[[], None] | None = None) -> None:
    """Run the commands until a signal comes, and then stop them in order. A command that ends by itself is restarted;
    one that cannot even start ends them all. `look_after` is called every few seconds."""
    is_stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        is_stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    children = [Child(arguments) for arguments in commands]
    status, looked_at = 0, time.monotonic()
    while not is_stopping:
        time.sleep(0.1)
        if look_after and time.monotonic() - looked_at >= _LOOK_SECONDS:
            _look(look_after)
            looked_at = time.monotonic()
        for child in children:
            if (code := child.process.poll()) is None or is_stopping:
                continue
            child.end_what_is_left()
            if code >= 0 and child.cannot_start():  # below 0 a signal has ended it, and not it itself
                is_stopping, status = True, code or 1
                break
            time.sleep(_RESTART_SECONDS)
            child.start()
    _stop_all(children)
    sys.exit(status)


def _look(look_after: Callable[[], None]) -> None:
    try:
        look_after()
    except Exception as fault:  # noqa: BLE001 - it is tried again, and the commands go on meanwhile
        log.warning("What the commands rest on could not be looked after: %s", type(fault).__qualname__)


def _stop_all(children: list[Child]) -> None:
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            child.process.kill()
        child.end_what_is_left()
