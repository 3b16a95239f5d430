"""Processes that are forked from one that has loaded everything: a round of a long test starts several, and to load
Django and the program would be most of its time. `Forks` is the test's side; `python -m tests.running.forks MODULE` is
the process that forks, and calls `main` of the module in each child.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
_MAX_BYTES = 1 << 16


class Forked:
    """A child, as Popen has it. Its end comes through a pipe, since it is a child of the process that forks."""

    def __init__(self, pid: int, stdout: IO[bytes], ended: IO[bytes]) -> None:
        self.pid, self.stdout, self._ended = pid, stdout, ended
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it has ended."""
        if self.returncode is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(["fork"], timeout or 0)
            self.returncode = int(self._ended.readline())
        return self.returncode

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        try:
            return self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Forks:
    """Starts children of a module's `main`, all in one environment."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        command = [sys.executable, "-m", __name__, module, str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, env={**environment, "PYTHONPATH": path}, pass_fds=[theirs.fileno()], start_new_session=True
        )
        theirs.close()
        self._socket = ours

    def start(self, arguments: Sequence[str], *, cwd: Path, log: IO[Any] | None = None, **variables: str) -> Forked:
        """Start a child with these arguments and variables of the environment. `log` takes what it writes to standard
        error."""
        (out, child_out), (ended, child_ended) = os.pipe(), os.pipe()
        with Path(os.devnull).open("ab") as nowhere:
            files = [child_out, child_ended, (log or nowhere).fileno()]
            told = json.dumps([list(arguments), str(cwd), variables]).encode()
            socket.send_fds(self._socket, [told], files)
            pid = int(self._socket.recv(_MAX_BYTES) or b"0")
        os.close(child_out)
        os.close(child_ended)
        assert pid, "the process that forks has ended"
        return Forked(pid, os.fdopen(out, "rb"), os.fdopen(ended, "rb"))

    def close(self) -> None:
        """End the process that forks."""
        self._socket.close()
        self._process.wait(timeout=30)


def main() -> None:
    """Load the module, and fork until the test's side is closed."""
    run = importlib.import_module(sys.argv[1]).main
    gc.freeze()  # no child looks through, and so copies, what they all share
    with socket.socket(fileno=int(sys.argv[2])) as asked:
        while True:
            told, files, _, _ = socket.recv_fds(asked, _MAX_BYTES, 3)
            if not told:
                return
            _fork(asked, run, json.loads(told), files)
            for file in files:
                os.close(file)


def _fork(asked: socket.socket, run: Any, told: list[Any], files: list[int]) -> None:
    """Fork one that waits for the child and tells how it has ended, so that this process need not."""
    if (keeper := os.fork()) != 0:
        os.waitpid(keeper, 0)
        return
    if os.fork() != 0:
        os._exit(0)
    out, ended, log = files
    child = os.fork()
    if child == 0:
        asked.close()
        os.close(ended)
        os.dup2(out, 1)
        os.dup2(log, 2)
        _be(run, *told)
    asked.send(str(child).encode())
    asked.close()
    os.close(out)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(ended, f"{code}\n".encode())
    os._exit(0)


def _be(run: Any, arguments: list[str], cwd: str, variables: dict[str, str]) -> None:
    """Be a process of its own: it ends as Python ends."""
    os.chdir(cwd)
    os.environ.update(variables)
    sys.argv = [__name__, *arguments]
    code = 0
    try:
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
