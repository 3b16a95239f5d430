"""Makes small worlds at random, each of one student with a few rows and stored enrollments, and compares what tidegate
says of the rows in the light of each other with the plain rules.

The long run: `.venv/bin/python -m tools.compare_with_plain_rules --count 100000`. A sample of it runs in the suite.
"""

import argparse
import csv
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tools.plain_rules import check_group, check_student

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find
from tidegate.states.maine.file_types.student_enrollment.plain import NEVER, Key, PlainLine, PlainPeriod

REFERENCE = Path(__file__).parents[1] / "tests" / "corpus" / "reference"
SAU_OF = {"1001": "1000", "2002": "2000", "2001": "2000"}
ACROSS = {"ENR301", "ENR302", "ENR501", "ENR502", "ENR503", "ENR504", "CTE301"}
FIRST_STUDENT = 910_000_000
FIRST_DAY = date(2020, 9, 1)
AT_ONCE = 2_000
"""So many worlds stand in one file."""


@dataclass(frozen=True)
class World:
    """One student: the rows of the file and what is stored."""

    student: str
    rows: Sequence[Mapping[str, str]]
    stored: Sequence[PlainPeriod]


def make_world(chance: random.Random, student: str) -> World:
    """Return a student with one to five rows and up to four stored enrollments; primary ones follow each other."""
    stored, day = [], FIRST_DAY
    while chance.random() < 0.6 and day < NEVER and len(stored) < 3:
        day += timedelta(days=chance.randrange(3))
        end = NEVER if chance.random() < 0.5 else day + timedelta(days=chance.randrange(5))
        stored.append(PlainPeriod((chance.choice(["1001", "2002"]), "P", day), end))
        day = end
    for _ in range(chance.randrange(3)):
        entry = FIRST_DAY + timedelta(days=chance.randrange(9))
        end = NEVER if chance.random() < 0.6 else entry + timedelta(days=chance.randrange(5))
        stored.append(PlainPeriod(("2001", "C", entry), end))
    stored = list({period.key: period for period in stored}.values())
    rows = [_make_row(chance, student, stored) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.4:
        rows.append({**chance.choice(rows), **chance.choice([{}, {}, _one_cell(chance)])})
    return World(student, rows, stored)


def _one_cell(chance: random.Random) -> dict[str, str]:
    cells = [("GradeLevel", "12"), ("GradeLevel", "13"), ("ResidentTownCode", "A1"), ("ResidentTownCode", "012")]
    cells += [("StartStatus", "99"), ("Comments", "again"), ("ExitDate", "x"), ("EntryDate", "x")]
    return dict([chance.choice(cells)])


def _make_row(chance: random.Random, student: str, stored: Sequence[PlainPeriod]) -> dict[str, str]:
    kind = chance.choice("PPPC")
    entry = FIRST_DAY + timedelta(days=chance.randrange(9))
    school = "2001" if kind == "C" else chance.choice(["1001", "2002"])
    if stored and chance.random() < 0.6:
        school, kind, entry = chance.choice(stored).key
    left = str(entry + timedelta(days=chance.randrange(-1, 6))) if chance.random() < 0.6 else ""
    row = {"SAUID": SAU_OF[school], "SchoolID": school, "StateStudentID": student, "EnrollmentType": kind}
    row |= {"GradeLevel": "11", "EntryDate": str(entry), "StartStatus": "02", "ResidentSAUID": "1000"}
    row |= {"ResidentTownCode": "", "ExitDate": left, "ExitType": "02" if left else "", "Comments": ""}
    return row | (_one_cell(chance) if chance.random() < 0.2 else {})


def expected(world: World, first_row: int) -> Iterator[tuple[int, str]]:
    """Yield each row's number with the codes that the plain rules find."""
    lines = [_line(row, cells) for row, cells in enumerate(world.rows, start=first_row)]
    check_student(lines, world.stored)
    for line in lines:
        yield from ((line.row, code) for code in line.found)


def _line(row: int, cells: Mapping[str, str]) -> PlainLine:
    odd = {"GradeLevel": "13", "ResidentTownCode": "A1", "StartStatus": "99", "ExitDate": "x", "EntryDate": "x"}
    wrong = {column for column, text in odd.items() if cells[column] == text}
    own = {f"CELL:{column}" for column in wrong}
    key: Key | None = None
    if "EntryDate" not in wrong:
        key = (cells["SchoolID"], cells["EnrollmentType"], date.fromisoformat(cells["EntryDate"]))
    leaves = cells["ExitDate"] if "ExitDate" not in wrong else ""
    end = date.fromisoformat(leaves) if leaves else NEVER
    if key is not None and end < key[2]:
        own.add("ENR202")
    if cells["ExitDate"] and not cells["ExitType"]:
        own.add("ENR203")
    if cells["ExitType"] and not cells["ExitDate"]:
        own.add("ENR204")
    if end < FIRST_DAY.replace(month=7):
        own.add("CELL107")
    period = PlainPeriod(key, end) if key is not None and "ExitDate" not in wrong else None
    return PlainLine(row, cells, key, period, own, wrong)


def compare_enrollments(folder: Path, chance: random.Random, count: int) -> list[str]:
    """Return the worlds in which tidegate finds something else than the plain rules, told apart in words."""
    worlds = [make_world(chance, str(FIRST_STUDENT + number)) for number in range(count)]
    reference = _write_reference(folder / "reference", worlds)
    rows = [row for world in worlds for row in world.rows]
    said = _said(folder / "upload.csv", "student-enrollment", rows, reference)
    faults, first_row = [], 2
    for world in worlds:
        mine = {pair for pair in said if first_row <= pair[0] < first_row + len(world.rows)}
        plain = set(expected(world, first_row))
        if mine != plain:
            differing = f"only tidegate {sorted(mine - plain)}, only plain {sorted(plain - mine)}"
            faults.append(f"rows from {first_row}: {world}\n  {differing}")
        first_row += len(world.rows)
    return faults


def compare_groups(folder: Path, chance: random.Random, count: int) -> list[str]:
    """Return what differs for CTE lines, whose groups are loaded together or not at all."""
    worlds = [
        World(str(FIRST_STUDENT + number), (), [PlainPeriod(("2001", "C", FIRST_DAY), NEVER)])
        for number in range(count)
    ]
    reference = _write_reference(folder / "reference", worlds)
    rows = [_make_line(chance, chance.choice(worlds).student) for _ in range(4 * count)]
    said = _said(folder / "upload.csv", "cte", rows, reference)
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        if row["SchoolID"] == "2001" and row["CTECode"] != "43":
            groups.setdefault((row["StateStudentID"], row["CTECode"]), []).append(place)
    plain = set()
    for places in groups.values():
        kept = check_group([rows[place]["CreditsEarned"] == "x" for place in places])
        plain |= {(place + 2, "CTE301") for place, is_kept in zip(places, kept, strict=True) if is_kept}
    return [f"only one of both says {pair}: {rows[pair[0] - 2]}" for pair in sorted(said ^ plain)]


def _make_line(chance: random.Random, student: str) -> dict[str, str]:
    line = {"SAUID": "2000", "SchoolID": chance.choice(["2001", "2001", "2001", "9"]), "StateStudentID": student}
    line |= {"CTECode": chance.choice(["01.0205", "13.1210", "43"]), "StartDate": "2020-09-01"}
    return line | {"CreditsEarned": chance.choice(["1.5", "1.5", "2", "x"])}


def _write_reference(folder: Path, worlds: Sequence[World]) -> Path:
    shutil.copytree(REFERENCE, folder)
    with (folder / "students.csv").open("a") as students:
        students.writelines(f"{world.student},Last,First,,2004-01-01,F\n" for world in worlds)
    with (folder / "enrollments.csv").open("a") as enrollments:
        for world in worlds:
            primary = () if world.rows else (PlainPeriod(("1001", "P", FIRST_DAY), NEVER),)
            for period in (*primary, *world.stored):
                (school, kind, entry), left = period.key, "" if period.end == NEVER else period.end
                enrollments.write(
                    f"2020-2021,{SAU_OF[school]},{school},{world.student},,{kind},11,{entry},02,{left},\n"
                )
    return folder


def _said(path: Path, file_type: str, rows: Sequence[Mapping[str, str]], reference: Path) -> set[tuple[int, str]]:
    """Return each row's number with the codes that tidegate finds, as far as they are about rows across."""
    kind = find(file_type)
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(kind.layout.columns), restval="")
        writer.writeheader()
        writer.writerows(rows)
    tables = ReferenceFolder(reference)
    checked = check(path, kind.layout, kind.rules, focus=Focus(SchoolYear(2020)), tables=tables)
    return {(row, code) for row, code in checked.findings.select("row", "code").iter_rows() if code in ACROSS}


def main() -> int:
    """Compare so many worlds, and print those that differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    fault_count = 0
    for number in range(0, asked.count, AT_ONCE):
        for compare in (compare_enrollments, compare_groups):
            chance = random.Random(asked.seed + number)  # noqa: S311 - worlds, no secrets
            with tempfile.TemporaryDirectory() as folder:
                faults = compare(Path(folder), chance, AT_ONCE)
            fault_count += len(faults)
            print(*faults[:5], sep="\n", end="\n" if faults else "")
    print(f"{asked.count:,} worlds, {fault_count:,} differ")
    return 1 if fault_count else 0


if __name__ == "__main__":
    sys.exit(main())
