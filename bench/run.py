"""Runs tidegate and other tools on simple files, each in a process of its own and in turn, and writes the report.

`make bench-peers`. Figures to quote are those of `bench.targets`: see README.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import large_state
from bench.compared import loaded
from bench.make_files import file_type_of, make_cte_file, make_enrollment_file, make_reference
from bench.state import environment, fresh_copy, make_state

Key = tuple[str, int, int, int, str]
"""The contender, the rows, the percent of bad ones, the round and the kind of file."""

HERE = Path(__file__).parent
FILES = HERE / "files"
RUNS = FILES / "runs.jsonl"
_SIMPLE = (
    "The files are simple: one SAU, one school, six codes, students whose numbers follow one another, one kind of fault. "
    "What is quoted of tidegate's speed is measured on files as districts send them ([targets.md](targets.md))."
)
LARGE_STATE = "large-state"
"""Not a race of its own: the same uploads against 20 million enrollments."""


@dataclass(frozen=True)
class Race:
    """Contenders that do the same work, and the floor that they are measured by. `most_rows` spares the slow ones."""

    name: str
    title: str
    floor: str
    contenders: tuple[str, ...]
    most_rows: dict[str, int]
    is_stored: bool = False
    kind: str = "cte"


RACES = (
    Race(
        "judging",
        "Judging a file",
        "duckdb_read",
        (
            "bytes_read", "polars_read", "duckdb_read", "tidegate_check", "pandera_polars", "pandera_pandas",
            "python_loop", "frictionless_validate",
        ),
        {"frictionless_validate": 1_000_000, "python_loop": 1_000_000, "pandera_pandas": 1_000_000, "pandera_polars": 1_000_000},
    ),
    Race(
        "enrollments",
        "Judging a Student Enrollment file",
        "duckdb_read",
        ("bytes_read", "polars_read", "duckdb_read", "tidegate_check"),
        {},
        kind="enrollment",
    ),
    Race(
        "loading",
        "The whole path into PostgreSQL",
        "postgres_copy",
        ("postgres_copy", "tidegate_whole_path", "sql_staging", "django_bulk_create"),
        {"django_bulk_create": 1_000_000, "sql_staging": 1_000_000},
        is_stored=True,
    ),
    Race(
        "loading-enrollments",
        "The whole path of a Student Enrollment file",
        "postgres_copy",
        ("postgres_copy", "tidegate_whole_path"),
        {"postgres_copy": 1_000_000, "tidegate_whole_path": 1_000_000},
        is_stored=True,
        kind="enrollment",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A file of so many rows, of which so many percent are bad."""

    rows: int
    bad_percent: int
    kind: str = "cte"

    @property
    def name(self) -> str:
        """Its name in the report."""
        return f"{self.rows:,} rows, {self.bad_percent} % bad"

    def make(self) -> Path:
        """Return its file, which is made once."""
        make = make_cte_file if self.kind == "cte" else make_enrollment_file
        path = FILES / f"{self.kind}_{self.rows}_{self.bad_percent}.csv"
        return make(path, rows=self.rows, bad_percent=self.bad_percent)


class Runs:
    """What has been run so far, kept on disk: a benchmark that was stopped goes on where it was."""

    def __init__(self, *, is_fresh: bool) -> None:
        FILES.mkdir(exist_ok=True)
        if is_fresh:
            RUNS.unlink(missing_ok=True)
        lines = RUNS.read_text().splitlines() if RUNS.exists() else []
        self._done = {tuple(key): result for key, result in map(json.loads, lines)}

    def __contains__(self, key: Key) -> bool:
        return key in self._done

    def keep(self, key: Key, result: dict[str, Any]) -> None:
        """Keep what a run gave."""
        self._done[key] = result
        with RUNS.open("a") as file:
            file.write(json.dumps([key, result]) + "\n")

    def cases(self) -> list[Case]:
        """Return the files that something has been run with, the smallest first."""
        cases = {Case(key[1], key[2], key[4]) for key in self._done}
        return sorted(cases, key=lambda case: (case.rows, case.bad_percent))

    def of(self, name: str, case: Case) -> list[dict[str, Any]]:
        """Return every run of a contender with a file."""
        wanted = (name, case.rows, case.bad_percent, case.kind)
        return [result for key, result in self._done.items() if (*key[:3], key[4]) == wanted]


