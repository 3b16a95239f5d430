"""A command that begins while another one's embedded server ends waits for it, and starts it again."""

import os
import subprocess
import sys

import pytest

HOLD_AND_END = """
import os, signal, sys
import psycopg
from tidegate.project.database import _embedded, ensure_running
with psycopg.connect(ensure_running()) as connection:
    os.kill(_embedded["server"].get_postmaster_info().pid, signal.SIGTERM)  # it ends when nobody is connected
    print("ending", flush=True)
    sys.stdin.readline()
os._exit(0)
"""
ASK = """
import psycopg
from tidegate.project.database import ensure_running
with psycopg.connect(ensure_running()) as connection:
    print(connection.execute("SELECT 42").fetchone()[0])
"""


@pytest.fixture
def run(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
    env |= {"TIDEGATE_DATA_DIR": str(tmp_path / "data")}

    def start(code: str) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([sys.executable, "-c", code], env=env, text=True, **pipes)

    return start


def test_a_command_waits_for_a_server_that_ends_and_starts_it_again(run):
    first = run(HOLD_AND_END)
    assert first.stdout.readline() == "ending\n", first.stderr.read()
    second = run(ASK)
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(3)
    first.communicate("\n", timeout=60)
    out, errors = second.communicate(timeout=120)
    assert out == "42\n", errors
