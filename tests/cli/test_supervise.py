"""What several commands have at hand when they are stopped together is brought to its end."""

import os
import signal
import subprocess
import sys

import pytest

from tests.running.conftest import wait_for
from tidegate.cli.supervise import STOP_SECONDS

SUPERVISE = """
import sys
from tidegate.cli.supervise import supervise
supervise([["manage", "shell", "-c", each] for each in sys.argv[2:]], stop_seconds=float(sys.argv[1]))
"""
# Works until it is asked to end, and then until it is let; `manage` has no other part in it.
WORKS = """
import pathlib, signal, time
folder, name = pathlib.Path({folder!r}), {name!r}
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1) or (folder / (name + ".asked")).touch())
(folder / (name + ".began")).touch()
while not (asked and (folder / "let").exists()):
    time.sleep(0.02)
(folder / (name + ".done")).touch()
"""


@pytest.fixture
def start(tmp_path):
    """Starts two commands under a supervisor that waits so many seconds for them, and returns when both work."""
    started = []

    def start_with(stop_seconds: float) -> subprocess.Popen:
        commands = [WORKS.format(folder=str(tmp_path), name=name) for name in ("a", "b")]
        environment = {**os.environ, "TIDEGATE_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
        environment["TIDEGATE_DATA_DIR"] = str(tmp_path / "data")
        command = [sys.executable, "-c", SUPERVISE, str(stop_seconds), *commands]
        started.append(subprocess.Popen(command, env=environment))
        wait_for(lambda: seen(tmp_path, "began") == {"a", "b"}, "both work")
        return started[0]

    yield start_with
    (tmp_path / "let").touch()
    started[0].kill()
    started[0].wait()


def seen(folder, what: str) -> set[str]:
    return {path.stem for path in folder.glob(f"*.{what}")}


def test_commands_that_are_stopped_end_what_they_have_at_hand(start, tmp_path):
    supervisor = start(STOP_SECONDS)
    supervisor.terminate()
    wait_for(lambda: seen(tmp_path, "asked") == {"a", "b"}, "both are asked at once")
    (tmp_path / "let").touch()
    supervisor.wait(timeout=120)
    assert seen(tmp_path, "done") == {"a", "b"}


def test_commands_that_do_not_end_are_killed_after_the_same_seconds(start, tmp_path):
    supervisor = start(1)
    supervisor.terminate()
    supervisor.wait(timeout=25)
    assert seen(tmp_path, "done") == set()


def test_a_second_ctrl_c_waits_for_nothing_at_hand(start, tmp_path):
    supervisor = start(STOP_SECONDS)
    supervisor.send_signal(signal.SIGINT)
    wait_for(lambda: seen(tmp_path, "asked") == {"a", "b"}, "both are asked to end")
    supervisor.send_signal(signal.SIGINT)
    supervisor.wait(timeout=120)
    assert seen(tmp_path, "done") == set()
