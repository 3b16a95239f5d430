"""Files of odd shapes, a million rows each: time against DuckDB's bare reading, and memory. `python -m bench.shapes`.

It writes `bench/shapes.json` and `bench/shapes.md`.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from bench.make_files import CODES, ENROLLMENT_HEADER, FIRST_NUMBER, HEADER, STUDENTS, make_file, make_reference
from bench.run import run_one, summary
from bench.state import FILES, fresh_copy, make_state

HERE = Path(__file__).parent
CTE_NAMES = HEADER.replace("\n", ",LastName,FirstName\n")


def _cte(i: int, *, number: int | None = None, code: str | None = None, day: int | None = None) -> str:
    number = FIRST_NUMBER + i % STUDENTS if number is None else number
    return f"1000,2001,{number},{i % 99_999},{code or CODES[i % 5]},2020-09-{day or i % 30 + 1:02d},2021-06-11,1.00,"


def _enrollment(
    i: int, *, number: int | None = None, day: str = "2020-09-01", status: str = "02", note: str = ""
) -> str:
    number = FIRST_NUMBER + i % STUDENTS if number is None else number
    return f"1000,1001,{number},{i % 99_999},P,11,{day},{status},1000,011,{day},02,{note}\n"


def _every_day(i: int) -> str:
    return f"2020-{9 + i // 30 % 4:02d}-{i % 30 + 1:02d}"


SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "cte, one student": (HEADER, lambda i: _cte(i, number=FIRST_NUMBER) + "\n"),
    "cte, all rows alike": (HEADER, lambda i: _cte(0) + "\n"),
    "cte, each row a group": (HEADER, lambda i: _cte(i, code=CODES[i // STUDENTS % 6], day=1) + "\n"),
    "cte, unknown students": (HEADER, lambda i: _cte(i, number=100_000_000 + i * 700) + "\n"),
    "cte, unknown codes": (HEADER, lambda i: _cte(i, code=f"{i % 100:02d}.{i // 100:04d}") + "\n"),
    "cte, every cell in quotes": (HEADER, lambda i: ",".join(f'"{cell}"' for cell in _cte(i).split(",")) + "\n"),
    "cte, 600 characters of names": (CTE_NAMES, lambda i: f"{_cte(i)},{'Long' * 75},{'Name' * 75}\n"),
    "cte, every cell wrong": (HEADER, lambda i: f"{i}x,{i}y,{i}z,{i:020d},{i}c,{i}d,{i}e,{i}f,{i}g\n"),
    "enrollment, one student": (ENROLLMENT_HEADER, lambda i: _enrollment(i, number=FIRST_NUMBER, day=_every_day(i))),
    "enrollment, all rows alike": (ENROLLMENT_HEADER, lambda i: _enrollment(0)),
    "enrollment, every status wrong": (ENROLLMENT_HEADER, lambda i: _enrollment(i, day=_every_day(i), status="99")),
    "enrollment, 250 characters of comments": (
        ENROLLMENT_HEADER,
        lambda i: _enrollment(i, day=_every_day(i), note=f"{i} {'note ' * 48}"),
    ),
    "enrollment, every cell wrong": (ENROLLMENT_HEADER, lambda i: ",".join(f"{i}{letter}" for letter in "abcdefghijkl") + f",{'x' * 300}\n"),
}  # fmt: skip


WHAT_IS_MEASURED = """Seconds are those of the whole process, at the median; the ratio is that of `tidegate check` to DuckDB
merely reading the file; MB are the most of all rounds."""
HEAD = """| shape | bad rows | DuckDB reads, s | check, s | ratio | check, MB | whole path, s | whole path, MB |
|---|---|---|---|---|---|---|---|
"""


def make_shape(name: str, rows: int) -> Path:
    """Return the file of a shape, which is made once."""
    header, line = SHAPES[name]
    path = FILES / f"{name.replace(', ', '_').replace(' ', '-')}_{rows}.csv"
    return make_file(path, header, lambda i, _: line(i), rows=rows, seed=1)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), help="all, or those whose name begins so")
    parser.add_argument("--whole-path", action="store_true", help="load them, too")
    asked = parser.parse_args()
    names = [name for name in SHAPES if name.startswith(tuple(asked.shapes))]
    reference = make_reference(FILES / "reference")
    server = make_state(reference) if asked.whole_path else ""
    contenders = ["duckdb_read", "tidegate_check"] + ["tidegate_whole_path"] * asked.whole_path
    found = {}
    for name in track(names, description="Shapes", console=Console(stderr=True)):
        file = make_shape(name, asked.rows)
        runs: dict[str, list[dict[str, Any]]] = {contender: [] for contender in contenders}
        for _ in range(asked.rounds):
            for contender in contenders:
                more = {"TIDEGATE_DATABASE_URL": fresh_copy(server)} if contender == "tidegate_whole_path" else {}
                runs[contender].append(run_one(contender, file, reference, more))
        found[name] = {contender: summary(done) for contender, done in runs.items()}
        file.unlink()  # they are several hundred megabytes each
    (HERE / "shapes.json").write_text(json.dumps(found, indent=2) + "\n")
    (HERE / "shapes.md").write_text(report(found, asked.rows, asked.rounds))
    print(report(found, asked.rows, asked.rounds))


def report(found: dict[str, dict[str, dict[str, Any]]], rows: int, rounds: int) -> str:
    """Return the table as Markdown."""
    lines = [f"# Files of odd shapes\n\n{rows:,} rows each, {rounds} rounds. {WHAT_IS_MEASURED}\n\n{HEAD}"]
    for name, each in found.items():
        check, floor = each["tidegate_check"], each["duckdb_read"]
        loaded = each.get("tidegate_whole_path")
        path = f"{loaded['whole']:.1f} | {loaded['peak_mb']}" if loaded else "- | -"
        times = f"{floor['whole']:.2f} | {check['whole']:.2f} | {check['whole'] / floor['whole']:.1f}"
        lines.append(f"| {name} | {check['bad']:,} | {times} | {check['peak_mb']} | {path} |\n")
    return "".join(lines)


if __name__ == "__main__":
    main()
