"""Files of odd shapes in three sizes: what they need beside the plain file. `python -m bench.shapes --part 1/4`.

Each is checked by a `tidegate check` of its own with its Result Log, and with `--worker` sent to one worker that goes
on, whose memory is looked at at its peak and afterwards. What was measured is kept in `bench/shapes.json` beside what
earlier runs have measured, and written to `bench/shapes.md`. The exit status is 1 where a figure misses the goal.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Timer
from typing import Any, NamedTuple

import psycopg
from rich.console import Console
from rich.progress import track

from bench.cpu_times import cpu_seconds, postgres_cpu_seconds
from bench.make_files import make_reference
from bench.odd_shapes import KINDS, MOST_ROWS, SHAPES, Made, make, shapes_of
from bench.state import DATA_DIR, FILES, environment, fresh_copy, make_state

HERE = Path(__file__).parent
RESULTS, REPORT = HERE / "shapes.json", HERE / "shapes.md"
SIZES = {"1 MB": 1_000_000, "10 MB": 10_000_000, "21 MB": 21_000_000, "50 MB": 50_000_000, "500 MB": 500_000_000}
_USUAL = ["1 MB", "10 MB", "50 MB"]
MOST_MB = 600
MOST_TIMES = 5
_PLAIN_BYTES = 50_000_000
"""The plain file that is compared with: a smaller one does not stand out from the start-up."""
_GIVEN_BACK_SECONDS = 3
_START_UPS = 3
_PLAIN_RUNS = 5
"""Of so many runs of the plain file, the last before a file of another shape, the median is compared with."""
_START_UP_VARIES = 0.5
"""So many seconds of the processor the start-up takes more or less from run to run; what is below cannot be told."""
_GIVEN_UP = ("exit -9", "waiting", "processing", "failed")
_SEND = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.accounts.models import Person
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.receiving.receive import receive
with open(sys.argv[1], "rb") as file:
    upload = receive(file=file, file_name="shape.csv", file_type=sys.argv[2], by=Person.objects.get(),
                     school_year=SchoolYear.objects.get(first=2020), organization=Organization.objects.get(pk=1000))
print(upload.pk)
"""


class Used(NamedTuple):
    """What a file needed: seconds on the clock and of the processor, and MB at most and afterwards."""

    seconds: float
    cpu_seconds: float
    peak_mb: int
    kept_mb: int
    outcome: str


def check(file: Path, kind: str, reference: Path, *, most_seconds: float) -> Used:
    """Run `tidegate check` with the Result Log; it is ended after so many seconds."""
    command = [sys.executable, "-m", "tidegate.cli.main", "check", str(file), "--file-type", kind]
    command += ["--school-year", "2020-2021", "--reference", str(reference)]
    command += ["--result-log", str(file.with_suffix(".log"))]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = Timer(most_seconds, process.kill)
    timer.start()
    _, status, used = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, cpu = time.perf_counter() - begin, used.ru_utime + used.ru_stime
    file.with_suffix(".log").unlink(missing_ok=True)
    return Used(seconds, cpu, used.ru_maxrss // 1024, 0, f"exit {process.returncode}")


class Worker:
    """A `tidegate worker` against a copy of the bench's state, that goes on from file to file."""

    def __init__(self, reference: Path) -> None:
        url = fresh_copy(make_state(reference))
        self.environment = environment() | {"TIDEGATE_DATABASE_URL": url}
        self.connection = psycopg.connect(url, autocommit=True)
        self.process = subprocess.Popen([sys.executable, "-m", "tidegate.cli.main", "worker"], env=self.environment)

    def send(self, file: Path, kind: str, *, most_seconds: float) -> Used:
        """Send a file, and wait until the worker has ended it and a moment longer."""
        before = self._cpu()
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")  # the peak begins anew
        sent = [sys.executable, "-c", _SEND, str(file), kind]
        pk = int(subprocess.run(sent, env=self.environment, stdout=subprocess.PIPE, check=True).stdout.split()[-1])
        state, seconds, until = "waiting", 0.0, time.monotonic() + most_seconds
        while state in ("waiting", "processing") and time.monotonic() < until:
            time.sleep(0.2)
            asked = "SELECT state, extract(epoch FROM finished_at - started_at) FROM uploads_upload WHERE id = %s"
            state, took = self.connection.execute(asked, (pk,)).fetchone() or ("", None)
            seconds = float(took or 0)
        peak, cpu = self._memory("VmHWM"), self._cpu() - before
        time.sleep(_GIVEN_BACK_SECONDS)
        return Used(seconds, cpu, peak, self._memory("VmRSS"), state)

    def _memory(self, of: str) -> int:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(of)) // 1024

    def _cpu(self) -> float:
        """Return the seconds of the worker, and of the database for its clients."""
        return cpu_seconds(self.process.pid) + postgres_cpu_seconds(DATA_DIR / "postgres")[0]

    def stop(self) -> None:
        """End the worker."""
        self.process.terminate()
        self.process.wait()
        self.connection.close()


