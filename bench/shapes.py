"""Files of odd shapes in three sizes: what they need beside the plain file. `python -m bench.shapes`.

Each is checked by a `tidegate check` of its own with its Result Log, and with `--worker` sent to one worker that goes
on, whose memory is looked at before, at its peak and afterwards. Writes `bench/shapes.json` and `bench/shapes.md`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import psycopg
from rich.console import Console
from rich.progress import track

from bench.make_files import make_reference
from bench.odd_shapes import KINDS, MOST_ROWS, Made, make, shapes_of
from bench.state import FILES, environment, fresh_copy, make_state

HERE = Path(__file__).parent
SIZES = {"100 KB": 100_000, "5 MB": 5_000_000, "21 MB": 21_000_000, "50 MB": 50_000_000}
MOST_MB = 600
MOST_TIMES = 5
_GIVEN_BACK_SECONDS = 3
_SEND = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.accounts.models import Person
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.receive import receive
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
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End the worker."""
        self.process.terminate()
        self.process.wait()
        self.connection.close()


def measure(kind: str, names: list[str], sizes: list[str], asked: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return what each shape needed in each size."""
    reference = make_reference(FILES / "reference")
    worker = Worker(reference) if asked.worker else None
    found: dict[str, dict[str, Any]] = {}
    for name in track(names, description=kind, console=Console(stderr=True)):
        for size in sizes:
            file = FILES / "shape.csv"
            made = make(file, shape=name, kind=kind, size=SIZES[size], most_lines=asked.most_lines)
            used = {"check": check(file, kind, reference, most_seconds=asked.most_seconds)._asdict()}
            if worker:
                used["worker"] = worker.send(file, kind, most_seconds=asked.most_seconds)._asdict()
            found.setdefault(name, {})[size] = {**made._asdict(), **used}
            file.unlink()
    if worker:
        worker.stop()
    return found


def times_of_plain(found: dict[str, dict[str, Any]], way: str, made: Made, used: dict[str, Any]) -> float:
    """Return how many times the seconds of the plain file of the same bytes, or of the same rows, whichever takes
    longer, a file took: those of the processor, beyond what the smallest plain file takes."""
    plain = sorted(found["plain"].values(), key=lambda each: int(each["byte_count"]))
    start = plain[0][way]["cpu_seconds"]
    beyond = max(plain[-1][way]["cpu_seconds"] - start, 0.01)
    share = max(made.byte_count / plain[-1]["byte_count"], made.line_count / plain[-1]["line_count"])
    return float(max(used["cpu_seconds"] - start, 0) / (beyond * share))


def report(results: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return the table as Markdown."""
    lines = [
        (
            f"# Files of odd shapes\n\nThe goal is at most {MOST_MB} MB, and {MOST_TIMES} times the plain file of the same bytes or "
            "rows, whichever takes longer, beyond the start-up. Seconds are those of the processor, since the machine has other "
            "work; a **bold** figure misses the goal.\n\n"
            "| file type | shape | size | lines | way | s | times | MB at most | MB afterwards | outcome |\n"
            "|---|---|---|---|---|---|---|---|---|---|\n"
        )
    ]
    for kind, found in results.items():
        for name, sizes in found.items():
            for size, each in sizes.items():
                made = Made(each["byte_count"], each["line_count"])
                lines += [
                    _line([kind, name, size], made, way, each[way], found) for way in ("check", "worker") if way in each
                ]
    return "".join(lines)


def _line(named: list[str], made: Made, way: str, used: dict[str, Any], found: dict[str, dict[str, Any]]) -> str:
    times = times_of_plain(found, way, made, used)
    said = f"{times:.1f}" if times <= MOST_TIMES else f"**{times:.1f}**"
    peak = f"{used['peak_mb']}" if used["peak_mb"] <= MOST_MB else f"**{used['peak_mb']}**"
    kept = str(used["kept_mb"] or "-")
    cells = [*named, f"{made.line_count:,}", way, f"{used['cpu_seconds']:.2f}", said, peak, kept, used["outcome"]]
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--sizes", nargs="+", default=["100 KB", "5 MB", "50 MB"], choices=list(SIZES))
    parser.add_argument("--shapes", nargs="+", help="all, or the plain file and those whose name begins so")
    parser.add_argument("--most-lines", type=int, default=MOST_ROWS, help="no file has more, whatever its size")
    parser.add_argument("--worker", action="store_true", help="send them to a worker, too")
    parser.add_argument("--most-seconds", type=float, default=600, help="a file that takes longer is given up")
    asked = parser.parse_args()
    FILES.mkdir(exist_ok=True)
    results: dict[str, dict[str, dict[str, Any]]] = {}
    for kind in asked.kinds:
        wanted = ("plain", *asked.shapes) if asked.shapes else ("",)
        names = [name for name in shapes_of(kind) if name.startswith(tuple(wanted))]
        results[kind] = measure(kind, names, asked.sizes, asked)
    (HERE / "shapes.json").write_text(json.dumps(results, indent=2) + "\n")
    (HERE / "shapes.md").write_text(report(results))
    print(report(results))


if __name__ == "__main__":
    main()
