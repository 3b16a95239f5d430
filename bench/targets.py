"""Runs the races of all targets, pair by pair in turn, and says which hold. `python -m bench.targets --other PATH`.

`--other` is a checkout of the build that is compared with (a tree with `src`). What was found and loaded is compared
before any time is taken. Every run is kept in `bench/files/district/runs.jsonl`: what was stopped goes on where it was, as
long as the code of both builds is the same. `targets.json` and `targets.md` have the table.
"""

import argparse
import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from bench.cases import DISTRICT, LARGER, LARGEST, MAINE, Case
from bench.loads import Server, load_race, uploads_race
from bench.processes import HERE, ROOT, Build, Used
from bench.races import Race, check_race, first_use_race, peak_race, small_race, variant_race

RUNS = DISTRICT / "runs.jsonl"
FOUND, REPORT = HERE / "targets.json", HERE / "targets.md"
MILLION, HUNDRED_THOUSAND, FEW = 1_000_000, 100_000, 300
FILES_SENT = 270
_LESS_IS_BETTER = ("wall", "cpu", "peak_mb")
_UNITS = {"wall": "s", "cpu": "s of CPU", "peak_mb": "MB", "rate": "files/s"}
_SETTLED = 0.005
console = Console(stderr=True)


def races(most_rows: int = MILLION, most_students: int = LARGEST, files: int = FILES_SENT) -> list[Race]:
    """Return all races; smaller ones for a trial."""
    large, middle = min(MILLION, most_rows), min(HUNDRED_THOUSAND, most_rows)
    maine, larger, largest = (min(students, most_students) for students in (MAINE, LARGER, LARGEST))
    enrollment = "student-enrollment"
    cte, of_students = Case(large, students=maine), Case(large, enrollment, students=maine)
    all_bad = cte._replace(bad_percent=100)
    owned = cte._replace(one_owner=True)
    few, few_of_larger = Case(FEW, students=maine), Case(FEW, students=larger)
    of_cte, of_enrollment = (
        f"check, {large:,} CTE rows, 5 % bad in 12 ways",
        f"check, {large:,} Student Enrollment rows",
    )
    named = [cte._replace(variant=name) for name in ("both_encodings", "quoted_names_first", "equals_signs")]
    hundred = cte._replace(rows=middle)
    return [
        check_race("check_cte_1m", f"{of_cte}, to DuckDB SQL doing the same", 0.8, cte, to="sql"),
        check_race("check_cte_100k", f"check, {middle:,} CTE rows, to DuckDB SQL doing the same", 0.9, hundred, to="sql"),
        check_race("read_cte_1m", f"{of_cte}, to DuckDB's bare read", 2.5, cte, to="read"),
        check_race("all_bad_1m", f"check, {large:,} CTE rows, all bad in 12 ways, to the other build", 0.55, all_bad, to="other"),
        check_race("check_enrollment_1m", f"{of_enrollment}, to DuckDB SQL doing the same", 1.0, of_students, to="sql"),
        check_race("read_enrollment_1m", f"{of_enrollment}, to DuckDB's bare read", 2.5, of_students, to="read"),
        variant_race("both_encodings", 1.3, cte, "both_encodings", "names_last"),
        variant_race("quoted_names_first", 1.3, cte, "quoted_names_first"),
        variant_race("blanks_and_quotes", 1.3, cte, "blanks_and_quotes"),
        variant_race("equals_signs", 1.6, cte, "equals_signs"),
        variant_race("american_dates", None, cte, "american_dates"),
        variant_race("totals_row", None, cte, "totals_row"),
        variant_race("carriage_returns", None, cte, "carriage_returns"),
        variant_race("enrollment_both_encodings", 1.3, of_students, "both_encodings", "names_last"),
        variant_race("enrollment_quoted_names_first", 1.3, of_students, "quoted_names_first"),
        variant_race("enrollment_blanks_and_quotes", 1.3, of_students, "blanks_and_quotes"),
        variant_race("enrollment_equals_signs", 1.6, of_students, "equals_signs"),
        small_race("small_170k", 0.65, few),
        small_race("small_1500k", 0.3, few_of_larger),
        small_race("small_170k_beyond_imports", 0.3, few, beyond_imports=True),
        small_race("small_1500k_beyond_imports", 0.3, few_of_larger, beyond_imports=True),
        first_use_race("first_use_170k", few),
        first_use_race("first_use_1500k", few_of_larger),
        peak_race("peak_5m_students", f"peak memory, {large:,} rows against {largest:,} students", 400,
                  [Case(large, students=largest)]),
        peak_race("peak_any", "peak memory, any file named here", 512, [cte, all_bad, of_students, *named]),
        uploads_race("small_uploads", 2.0, files=files, students=maine),
        load_race("load_cte_1m", f"whole path, {large:,} CTE rows, to COPY of the same good rows", 1.25, owned),
        load_race("load_enrollment_1m", f"whole path, {large:,} Student Enrollment rows, to COPY of the same good rows",
                  1.12, owned._replace(file_type=enrollment)),
    ]  # fmt: skip