@dataclass
class Plain:
    """A plain file, what its last runs took in seconds of the processor, and what the start-up takes of them."""

    made: Made
    start_up: float
    runs: deque[float] = field(default_factory=lambda: deque(maxlen=_PLAIN_RUNS))

    def times(self, made: Made, used: Used) -> float:
        """Return how many times the seconds of the plain file of the same bytes, or of the same rows, whichever takes
        longer, a file took; 0 where that cannot be told from the start-up."""
        share = max(made.byte_count / self.made.byte_count, made.line_count / self.made.line_count)
        took = used.cpu_seconds - self.start_up
        beyond = median(self.runs) - self.start_up
        return round(took / (beyond * share), 2) if took > _START_UP_VARIES else 0.0


class Bench:
    """Measures shapes of one file type, by `tidegate check` and, where it is asked for, through a worker."""

    def __init__(self, kind: str, asked: argparse.Namespace) -> None:
        self.kind = kind
        self.most_lines = asked.most_lines
        self.most_seconds = asked.most_seconds
        self.reference = make_reference(FILES / "reference")
        self.worker = Worker(self.reference) if asked.worker else None
        self.plain_file = FILES / f"plain-{os.getpid()}.csv"
        self.plain = {way: self._measure_plain(way) for way in ("check", "worker")[: 1 + asked.worker]}

    def _use(self, way: str, file: Path) -> Used:
        if way == "worker" and self.worker:
            return self.worker.send(file, self.kind, most_seconds=self.most_seconds)
        return check(file, self.kind, self.reference, most_seconds=self.most_seconds)

    def _measure_plain(self, way: str) -> Plain:
        make(self.plain_file, shape="plain", kind=self.kind, size=_PLAIN_BYTES, most_lines=1)
        start_up = median(self._use(way, self.plain_file).cpu_seconds for _ in range(_START_UPS))
        plain = Plain(make(self.plain_file, shape="plain", kind=self.kind, size=_PLAIN_BYTES), start_up)
        plain.runs.extend(self._use(way, self.plain_file).cpu_seconds for _ in range(_PLAIN_RUNS))
        return plain

    def measure(self, shape: str, size: str) -> dict[str, Any]:
        """Return what a shape needed in a size."""
        file = FILES / f"shape-{os.getpid()}.csv"
        made = make(file, shape=shape, kind=self.kind, size=SIZES[size], most_lines=self.most_lines)
        found: dict[str, Any] = made._asdict()
        for way, plain in self.plain.items():
            plain.runs.append(self._use(way, self.plain_file).cpu_seconds)  # in turn, since the machine has other work
            used = self._use(way, file)
            found[way] = used._asdict() | {"times": plain.times(made, used)}
        file.unlink()
        return found

    def stop(self) -> None:
        """Remove the plain file, and end the worker."""
        self.plain_file.unlink(missing_ok=True)
        if self.worker:
            self.worker.stop()


