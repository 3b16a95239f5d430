"""Runs of a process of its own, with what it used, and the two builds whose runs are compared."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.cpu_times import machine_cpu_seconds

HERE = Path(__file__).parent
ROOT = HERE.parent


class Used(NamedTuple):
    """What a run needed: seconds on the clock, seconds of the processor, and MB at most. `beside` is how many cores were
    busy with something else meanwhile: where that is more than a little, seconds on the clock say nothing. `rate` is how
    many files a second workers have processed."""

    wall: float
    cpu: float
    peak_mb: float
    beside: float = 0.0
    rate: float = 0.0


class Build:
    """A checkout of the program: a tree with `src`. The bench itself is always that of this tree."""

    def __init__(self, name: str, tree: Path) -> None:
        self.name, self.tree = name, tree.resolve()
        if not (self.tree / "src" / "tidegate").is_dir():
            raise SystemExit(f"{tree} is no checkout: it has no src/tidegate")
        compiled = [sys.executable, "-m", "compileall", "-q", str(self.tree / "src")]
        subprocess.run(compiled, check=True, env=self.environment())

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment in which this build runs, and none of the machine's settings."""
        left_out = ("TIDEGATE_", "DJANGO_", "PYTHONDONTWRITEBYTECODE")
        own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        own["PYTHONPATH"] = os.pathsep.join((str(self.tree / "src"), str(ROOT)))
        return own | {"TIDEGATE_LOG_LEVEL": "ERROR"} | dict(more or {})

    def fingerprint(self) -> str:
        """Return a name of the very code: runs of other code are not gone on with."""
        digest = hashlib.sha256()
        for path in sorted((self.tree / "src").rglob("*")):
            if path.suffix in (".py", ".toml", ".c", ".so"):
                digest.update(str(path.relative_to(self.tree)).encode() + path.read_bytes())
        return digest.hexdigest()[:12]

    def check(self, file: Path, file_type: str, reference: Path, outputs: Sequence[str]) -> list[str]:
        """Return the command that checks a file."""
        command = [sys.executable, "-m", "tidegate.cli.main", "check", str(file), "--file-type", file_type]
        return [*command, "--school-year", "2020-2021", "--reference", str(reference), *outputs]


def run(command: Sequence[str], environment: Mapping[str, str], *, allowed: Sequence[int] = (0,)) -> Used:
    """Run a process to its end. What it and its children used is that of `wait4`, as GNU time has it.

    Raises:
        SystemExit: It ended with a status that is not allowed.
    """
    measured = [sys.executable, "-I", str(HERE / "measured.py"), *command]
    busy_before, _ = machine_cpu_seconds()
    ran = subprocess.run(
        measured, check=False, env=dict(environment), cwd=ROOT, capture_output=True, text=True, errors="replace"
    )
    busy = machine_cpu_seconds()[0] - busy_before
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)} could not be run:\n{ran.stderr[-2000:]}")
    wall, cpu, kilobytes, status = json.loads(ran.stdout)
    if status not in allowed:
        raise SystemExit(f"{' '.join(command)} ended with {status}:\n{ran.stderr[-2000:]}")
    return Used(wall, cpu, kilobytes / 1024, max(0.0, busy - cpu) / wall)