def run_one(name: str, file: Path, reference: Path, more: dict[str, str]) -> dict[str, Any]:
    """Run a contender in a process of its own; return its seconds from start to end and without imports, its peak MB and
    how many rows are bad."""
    command = [sys.executable, "-m", "bench.one", name, str(file), str(reference)]
    own = environment() | more
    begin = time.perf_counter()
    run = subprocess.run(command, cwd=HERE.parent, env=own, stdout=subprocess.PIPE, text=True, check=True)
    return {"whole": time.perf_counter() - begin} | json.loads(run.stdout.splitlines()[-1])


def measure(race: Race, case: Case, rounds: int, runs: Runs, reference: Path) -> None:
    """Run every contender of the race with a file of that case, in turn, as often as there are rounds."""
    file = case.make()
    names = [name for name in race.contenders if case.rows <= race.most_rows.get(name, case.rows)]
    todo = [(name, case.rows, case.bad_percent, number, case.kind) for number in range(rounds) for name in names]
    todo = [key for key in todo if key not in runs]
    server = make_state(reference) if race.is_stored and todo else ""
    from rich.console import Console
    from rich.progress import track

    for key in track(todo, description=f"{race.title}: {case.name}", console=Console(stderr=True)):
        if not race.is_stored:
            runs.keep(key, run_one(key[0], file, reference, {}))
            continue
        url = fresh_copy(server)
        before = loaded(url, file_type_of(file))
        result = run_one(key[0], file, reference, {"TIDEGATE_DATABASE_URL": url})
        after = loaded(url, file_type_of(file))
        runs.keep(key, result | {"loaded": [after[0] - before[0], after[1]]})
    compare(race, case, {name: runs.of(name, case)[0] for name in names})


def compare(race: Race, case: Case, results: dict[str, dict[str, Any]]) -> None:
    """Compare how many rows the contenders found bad, and what they have loaded.

    Raises:
        SystemExit: They differ, or nothing was loaded although rows are good.
    """
    bad = {name: result["bad"] for name, result in results.items()}
    if len(set(bad.values()) - {None}) > 1:
        raise SystemExit(f"The contenders do not find the same rows bad: {bad}")
    if not race.is_stored:
        return
    loads = {name: result.get("loaded") for name, result in results.items()}
    if len(set(map(str, loads.values()))) > 1:
        raise SystemExit(f"The contenders have not loaded the same (records and a number of their cells): {loads}")
    if case.bad_percent < 100 and not all(load and load[0] for load in loads.values()):
        raise SystemExit(f"Nothing was loaded: {loads}")


