"""What a piece of work costs the program and the database together: seconds, processor, queries and memory."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.cpu_times import postgres_cpu_seconds


class Cost(NamedTuple):
    """What a piece of work took. Seconds of the processor are those of program and database together; memory is the
    most that each of the two had in the meantime."""

    seconds: float
    cpu: float
    queries: int
    program_mb: float
    database_mb: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Do a piece of work, and return what it cost."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    postgres, backend = Path(os.environ["TIDEGATE_DATA_DIR"]) / "postgres", _backend()
    _forget_peaks(os.getpid(), backend)
    own, database, begin = time.process_time(), sum(postgres_cpu_seconds(postgres)), time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        work()
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - own + sum(postgres_cpu_seconds(postgres)) - database
    return Cost(seconds, cpu, len(captured), _peak_mb(os.getpid()), _peak_mb(backend))


def _backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _forget_peaks(*processes: int) -> None:
    for each in processes:
        Path(f"/proc/{each}/clear_refs").write_text("5")


def _peak_mb(process: int) -> float:
    """Return the most memory of a process since its peak was forgotten, without what it shares with others."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    of = {name: int(status[name].split()[0]) / 1024 for name in ("VmHWM", "RssShmem")}
    return of["VmHWM"] - of["RssShmem"]