class Runs:
    """What has been run so far by the same code, kept on disk."""

    def __init__(self, code: str, size: str, *, is_fresh: bool) -> None:
        DISTRICT.mkdir(parents=True, exist_ok=True)
        if is_fresh:
            RUNS.unlink(missing_ok=True)
        self._of = [code, size]
        self._done: dict[tuple[str, str, int], Any] = {}
        for line in RUNS.read_text().splitlines() if RUNS.exists() else []:
            of, key, value = json.loads(line)
            if of == self._of:
                self._done[tuple(key)] = value

    def get(self, race: str, side: str, number: int) -> Any:
        """Return what a run gave, None if it has not been."""
        return self._done.get((race, side, number))

    def keep(self, race: str, side: str, number: int, value: Any) -> None:
        """Keep what a run gave."""
        self._done[race, side, number] = value
        with RUNS.open("a") as file:
            file.write(json.dumps([self._of, [race, side, number], value]) + "\n")

    def used(self, race: str, side: str) -> list[Used]:
        """Return what a side of a race used, round by round."""
        found = ((key[2], value) for key, value in self._done.items() if key[:2] == (race, side))
        return [Used(*value) for _, value in sorted(found)]


def measure(race: Race, runs: Runs, ours: Build, other: Build | None, pairs: int) -> None:
    """Compare what is found, and then let the sides run in turn; every other round in the opposite order."""
    if runs.get(race.name, "verified", 0) is None:
        console.print(f"{race.name}: comparing what is found")
        runs.keep(race.name, "verified", 0, race.verify(ours, other))
    sides = list(race.sides(ours, other).items())
    for number in range(pairs):
        for side, start in sides if number % 2 == 0 else sides[::-1]:
            if runs.get(race.name, side, number) is None:
                value = start()
                runs.keep(race.name, side, number, value)
                console.print(
                    f"{race.name} {number + 1}/{pairs} {side}: {getattr(value, race.measure):.3f} {_UNITS[race.measure]}"
                    f" ({value.cpu:.2f} s of CPU; {value.beside:.1f} cores busy beside it)"
                )


@dataclass(frozen=True)
class Line:
    """A line of the table: figures are ratios, or MB."""

    race: Race
    today: float | None
    reached: float | None
    pairs: int
    medians: dict[str, float]
    verified: str
    cpu: float | None
    beside: float | None

    @property
    def holds(self) -> bool | None:
        """Whether the goal is reached; None where there is none, or nothing was measured."""
        if self.reached is None or self.race.goal is None:
            return None
        reached = round(self.reached, 2)
        return (
            reached <= self.race.goal + _SETTLED if self.race.measure in _LESS_IS_BETTER else reached >= self.race.goal
        )

    def cells(self) -> list[str]:
        """Return its cells as text."""
        holds = {True: "yes", False: "**no**", None: "-"}[self.holds]
        if self.reached is None:
            holds = "not measured"
        figures = [_figure(each, self.race) for each in (self.today, self.reached, self.race.goal)]
        seconds = ", ".join(f"{side} {value:.2f}" for side, value in self.medians.items())
        unit = f" {_UNITS[self.race.measure]}" if seconds else ""
        more = ["-" if each is None else f"{each:.2f}" for each in (self.cpu, self.beside)]
        return [self.race.work, *figures, holds, *more, str(self.pairs or "-"), f"{seconds}{unit}"]


def _figure(value: float | None, race: Race) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if race.has_rival else f"{value:.0f} MB"


def line_of(race: Race, runs: Runs) -> Line:
    """Return the line of a race, of what has been run so far. A ratio is the median of the ratios of pairs."""
    used = {side: runs.used(race.name, side) for side in ("ours", "rival", "other", "other rival")}
    found = {side: [getattr(each, race.measure) for each in of_side] for side, of_side in used.items()}
    of = {side: values for side, values in found.items() if values}
    if race.measure == "peak_mb":
        reached, today = (max(found[side], default=None) for side in ("ours", "other"))
    else:
        reached = _ratio(found["ours"], found["rival"])
        today = 1.0 if race.needs_other and reached else _ratio(found["other"], found["other rival"] or found["rival"])
    medians = {side: median(values) for side, values in of.items()}
    verified = str(runs.get(race.name, "verified", 0) or "")
    has_cpu = race.measure == "wall" and race.is_one_process
    cpu = _ratio([each.cpu for each in used["ours"]], [each.cpu for each in used["rival"]]) if has_cpu else None
    every = [each.beside for of_side in used.values() for each in of_side]
    beside = median(every) if every and race.is_one_process else None
    return Line(race, today, reached, min(map(len, of.values()), default=0), medians, verified, cpu, beside)


