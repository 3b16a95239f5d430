"""Commands of tidegate and pieces of Python, each in a process of its own that is forked from one which has loaded the
libraries: to load them would be half of a short command's time. What a process loads of the program, and what it reads
from its environment, is its own. A test of what is loaded, of memory or of a process's name starts Python itself.
"""

import atexit
import functools
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.running.forks import Forks

_COMMAND = "import runpy; runpy.run_module('tidegate.cli.main', run_name='__main__', alter_sys=True)"


def run_command(
    arguments: Sequence[object], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Return how `tidegate ARGUMENTS` ended and what it wrote, as `subprocess.run` does."""
    return _run(_COMMAND, arguments, env=env, cwd=cwd)


def run_python(
    code: str, arguments: Sequence[object] = (), *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Return how `python -c CODE ARGUMENTS` ended and what it wrote."""
    return _run(code, arguments, env=env, cwd=cwd)


def _run(
    code: str, arguments: Sequence[object], *, env: Mapping[str, str] | None, cwd: Path | None
) -> subprocess.CompletedProcess[str]:
    texts = [str(argument) for argument in arguments]
    with tempfile.TemporaryFile() as errors:
        told = json.dumps([code, texts, dict(os.environ if env is None else env)])
        child = _forks().start([told], cwd=cwd or Path.cwd(), log=errors)
        with child.stdout:
            output = child.stdout.read()
        status = child.wait()
        errors.seek(0)
        return subprocess.CompletedProcess(["tidegate", *texts], status, output.decode(), errors.read().decode())


@functools.cache
def _forks() -> Forks:
    """Return the process of this run of the tests that forks; it ends with it."""
    found = Forks("tests.command_in_a_fork", os.environ)
    atexit.register(found.close)
    return found
