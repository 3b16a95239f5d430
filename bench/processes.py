"""Runs of a process of its own, with what it used, and the two builds whose runs are compared."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parent


class Used(NamedTuple):
    """What a run needed: seconds on the clock, seconds of the processor, and MB at most."""

    wall: float
    cpu: float
    peak_mb: float


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
    with Path(os.devnull).open("wb") as nowhere:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=dict(environment), cwd=ROOT, stdout=nowhere, stderr=subprocess.PIPE)
        said = process.stderr.read() if process.stderr else b""
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(
            f"{' '.join(command)} ended with {process.returncode}:\n{said.decode(errors='replace')[-2000:]}"
        )
    return Used(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