def _ratio(values: list[float], rivals: list[float]) -> float | None:
    pairs = list(zip(values, rivals, strict=False))
    return median(value / rival for value, rival in pairs) if pairs else None


def table(lines: list[Line], other: str) -> str:
    """Return the table as Markdown."""
    cores = len(os.sched_getaffinity(0))
    head = (
        f"# Targets\n\n{platform.machine()}, {cores} cores, Python {platform.python_version()}; the other build: "
        f"{other}. Made by `make bench`; see [README.md](README.md). A ratio is the median of the ratios of pairs "
        "that ran in turn, whole processes, imports included; CPU and memory are those of `wait4`. *CPU* is the same "
        "ratio in seconds of the processor. *Beside* is how many cores were busy with something else at the median: "
        "where that is more than 0.1, seconds on the clock say little, since a program that computes with two threads "
        "gets more of a busy machine than one that does with one.\n\n"
        "| work | the other build | reached | to reach | holds | CPU | beside | pairs | medians |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
    )
    rows = "".join(f"| {' | '.join(line.cells())} |\n" for line in lines)
    compared = "".join(f"- {line.race.name}: {line.verified}\n" for line in lines if line.verified)
    return f"{head}{rows}\nWhat was compared before any time was taken:\n\n{compared}" if compared else head + rows


def as_json(line: Line) -> dict[str, Any]:
    """Return a line for a program."""
    return {
        "work": line.race.work,
        "other_build": line.today,
        "reached": line.reached,
        "to_reach": line.race.goal,
        "holds": line.holds,
        "cpu": line.cpu,
        "cores_busy_beside": line.beside,
        "pairs": line.pairs,
        "unit": _UNITS[line.race.measure],
        "medians": line.medians,
        "compared": line.verified,
    }


def arguments() -> argparse.ArgumentParser:
    """Return what the command line may ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", help="races by name; without it all")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--other", type=Path, help="a checkout of the build that is compared with")
    parser.add_argument("--other-name", default="another one", help="how the table names it, such as its commit")
    parser.add_argument("--rows", type=int, default=MILLION, help="fewer rows: a trial, which writes no table")
    parser.add_argument("--students", type=int, default=LARGEST, help="at most so many: a trial")
    parser.add_argument("--files", type=int, default=FILES_SENT, help="so many small uploads a run")
    parser.add_argument("--fresh", action="store_true", help="forget what has been run")
    parser.add_argument("--list", action="store_true", help="only name the races")
    return parser


def measure_all(wanted: list[Race], runs: Runs, ours: Build, other: Build | None, pairs: int) -> dict[str, str]:
    """Run the races, and return those that have failed, with the reason: what was found or loaded is not the same."""
    failed = {}
    try:
        for race in wanted:
            try:
                measure(race, runs, ours, other, pairs)
            except SystemExit as problem:
                failed[race.name] = str(problem)
                console.print(f"{race.name}: {problem}", style="red", markup=False)
    finally:
        Server.stop_all()
    return failed


def main() -> None:
    """Run what the command line asks for, and write the table."""
    parser = arguments()
    asked = parser.parse_args()
    every = races(asked.rows, asked.students, asked.files)
    if asked.list:
        print("\n".join(f"{race.name}: {race.work}" for race in every))
        return
    if unknown := set(asked.only or ()) - {race.name for race in every}:
        parser.error(f"no such race: {', '.join(sorted(unknown))}")
    ours = Build("ours", ROOT)
    other = Build("other", asked.other) if asked.other else None
    code, size = (
        f"{ours.fingerprint()} {other.fingerprint() if other else '-'}",
        (asked.rows, asked.students, asked.files),
    )
    runs = Runs(code, f"{size}", is_fresh=asked.fresh)
    wanted = [race for race in every if race.name in (asked.only or [race.name]) and (other or not race.needs_other)]
    failed = measure_all(wanted, runs, ours, other, asked.pairs)
    lines = [line_of(race, runs) for race in every]
    text = table(lines, asked.other_name if asked.other else "none")
    if size == (MILLION, LARGEST, FILES_SENT):
        FOUND.write_text(json.dumps({line.race.name: as_json(line) for line in lines}, indent=2) + "\n")
        REPORT.write_text(text)
    print(text)
    if failed:
        raise SystemExit("\n".join(f"{name}: {problem}" for name, problem in failed.items()))


if __name__ == "__main__":
    main()
