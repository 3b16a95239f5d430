"""Runs several tidegate commands as child processes, together: they start, restart and stop as one.

A command that gives signs of life (`tidegate worker` does) is ended and started again when they
cease: a frozen process does nothing, and no other takes over.
"""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

SIGNS_OF_LIFE = "TIDEGATE_SIGNS_OF_LIFE"
"""The variable with the number of the file into which a command writes something while it lives."""
STOP_SECONDS = 170.0
"""How long commands may take for what they have at hand, such as a worker for its upload: a little less than what
Compose, the units and the manifests wait for."""
_RESTART_SECONDS = 1.0
_LOOK_SECONDS = 3.0
_MIN_LIFE_SECONDS = 5.0
# Longer than the default of TIDEGATE_STALLED_SECONDS, so that another worker has taken its upload
# up by then.
_MAX_SILENT_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>
log = logging.getLogger(__name__)


def notify_service_manager() -> None:
    """Tell systemd that this process lives, where it asks for it (`WatchdogSec`)."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service_manager:
            service_manager.connect(address.replace("@", "\0", 1))
            service_manager.send(b"WATCHDOG=1")


def end_with_supervisor(number: signal.Signals) -> None:
    """Have the kernel send this process the signal when the one that looks after it is killed: left alone it would go
    on unseen, and keep the port from what is started instead."""
    if SIGNS_OF_LIFE in os.environ and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


class Child:
    """One command, started again when it dies."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments
        self.has_lived = False
        self._silent_seconds: float | None = None
        self._signs, self._signs_of_child = os.pipe()
        os.set_blocking(self._signs, False)
        os.set_blocking(self._signs_of_child, False)
        self.start()

    def start(self) -> None:
        """Start the command in a process group of its own, so that Ctrl-C reaches it through us alone."""
        self.started_at = self._looked_at = time.monotonic()
        self._silent_seconds = None  # until it is heard for the first time: some commands never are
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "tidegate.cli.main", *self.arguments],
            env={**os.environ, SIGNS_OF_LIFE: str(self._signs_of_child)},
            pass_fds=[self._signs_of_child],
            start_new_session=True,
        )

    def look(self) -> int | None:
        """Return the status that the command has ended with; None while it runs. A silent one is ended now."""
        if (code := self.process.poll()) is not None:
            return code
        now = time.monotonic()
        self.has_lived = self.has_lived or now - self.started_at >= _MIN_LIFE_SECONDS
        if self._silent_seconds is not None:
            # a look that comes late counts little: then it is us who were frozen, or busy
            self._silent_seconds += min(now - self._looked_at, 1.0)
        with suppress(BlockingIOError):
            if os.read(self._signs, 4096):
                self._silent_seconds = 0.0
        self._looked_at = now
        if (self._silent_seconds or 0) > _MAX_SILENT_SECONDS:
            log.warning("tidegate %s gives no sign of life and is ended", self.arguments[0])
            self.process.kill()
        return None

    def end_what_is_left(self) -> None:
        """End the processes that the command had started and has left behind: a web process whose parent was killed
        goes on listening, and nobody else can take its port."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def cannot_start(self, code: int) -> bool:
        """Whether it ended by itself so soon after its very first start that starting it again is no use. One that has
        lived before, or was killed, is started again and again: the database may be away for a while."""
        self.has_lived = self.has_lived or code < 0 or time.monotonic() - self.started_at >= _MIN_LIFE_SECONDS
        return not self.has_lived


def supervise(
    commands: list[list[str]],
    *,
    look_after: Callable[[], None] | None = None,
    stop_seconds: float = STOP_SECONDS,
) -> None:
    """Run the commands until a signal comes, and then stop them together. A command that ends by itself is restarted;
    one that cannot even start ends them all. `look_after` is called every few seconds.

    Before they are killed the commands have `stop_seconds`, all the same ones, or until a second Ctrl-C.
    """
    is_stopping = is_impatient = False

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping, is_impatient
        is_impatient = is_stopping and number == signal.SIGINT
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
        notify_service_manager()
        for child in children:
            if (code := child.look()) is None or is_stopping:
                continue
            child.end_what_is_left()
            if child.cannot_start(code):
                is_stopping, status = True, code or 1
                break
            time.sleep(_RESTART_SECONDS)
            child.start()
    _stop_all(children, until=time.monotonic() + stop_seconds, is_over=lambda: is_impatient)
    sys.exit(status)


def _look(look_after: Callable[[], None]) -> None:
    try:
        look_after()
    except Exception as error:  # noqa: BLE001 - it is tried again, and the commands go on meanwhile
        log.warning("What the commands rest on could not be looked after: %s", type(error).__qualname__)


def _stop_all(children: list[Child], *, until: float, is_over: Callable[[], bool]) -> None:
    """Ask the commands to end, and kill those that have not by then, or when it is over; a silent one at once."""
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    while None in [child.look() for child in children] and time.monotonic() < until and not is_over():
        notify_service_manager()
        time.sleep(0.1)
    for child in children:
        if child.process.poll() is None:
            child.process.kill()
        child.end_what_is_left()