def summary(done: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median, the spread and the most memory of some runs."""
    seconds = sorted(run["seconds"] for run in done)
    return {
        "whole": median(run["whole"] for run in done),
        "median": median(seconds),
        "fastest": seconds[0],
        "slowest": seconds[-1],
        "peak_mb": max(run["peak_mb"] for run in done),
        "bad": done[0]["bad"],
        "rounds": len(done),
    }


def gather(runs: Runs) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the summaries by race, case and contender, of everything that has been run so far."""
    return {
        race.name: {
            case.name: {name: summary(done) for name in race.contenders if (done := runs.of(name, case))}
            for case in runs.cases()
            if case.kind == race.kind and runs.of(race.floor, case)
        }
        for race in RACES
    }


def report(results: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return the report as Markdown: ratios first, since only they carry over."""
    cores = len(os.sched_getaffinity(0))
    lines = [f"# Benchmark\n\n{platform.machine()}, {cores} cores, Python {platform.python_version()}.\n"]
    lines.append(f"{_SIMPLE}\n\n![Ratios to the floor](report.svg)\n")
    for race in RACES:
        lines.append(
            f"\n## {race.title}\n\nRatios to `{race.floor}`. The whole process: from its start to its end, imports included.\n"
        )
        if race.is_stored:
            lines.append("Of a file whose rows are all bad `COPY` loads nothing, so that there is no ratio.\n")
        if not results[race.name]:
            lines.append("Not measured.\n")
        for case, contenders in results[race.name].items():
            floor, whole_floor = contenders[race.floor]["median"], contenders[race.floor]["whole"]
            lines.append(
                f"\n### {case}\n\n| contender | ratio, whole process | ratio, work alone | whole s | work s | spread s | peak MB | rounds |\n"
                "|---|---|---|---|---|---|---|---|\n"
            )
            for name, found in contenders.items():
                spread = f"{found['fastest']:.3f}-{found['slowest']:.3f}"
                is_empty = race.is_stored and case.endswith("100 % bad")
                ratios = "- | -" if is_empty else f"{found['whole'] / whole_floor:.2f} | {found['median'] / floor:.2f}"
                seconds = f"{found['whole']:.2f} | {found['median']:.3f}"
                lines.append(f"| {name} | {ratios} | {seconds} | {spread} | {found['peak_mb']} | {found['rounds']} |\n")
    return "".join(lines) + report_of_large_state()


def report_of_large_state() -> str:
    """Return the part of the report about 20 million enrollments, as far as it was measured."""
    if not large_state.FOUND.exists():
        return ""
    found = json.loads(large_state.FOUND.read_text())
    lines = [
        f"\n## Against {found['enrollments']:,} enrollments\n\n",
        "Check only, the whole path but for keeping, in one process each; seconds at the median.\n\n",
        "| upload | Maine's 340,000 s | large s | ratio |\n|---|---|---|---|\n",
    ]
    for rows, times in found["uploads"].items():
        lines.append(f"| {rows} | {times['Maine']:.3f} | {times['large']:.3f} | {times['ratio']:.2f} |\n")
    return "".join(lines)


def plot(results: dict[str, dict[str, dict[str, Any]]], path: Path) -> None:
    """Draw the ratios to the floor of each race's largest file with 5 % bad rows."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "tidegate"
    from matplotlib import pyplot as plt

    run = [race for race in RACES if any("5 % bad" in case for case in results[race.name])]
    if not run:
        return
    figure, axes = plt.subplots(len(run), 1, figsize=(8, 3 * len(run)), layout="constrained", squeeze=False)
    for race, ax in zip(run, axes.flat, strict=True):
        cases = {case: found for case, found in results[race.name].items() if "5 % bad" in case}
        case = max(cases, key=lambda name: len(cases[name]) * 1e9 + int(name.split()[0].replace(",", "")))
        found = cases[case]
        ratios = {name: each["whole"] / found[race.floor]["whole"] for name, each in found.items()}
        colours = ["#0f766e" if "tidegate" in name else "#94a3b8" for name in ratios]
        bars = ax.barh(list(ratios), list(ratios.values()), color=colours)
        ax.bar_label(bars, labels=[f"{ratio:.2f}" for ratio in ratios.values()], padding=3)
        ax.invert_yaxis()
        ax.set_title(f"{race.title}: {case}, ratio to {race.floor}", loc="left")
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[300, 5_000, 100_000, 1_000_000, 5_000_000])
    parser.add_argument("--bad", type=int, nargs="+", default=[0, 5, 100], help="percent of bad rows")
    parser.add_argument("--rounds", type=int, default=3)
    names = [*(race.name for race in RACES), LARGE_STATE]
    parser.add_argument("--races", nargs="+", default=names, choices=names)
    parser.add_argument("--fresh", action="store_true", help="forget what has been run")
    asked = parser.parse_args()
    runs, reference = Runs(is_fresh=asked.fresh), make_reference(FILES / "reference")
    for rows, bad in ((rows, bad) for rows in asked.rows for bad in asked.bad):
        for race in RACES:
            if race.name in asked.races:
                measure(race, Case(rows, bad, race.kind), asked.rounds, runs, reference)
    of_large_state = (LARGE_STATE, large_state.ENROLLMENTS, 0, asked.rounds, "cte")
    if LARGE_STATE in asked.races and of_large_state not in runs:
        runs.keep(of_large_state, large_state.measure(large_state.ENROLLMENTS, large_state.ROWS, asked.rounds))
    results = gather(runs)
    (HERE / "report.json").write_text(json.dumps(results, indent=2) + "\n")
    (HERE / "report.md").write_text(report(results))
    plot(results, HERE / "report.svg")
    print(report(results))


if __name__ == "__main__":
    main()
