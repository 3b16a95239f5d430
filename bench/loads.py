"""The races into PostgreSQL: the whole path beside COPY of the same good rows, and small uploads through two workers.

What was loaded is compared after every run, by count and by a number computed from all cells of all records.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from bench.cases import DISTRICT, Case
from bench.compared import check_same_load, loaded
from bench.district_state import OWNER, sau_id
from bench.keep_server import SAID
from bench.processes import ROOT, Build, Used, run
from bench.races import Race, Side, duckdb_used
from bench.state import TEMPLATE, fresh_copy, url_of

_BROUGHT = ",1,2020-09-15 12:00+00\n"
_SENT = "SELECT state, row_count, success_count, error_count FROM uploads_upload"


class Server:
    """A stored state of a build, whose PostgreSQL runs as long as this does."""

    _running: dict[tuple[str, Path], "Server"] = {}

    def __init__(self, build: Build, reference: Path) -> None:
        folder = DISTRICT / f"{reference.name}_{build.name}"
        self.more = {"TIDEGATE_DATA_DIR": str(folder), "TIDEGATE_MAX_UPLOADS_PER_HOUR": "0"}
        environment = build.environment({"BENCH_DATA_DIR": str(folder)})
        command = [sys.executable, "-m", "bench.keep_server", str(reference)]
        self._process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        lines = self._process.stdout or ()
        self.url = next((line.removeprefix(SAID).strip() for line in lines if line.startswith(SAID)), "")
        if not self.url:
            raise SystemExit(f"The stored state of {build.name} could not be made")

    @classmethod
    def of(cls, build: Build, reference: Path) -> "Server":
        """Return the server of a build and a reference folder; it is started once."""
        key = (build.name, reference)
        if key not in cls._running:
            cls._running[key] = cls(build, reference)
        return cls._running[key]

    @classmethod
    def stop_all(cls) -> None:
        """End every server."""
        while cls._running:
            cls._running.popitem()[1].stop()

    def stop(self) -> None:
        """End the server."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


def load_race(name: str, work: str, goal: float, case: Case) -> Race:
    """Return the race of the whole path to COPY, on the clock, each in a process of its own with a fresh state."""
    results: dict[str, tuple[int, int]] = {}

    def whole_path(build: Build) -> Used:
        return _run_contender(build, "tidegate_whole_path", case, results)

    def sides(ours: Build, other: Build | None) -> dict[str, Side]:
        found: dict[str, Side] = {
            "ours": lambda: whole_path(ours),
            "rival": lambda: _run_contender(ours, "postgres_copy", case, results),
        }
        return found | ({"other": lambda: whole_path(other)} if other else {})

    def verify(ours: Build, other: Build | None) -> str:
        _make_ready(ours, case)
        before = loaded(url_of(Server.of(ours, case.reference()).url, TEMPLATE), case.file_type)
        for side in sides(ours, other).values():
            side()
        count = check_same_load(before, results)
        return f"{count:,} of {case.rows:,} rows loaded, the same by all"

    return Race(name, work, goal, "wall", sides, verify, is_one_process=False)


def _make_ready(build: Build, case: Case) -> None:
    """Write the good rows as COPY takes them: those that the DuckDB script finds good, not those of tidegate."""
    ready = case.file().with_suffix(".ready.csv")
    if ready.exists():
        return
    duckdb_used(build, case, good=True)
    part = ready.with_suffix(".part")
    with case.output("duckdb", "good.csv").open() as good, part.open("w") as out:
        out.writelines(line.rstrip("\n") + _BROUGHT for line in good)
    part.rename(ready)


def _run_contender(build: Build, name: str, case: Case, results: dict[str, tuple[int, int]]) -> Used:
    """Run a contender against a fresh copy of the state; keep what is on file then, and return what it used.

    Raises:
        SystemExit: Another run has loaded something else.
    """
    server = Server.of(build, case.reference())
    url = fresh_copy(server.url)
    more = server.more | {"TIDEGATE_DATABASE_URL": url, "BENCH_ORGANIZATION": sau_id(OWNER)}
    command = [sys.executable, "-m", "bench.one", name, str(case.file()), str(case.reference())]
    used = run(command, build.environment(more))
    results[f"{build.name} {name}"] = loaded(url, case.file_type)
    if len(set(results.values())) > 1:
        raise SystemExit(f"Not the same was loaded (records and a number of their cells): {results}")
    return used


def uploads_race(name: str, goal: float, *, files: int, students: int, workers: int = 2) -> Race:
    """Return the race of many small uploads through workers to the other build, in files a second."""
    reference = Case(rows=0, students=students).reference
    results: dict[str, str] = {}

    def rate(build: Build) -> Used:
        server = Server.of(build, reference())
        url = fresh_copy(server.url)
        out = DISTRICT / f"uploads_{build.name}.json"
        command = [sys.executable, "-m", "bench.small_uploads", str(files), str(students), str(workers), str(out)]
        used = run(command, build.environment(server.more | {"TIDEGATE_DATABASE_URL": url}))
        with psycopg.connect(url) as connection:
            ended = connection.execute(f"{_SENT} ORDER BY file_name").fetchall()
        results[build.name] = f"{loaded(url, 'cte')} {ended}"
        if len(set(results.values())) > 1 or any(state != "finished" for state, *_ in ended):
            raise SystemExit(f"The uploads did not all end alike: {[each[:500] for each in results.values()]}")
        return used._replace(rate=float(json.loads(out.read_text())["files_per_second"]))

    def sides(ours: Build, other: Build | None) -> Mapping[str, Side]:
        found: dict[str, Side] = {"ours": lambda: rate(ours)}
        return found | ({"rival": lambda: rate(other)} if other else {})

    def verify(ours: Build, other: Build | None) -> str:
        for build in (ours, other):
            if build:
                rate(build)
        return f"{files} uploads ended alike, and the same is on file"

    work = f"small uploads (30 to 5,000 rows) through {workers} workers, files a second, to the other build"
    return Race(name, work, goal, "rate", sides, verify, needs_other=True, is_one_process=False)
