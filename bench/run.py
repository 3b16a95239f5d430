"""Runs the contenders, each in a process of its own and in turn, and writes the report. `make bench`."""

import argparse
import importlib
import json
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import track

from bench.make_files import make_cte_file, make_reference

HERE = Path(__file__).parent
FILES = HERE / "files"
FLOOR = "duckdb_read"
CONTENDERS = ("bytes_read", "polars_read", FLOOR, "tidegate_check", "python_loop", "frictionless_validate")
SLOW = {"frictionless_validate": 100_000}
"""Contenders that are not asked beyond so many rows."""


def run_one(name: str, file: Path, reference: Path) -> dict[str, Any]:
    """Run a contender in a process of its own; return its seconds without imports, peak MB and how many rows are bad."""
    command = [sys.executable, "-m", "bench.run", "--one", name, str(file), str(reference)]
    run = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def one(name: str, file: Path, reference: Path) -> None:
    """Be the process of one contender."""
    contender = importlib.import_module(f"bench.contenders.{name}")
    begin = time.perf_counter()
    bad = contender.run(file, reference)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "bad": bad}))


def measure(rows: int, rounds: int, reference: Path) -> dict[str, Any]:
    """Return what each contender needed for a file of so many rows, 5 % of them bad."""
    file = make_cte_file(FILES / f"cte_{rows}.csv", rows=rows, bad_percent=5)
    names = [name for name in CONTENDERS if rows <= SLOW.get(name, rows)]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for name in track(names * rounds, description=f"{rows:,} rows", console=Console(stderr=True)):
        runs[name].append(run_one(name, file, reference))
    found = {name: done[0]["bad"] for name, done in runs.items() if done[0]["bad"] is not None}
    if len(set(found.values())) > 1:
        raise SystemExit(f"The contenders do not find the same rows bad: {found}")
    return {name: _summary(done) for name, done in runs.items()}


def _summary(done: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = sorted(run["seconds"] for run in done)
    return {
        "median": median(seconds),
        "fastest": seconds[0],
        "slowest": seconds[-1],
        "peak_mb": max(run["peak_mb"] for run in done),
        "bad": done[0]["bad"],
    }


def report(results: dict[int, dict[str, Any]], rounds: int) -> str:
    """Return the report as Markdown: ratios first, since only they carry over."""
    lines = [
        f"# Benchmark\n\n{platform.machine()}, Python {platform.python_version()}, {rounds} rounds, 5 % of the rows bad.\n"
    ]
    for rows, contenders in results.items():
        lines.append(
            f"\n## {rows:,} rows\n\n| contender | ratio to DuckDB's bare read | median s | spread s | peak MB |\n|---|---|---|---|---|\n"
        )
        floor = contenders[FLOOR]["median"]
        for name, result in contenders.items():
            spread = f"{result['fastest']:.2f}-{result['slowest']:.2f}"
            ratio = f"{result['median'] / floor:.2f}"
            lines.append(f"| {name} | {ratio} | {result['median']:.2f} | {spread} | {result['peak_mb']} |\n")
    return "".join(lines)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one[0], Path(asked.one[1]), Path(asked.one[2]))
        return
    reference = make_reference(FILES / "reference")
    results = {rows: measure(rows, asked.rounds, reference) for rows in asked.rows}
    (HERE / "report.json").write_text(json.dumps(results, indent=2))
    (HERE / "report.md").write_text(report(results, asked.rounds))
    print(report(results, asked.rounds))


if __name__ == "__main__":
    main()
