"""CPU seconds of processes, as /proc has them."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat from the third on; the second, a name, may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_seconds(pid: int, *, with_ended_children: bool = True) -> float:
    """Return what a process, and its children that have ended, have used so far."""
    fields = _fields(pid)
    return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / _TICKS


def postgres_cpu_seconds(folder: Path) -> tuple[float, float]:
    """Return what the server in the folder has used so far: its processes for clients, and all of it."""
    postmaster = int((folder / "postmaster.pid").read_text().split()[0])
    clients, everything = 0.0, cpu_seconds(postmaster)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if int(_fields(int(entry.name))[1]) == postmaster:
                used = cpu_seconds(int(entry.name))
                everything += used
                clients += used if "[local]" in (entry / "cmdline").read_text() else 0
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile: its parent has its time
            continue
    return clients, everything


def machine_cpu_seconds() -> tuple[float, float]:
    """Return for how many seconds the machine's cores were busy, and idle, since it was started."""
    ticks = [int(word) / _TICKS for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, idle
