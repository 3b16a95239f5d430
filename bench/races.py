"""The races of `bench.targets`: who runs, what is compared before any time is, and what is to be reached."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from bench.cases import DISTRICT, Case, fresh_folder
from bench.compared import check_same, check_same_as_build, of_duckdb, of_full_log
from bench.processes import Build, Used, run

Measure = Literal["wall", "cpu", "peak_mb", "rate"]
Side = Callable[[], Used]
_CHECKED = (0, 1)


@dataclass(frozen=True)
class Race:
    """One line of the table.

    `goal` is a ratio of this build to its rival, or MB where nobody is raced against; None is only reported. `sides`
    gives for the builds what each runs: `ours`, `rival`, and for "today" `other`, beside which `other rival` runs where
    the rival is of the build, too. `verify` compares what was found before a time is taken. A larger `rate` is better.
    `is_one_process`: all that the work costs is in the processes that run, and nothing in a database beside them.
    """

    name: str
    work: str
    goal: float | None
    measure: Measure
    sides: Callable[[Build, Build | None], Mapping[str, Side]] = field(repr=False)
    verify: Callable[[Build, Build | None], str] = field(repr=False)
    needs_other: bool = False
    is_one_process: bool = True

    @property
    def has_rival(self) -> bool:
        """Whether it is a ratio."""
        return self.measure != "peak_mb"


def check_used(build: Build, case: Case, *, reference: Path | None = None) -> Used:
    """Run `tidegate check` with the Result Log."""
    return _check(build, case, reference or case.reference(), "--result-log", case.output(build.name, "log.csv"))


def _check(build: Build, case: Case, reference: Path, option: str, log: Path) -> Used:
    """Run `tidegate check` with a log. Status 1 is that of errors in the file, and of a process that was broken off.

    Raises:
        SystemExit: It has written no log.
    """
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    command = build.check(case.file(), case.file_type, reference, [option, str(log)])
    used = run(command, build.environment(), allowed=_CHECKED)
    if not log.exists():
        raise SystemExit(f"{build.name}: the check of {case.file().name} broke off and wrote no log")
    return used


@cache
def found_by(build: Build, case: Case) -> Path:
    """Return the full log of a case by a build."""
    log = case.output(build.name, "full.csv")
    _check(build, case, case.reference(), "--full-log", log)
    return log


def duckdb_used(build: Build, case: Case, *, good: bool = False) -> Used:
    """Run the DuckDB script with all checks."""
    findings = case.output("duckdb", "csv")
    findings.parent.mkdir(exist_ok=True)
    paths = [str(case.file()), str(case.reference()), str(findings)]
    if good:
        paths.append(str(case.output("duckdb", "good.csv")))
    return run([sys.executable, "-m", "bench.contenders.duckdb_check", case.file_type, *paths], build.environment())


def read_used(build: Build, case: Case) -> Used:
    """Let DuckDB merely read the file."""
    command = [sys.executable, "-m", "bench.one", "duckdb_read", str(case.file()), str(case.reference())]
    return run(command, build.environment())


def verify_with_duckdb(case: Case) -> Callable[[Build, Build | None], str]:
    """Return what compares the findings with those of the DuckDB script, and with those of the other build."""

    def verify(ours: Build, other: Build | None) -> str:
        found = of_full_log(found_by(ours, case))
        duckdb_used(ours, case)
        count = check_same("tidegate", found, "DuckDB SQL", of_duckdb(case.output("duckdb", "csv")))
        if other:
            check_same_as_build(found, of_full_log(found_by(other, case)))
        return f"{count:,} of {case.rows:,} rows refused by all, {found.total():,} findings alike"

    return verify


def verify_with_other(case: Case, plain: Case | None = None) -> Callable[[Build, Build | None], str]:
    """Return what compares the findings with those of the other build, and with those of the plain file."""

    def verify(ours: Build, other: Build | None) -> str:
        found = of_full_log(found_by(ours, case))
        if plain:
            check_same("the variant", found, "the plain file", of_full_log(found_by(ours, plain)))
        if other:
            check_same_as_build(found, of_full_log(found_by(other, case)))
        return f"{found.total():,} findings alike"

    return verify


def check_race(name: str, work: str, goal: float | None, case: Case, *, to: str) -> Race:
    """Return a race of `tidegate check` on the clock: `to` "sql", "read" or "other"."""

    def sides(ours: Build, other: Build | None) -> dict[str, Side]:
        found: dict[str, Side] = {"ours": lambda: check_used(ours, case)}
        if to == "other":
            return found | ({"rival": lambda: check_used(other, case)} if other else {})
        rival = duckdb_used if to == "sql" else read_used
        found["rival"] = lambda: rival(ours, case)
        return found | ({"other": lambda: check_used(other, case)} if other else {})

    verify = verify_with_other(case) if to == "other" else verify_with_duckdb(case)
    return Race(name, work, goal, "wall", sides, verify, needs_other=to == "other")


def variant_race(name: str, goal: float | None, case: Case, variant: str, plain_variant: str = "") -> Race:
    """Return a race of a variant to the same rows without its traits, in seconds of the processor."""
    odd, plain = case._replace(variant=variant), case._replace(variant=plain_variant)

    def sides(ours: Build, other: Build | None) -> dict[str, Side]:
        found: dict[str, Side] = {
            "ours": lambda: check_used(ours, odd),
            "rival": lambda: check_used(ours, plain),
        }
        if other:
            found |= {"other": lambda: check_used(other, odd), "other rival": lambda: check_used(other, plain)}
        return found

    to = "the same rows with plain names" if plain_variant else "the same rows without it"
    work = f"check, {case.rows:,} {case.title} rows, {variant.replace('_', ' ')}, to {to} (CPU)"
    return Race(name, work, goal, "cpu", sides, verify_with_other(odd, plain))


def small_race(name: str, goal: float, case: Case, *, beyond_imports: bool = False) -> Race:
    """Return a race of a small check to the other build in seconds of the processor, with or without its imports."""

    def cost(build: Build) -> Used:
        used = check_used(build, case)
        return used._replace(cpu=used.cpu - imports_used(build, case).cpu) if beyond_imports else used

    def sides(ours: Build, other: Build | None) -> dict[str, Side]:
        return {"ours": lambda: cost(ours)} | ({"rival": lambda: cost(other)} if other else {})

    what = ", beyond importing the same libraries" if beyond_imports else ""
    work = f"check, {case.rows} rows against {case.students:,} students{what}, to the other build (CPU)"
    return Race(name, work, goal, "cpu", sides, verify_with_other(case), needs_other=True)


def imports_used(build: Build, case: Case) -> Used:
    """Run a process that only imports the libraries that the check of a case imports."""
    names = DISTRICT / f"imports_{build.name}_{build.fingerprint()}.txt"
    command = [sys.executable, "-m", "bench.imports_only", str(names)]
    if not names.exists():
        checking = build.check(case.file(), case.file_type, case.reference(), ["--result-log", "/dev/null"])
        run([*command, "--write", *checking[3:]], build.environment())
    return run(command, build.environment())


def first_use_race(name: str, case: Case) -> Race:
    """Return a race of the first check against a reference folder that nobody has used, to the other build."""

    def first(build: Build) -> Used:
        return check_used(build, case, reference=fresh_folder(case.reference(), build.name))

    def sides(ours: Build, other: Build | None) -> dict[str, Side]:
        return {"ours": lambda: first(ours)} | ({"rival": lambda: first(other)} if other else {})

    work = f"first check against a new reference folder of {case.students:,} students, to the other build (CPU)"
    return Race(name, work, None, "cpu", sides, verify_with_other(case), needs_other=True)


def peak_race(name: str, work: str, goal: float, cases: list[Case]) -> Race:
    """Return the most memory of checks of some files, in MB."""

    def largest(build: Build) -> Used:
        return max((check_used(build, case) for case in cases), key=lambda used: used.peak_mb)

    def sides(ours: Build, other: Build | None) -> dict[str, Side]:
        found: dict[str, Side] = {"ours": lambda: largest(ours)}
        return found | ({"other": lambda: largest(other)} if other else {})

    def verify(ours: Build, other: Build | None) -> str:
        return "; ".join(verify_with_other(case)(ours, other) for case in cases)

    return Race(name, work, goal, "peak_mb", sides, verify)
