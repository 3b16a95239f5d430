"""CPU seconds of processes, as /proc has them."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_BESIDE = ("checkpointer", "background writer", "walwriter", "io worker", "autovacuum launcher", "logical replication")
"""What PostgreSQL does beside its clients: above all it writes."""


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat from the third on; the second, a name, may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_seconds(pid: int) -> float:
    """Return what a process, and its children that have ended, have used so far."""
    return sum(map(int, _fields(pid)[11:15])) / _TICKS


def postgres_cpu_seconds(folder: Path) -> tuple[float, float]:
    """Return what the server in the folder has used so far: for its clients and autovacuum, and beside them."""
    postmaster = int((folder / "postmaster.pid").read_text().split()[0])
    for_clients, beside = cpu_seconds(postmaster), 0.0  # clients' processes come and go, and leave their time here
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if int(_fields(int(entry.name))[1]) == postmaster:
                used, name = cpu_seconds(int(entry.name)), (entry / "cmdline").read_text()
                is_beside = any(kind in name for kind in _BESIDE)
                for_clients, beside = for_clients + used * (not is_beside), beside + used * is_beside
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile: its parent has its time
            continue
    return for_clients, beside


def machine_cpu_seconds() -> tuple[float, float]:
    """Return for how many seconds the machine's cores were busy, and idle, since it was started."""
    ticks = [int(word) / _TICKS for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, idle