def misses(used: dict[str, Any]) -> bool:
    """Whether a figure misses the goal."""
    return used["times"] > MOST_TIMES or used["peak_mb"] > MOST_MB or used["outcome"] in _GIVEN_UP


def report(results: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return the table as Markdown."""
    lines = [
        (
            f"# Files of odd shapes\n\nThe goal is at most {MOST_MB} MB, and {MOST_TIMES} times the plain file of the "
            "same bytes or rows, whichever takes longer, beyond the start-up. Times are of the processor's seconds, "
            "since the machine has other work; a **bold** figure misses the goal, and a dash is less than can be told "
            "from the start-up. The plain file runs before each of the others, and the median of its last five runs counts. A check and a worker are one process each; of PostgreSQL the time is counted, not the memory.\n\n"
            "| file type | shape | size | lines | way | s | times | MB at most | MB afterwards | outcome |\n"
            "|---|---|---|---|---|---|---|---|---|---|\n"
        )
    ]
    for kind, found in sorted(results.items()):
        for name in (shape for shape in SHAPES if shape in found):
            for size in (size for size in SIZES if size in found[name]):
                each = found[name][size]
                named = [kind, name, size, f"{each['line_count']:,}"]
                lines += [_line(named, way, each[way]) for way in ("check", "worker") if way in each]
    return "".join(lines)


def _line(named: list[str], way: str, used: dict[str, Any]) -> str:
    times, peak = (
        f"**{figure}**" if figure > most else f"{figure or '-'}"
        for figure, most in ((round(used["times"], 1), MOST_TIMES), (used["peak_mb"], MOST_MB))
    )
    cells = [*named, way, f"{used['cpu_seconds']:.1f}", times, peak, str(used["kept_mb"] or "-"), used["outcome"]]
    return f"| {' | '.join(cells)} |\n"


def asked_shapes(kind: str, asked: argparse.Namespace) -> list[str]:
    """Return the shapes that the command line asks for."""
    number, count = map(int, asked.part.split("/"))
    names = [name for name in shapes_of(kind) if name.startswith(tuple(asked.shapes))]
    return names[number - 1 :: count]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--sizes", nargs="+", default=_USUAL, choices=list(SIZES))
    parser.add_argument("--shapes", nargs="+", default=[""], help="those whose name begins so, without it all")
    parser.add_argument("--part", default="1/1", help="e.g. 2/4: the second of four parts of the shapes")
    parser.add_argument("--most-lines", type=int, default=MOST_ROWS, help="no file has more, whatever its size")
    parser.add_argument("--worker", action="store_true", help="send them to a worker, too")
    parser.add_argument("--most-seconds", type=float, default=600, help="a file that takes longer is given up")
    asked = parser.parse_args()
    FILES.mkdir(exist_ok=True)
    missed: list[str] = []
    for kind in asked.kinds:
        bench = Bench(kind, asked)
        for name in track(asked_shapes(kind, asked), description=kind, console=Console(stderr=True)):
            for size in asked.sizes:
                found = bench.measure(name, size)
                missed += [f"{kind}, {name}, {size}, {way}" for way in bench.plain if misses(found[way])]
                keep(kind, name, size, found)
        bench.stop()
    print("\n".join(["Every figure is within the goal."] if not missed else ["These miss the goal:", *missed]))
    sys.exit(1 if missed else 0)


def keep(kind: str, name: str, size: str, found: dict[str, Any]) -> None:
    """Keep what a shape needed beside what earlier runs, or ways, have measured."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    of_size = results.setdefault(kind, {}).setdefault(name, {}).setdefault(size, {})
    of_size.update(found)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    REPORT.write_text(report(results))


if __name__ == "__main__":
    main()
