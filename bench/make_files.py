"""Makes the benchmark's files: CTE and Student Enrollment files of any size, and a reference folder the size of Maine. Seeded."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import IO

STUDENTS = 170_000
FIRST_NUMBER = 900_000_000
CODES = ("01.0205", "13.1210", "47.0604", "12.0503", "46.0302", "15.1301")
HEADER = "SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits\n"


def make_reference(folder: Path) -> Path:
    """Write the reference folder, once: every student has a primary and a concurrent enrollment."""
    if (folder / "enrollments.csv").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "organizations.csv").write_text(
        "OrganizationID,Name,Kind,ParentID,LocalID\n1000,Rock Star Public Schools,SAU,,\n1001,Rock Star High School,School,1000,\n"
        "2000,Capital City Public Schools,SAU,,\n2001,Capital Area Technical Center,CTE School,2000,CATC\n"
    )
    (folder / "cte_codes.csv").write_text(
        "Code,Title,FirstYear,LastYear\n" + "".join(f"{code},Program,,\n" for code in CODES)
    )
    with (folder / "students.csv").open("w") as students:
        students.write("StateStudentID,LastName,FirstName,MiddleName,DateOfBirth,Gender\n")
        students.writelines(f"{FIRST_NUMBER + i},Last{i},First,,2004-01-01,F\n" for i in range(STUDENTS))
    with whole_file(folder / "enrollments.csv") as enrollments:
        enrollments.write(
            "SchoolYear,SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,StartStatus,ExitDate,ExitType\n"
        )
        for i in range(STUDENTS):
            number = FIRST_NUMBER + i
            enrollments.write(f"2020-2021,1000,1001,{number},1,P,11,2020-09-01,02,,\n")
            enrollments.write(f"2020-2021,2000,2001,{number},1,C,11,2020-09-01,02,,\n")
    return folder


ENROLLMENT_HEADER = (
    "SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,StartStatus,ResidentSAUID,ResidentTownCode,"
    "ExitDate,ExitType,Comments\n"
)


def make_enrollment_file(path: Path, *, rows: int, bad_percent: int, seed: int = 1) -> Path:
    """Write a Student Enrollment file of a CTE school, once: student after student comes for a week, and for another one, as
    often as there are rows for it, beside the primary enrollment that is stored. A bad row has a start status that does not
    exist."""

    def line(i: int, chance: random.Random) -> str:
        entry = date(2020, 9, 8) + timedelta(weeks=i // STUDENTS)
        status = "99" if chance.randrange(100) < bad_percent else "02"
        number = FIRST_NUMBER + i % STUDENTS
        return f"2000,2001,{number},{i % 99_999},C,11,{entry},{status},1000,011,{entry + timedelta(weeks=1)},02,\n"

    return make_file(path, ENROLLMENT_HEADER, line, rows=rows, seed=seed)


def make_cte_file(path: Path, *, rows: int, bad_percent: int, seed: int = 1) -> Path:
    """Write a CTE file, once. A bad row has a CTE code of two digits, as in the guide."""

    def line(i: int, chance: random.Random) -> str:
        code = "43" if chance.randrange(100) < bad_percent else chance.choice(CODES)
        number = FIRST_NUMBER + chance.randrange(STUDENTS)
        day = f"2020-09-{chance.randrange(1, 31):02d}"
        return f"1000,2001,{number},{i % 99_999},{code},{day},2021-06-11,{chance.randrange(400) / 100:.2f},\n"

    return make_file(path, HEADER, line, rows=rows, seed=seed)


def make_file(path: Path, header: str, line: Callable[[int, random.Random], str], *, rows: int, seed: int) -> Path:
    """Write the header and so many lines, unless the file is there."""
    if path.exists():
        return path
    chance = random.Random(seed)
    with whole_file(path) as out:
        out.write(header)
        out.writelines(line(i, chance) for i in range(rows))
    return path


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Write a file that is there when it is whole: a benchmark that is stopped meanwhile does not go on with half of it."""
    part = path.with_suffix(".part")
    with part.open("w") as out:
        yield out
    part.rename(path)


def file_type_of(path: Path) -> str:
    """Return the file type of one of these files, by its name."""
    return "student-enrollment" if path.name.startswith("enrollment") else "cte"


def organization_of(path: Path) -> int:
    """Return for which organization one of these files is sent: `BENCH_ORGANIZATION`, or the SAU of its first row."""
    if named := os.environ.get("BENCH_ORGANIZATION"):
        return int(named)
    with path.open() as lines:
        next(lines)
        return int(next(lines).partition(",")[0])
