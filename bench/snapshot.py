"""What it costs to count a snapshot of 200,000 students for the first time, beside plain SQL over the records.

    python -m bench.snapshot

First every number is compared with the oracle's (`bench/snapshot_oracle.py`): where one differs the command says which,
and ends with 1. Then both count in turn, so many times, and the processor seconds of program and database together are
set in relation. Nothing is stored of the snapshot when it is counted. Writes `bench/snapshot.json`.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.snapshot_cost import Cost, cost_of
from bench.snapshot_oracle import CATEGORIES, DIMENSIONS, QUERIES
from bench.snapshot_state import YEAR, make_state

HERE = Path(__file__).parent
STUDENTS, ROUNDS, MOST = 200_000, 5, 3.0

Numbers = Mapping[tuple[str, ...], tuple[Any, ...]]
"""What is counted: by what, the keys, and the numbers."""


def student_count(snapshot) -> Numbers:
    """Return the numbers of the October count as the program has them."""
    from tidegate.accountability.reports.student_count import StudentCount

    tables = StudentCount().tables(snapshot)
    return {
        (*zip(count.dimensions, count.keys, strict=True),): (count.student_count,)
        for table in tables
        for count in table.counts
    }


def participation(snapshot) -> Numbers:
    """Return the numbers of participants and concentrators, with the credits, as the program has them."""
    from tidegate.accountability.frozen_lines.definition import definition_of
    from tidegate.accountability.reports.participation import participation_tables

    measures = ("enrolled", "no-line", "participants", "one-short", "concentrators")
    return {
        (*zip(line.dimensions, line.keys, strict=True),): (*(line.counts[each] for each in measures), line.credits)
        for table in participation_tables(snapshot, definition_of(snapshot))
        for line in table.lines
    }


def indicators(snapshot) -> Numbers:
    """Return numerators and denominators as the program has them."""
    from tidegate.accountability.indicators import count_indicators

    counted_by = next(table["counted_by"] for table in snapshot.tables if "counted_by" in table)
    columns = {name: of["column"] for name, of in counted_by.items()} | {"sex": "sex"}
    return {
        (each.indicator, columns.get(each.category, each.category), each.key): (each.numerator, each.denominator)
        for counted in count_indicators(snapshot)
        for each in counted.counts
        if each.denominator
    }


def oracle_by_dimension(query: str) -> Numbers:
    """Return what the oracle counts by dimensions, with keys as the program writes them."""
    found: Counter[tuple] = Counter()
    sums = {}
    for mask, *row in run(query):
        named = zip(DIMENSIONS, row, strict=False)
        place = {name: f"{value or ''}" for number, (name, value) in enumerate(named) if not mask & (16 >> number)}
        key = (*((name, place[name]) for name in place),)
        found[key] += 1
        sums[key] = tuple(Decimal(each or 0) for each in row[len(DIMENSIONS) :])
    assert max(found.values()) == 1, "blank and null are two groups"
    return sums


def oracle_of_indicators(query: str) -> Numbers:
    """Return what the oracle counts of indicators, with keys as the program writes them."""
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    for mask, code, *row in run(query):
        at = next((n for n in range(len(CATEGORIES)) if not mask & (1 << (len(CATEGORIES) - 1 - n))), None)
        key = (code, "all", "") if at is None else (code, CATEGORIES[at], f"{row[at] or ''}")
        met, of = found.get(key, (0, 0))  # blank and nothing known at all are both missing
        found[key] = met + row[-2], of + row[-1]
    return found


def run(query: str) -> list[tuple]:
    """Return the rows of a query."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


COUNTED: Mapping[str, tuple[str, Callable[..., Numbers], Callable[[str], Numbers]]] = {
    "student-count": ("cte-october-count", student_count, oracle_by_dimension),
    "participation": ("cte-year-end", participation, oracle_by_dimension),
    "indicators": ("cte-year-end", indicators, oracle_of_indicators),
}
"""What is counted: the period, and how the program and the oracle count it."""


def differences(ours: Numbers, oracle: Numbers) -> Iterator[str]:
    """Yield each cell that differs, as a sentence."""
    for key in sorted(ours.keys() | oracle.keys(), key=str):
        if tuple(ours.get(key, ())) != tuple(oracle.get(key, ())):
            yield f"{key}: the program has {ours.get(key)}, the oracle {oracle.get(key)}"


def forget() -> None:
    """Forget what is stored of all snapshots."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accountability_materializedrow, accountability_materializedquery")


def compare(name: str, snapshot) -> int:
    """Compare all numbers of one count, print what differs, and return how many numbers there are; 0 where any does."""
    _, ours, oracle = COUNTED[name]
    forget()
    found, expected = ours(snapshot), oracle(QUERIES[name])
    wrong = list(differences(found, expected))
    print(f"{name}: {len(expected):,} cells, {len(wrong):,} differ", *wrong[:20], sep="\n  ", flush=True)
    return 0 if wrong else sum(map(len, expected.values()))


def measure(name: str, snapshot, rounds: int) -> dict[str, Any]:
    """Count in turn with the oracle, and return the ratios of the processor's seconds."""
    _, ours, _ = COUNTED[name]
    pairs: list[tuple[Cost, Cost]] = []
    for _ in range(rounds):
        oracle = cost_of(partial(run, QUERIES[name]))
        forget()
        counted = cost_of(partial(ours, snapshot))
        pairs.append((counted, oracle))
        print(f"  {name}: {counted.cpu:.2f} s to {oracle.cpu:.2f} s, {counted.cpu / oracle.cpu:.2f}", flush=True)
    again = cost_of(partial(ours, snapshot))
    ratios = [counted.cpu / oracle.cpu for counted, oracle in pairs]
    first = Cost(*map(median, zip(*(counted for counted, _ in pairs), strict=True)))
    print(
        f"{name}: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) of the oracle's processor seconds;"
        f" {first.cpu:.2f} s, {first.program_mb:.0f} + {first.database_mb:.0f} MB; once stored {again.cpu:.2f} s",
        flush=True,
    )
    return {"ratio": median(ratios), "ratios": ratios, "first": first._asdict(), "again": again._asdict()}


def main() -> None:
    """Compare and measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", nargs="+", default=list(COUNTED), choices=list(COUNTED))
    parser.add_argument("--most", type=float, default=MOST, help="the largest ratio; above it the command ends with 1")
    asked = parser.parse_args()
    make_state(asked.students)
    from tidegate.accountability.models import Snapshot

    run_alone()
    newest = {each.period: each for each in Snapshot.objects.filter(school_year=YEAR).order_by("pk")}
    cells = {name: compare(name, newest[COUNTED[name][0]]) for name in asked.only}
    if not all(cells.values()):
        sys.exit("The numbers are not the oracle's, so that there is nothing to measure")
    found = {name: {"numbers": cells[name]} | measure(name, newest[COUNTED[name][0]], asked.rounds) for name in cells}
    (HERE / "snapshot.json").write_text(json.dumps(found, indent=1) + "\n")
    if slow := [name for name, each in found.items() if each["ratio"] > asked.most]:
        sys.exit(f"More than {asked.most} times the oracle: {', '.join(slow)}")


def run_alone() -> None:
    """Stop what the database does beside: its seconds would be counted."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    main()
