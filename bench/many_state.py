"""The state for thousands of district files, made once and copied for every run, and the files themselves.

A district has students of its own, each with a primary enrollment at home and a concurrent one at a CTE school.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from rich.console import Console

from bench.make_files import CODES, FIRST_NUMBER, HEADER
from bench.state import FILES, RUN, TEMPLATE, fresh_copy, url_of

TIDEGATE = (sys.executable, "-m", "tidegate.cli.main")
ROWS_A_FILE = 615
STUDENTS_A_FILE = 123
MOST_SAUS = 4_400
"""NEO organization IDs have four digits and a district needs two: of more districts, several send for one SAU."""
SAUS_A_CTE_SCHOOL = 50
FIRST_SCHOOL, CTE_SAU, FIRST_CTE_SCHOOL = 4_500, 9_000, 9_001
console = Console()


def folder_of(districts: int) -> Path:
    """Return the folder in which all that belongs to so many districts lies."""
    return FILES / f"many_{districts}"


def sau_of(district: int) -> int:
    """Return the ID of the SAU that a district sends for."""
    return 1 + district % MOST_SAUS


def cte_school_of(district: int) -> int:
    """Return the ID of the CTE school that a district's students go to."""
    return FIRST_CTE_SCHOOL + sau_of(district) // SAUS_A_CTE_SCHOOL


def file_of(district: int) -> bytes:
    """Return the file of a district: each student five times, one row of each file with an unknown code. No two rows that are
    to be stored, of whatever files, have the same SchoolStudentID."""
    first, schools = FIRST_NUMBER - 1 + district * STUDENTS_A_FILE, f"{sau_of(district)},{cte_school_of(district)}"
    lines = [
        f"{schools},{first + 1 + i % STUDENTS_A_FILE},{district}-{i},{CODES[i % 5]},2020-09-{i % 28 + 1:02d},,{i % 400 / 100:.2f},\n"
        for i in range(ROWS_A_FILE - 1)
    ]
    return (HEADER + "".join(lines) + lines[0].replace(CODES[0], "43")).encode()


def make_reference(folder: Path, districts: int) -> Path:
    """Write the reference folder."""
    folder.mkdir(parents=True, exist_ok=True)
    saus = range(1, min(districts, MOST_SAUS) + 1)
    with (folder / "organizations.csv").open("w") as out:
        out.write(f"OrganizationID,Name,Kind,ParentID,LocalID\n{CTE_SAU},Capital City Public Schools,SAU,,\n")
        for school in sorted({cte_school_of(sau - 1) for sau in saus}):
            out.write(f"{school},Technical Center {school},CTE School,{CTE_SAU},\n")
        for sau in saus:
            out.write(f"{sau},District {sau},SAU,,\n{FIRST_SCHOOL + sau},High School {sau},School,{sau},\n")
    codes = "".join(f"{code},Program,,\n" for code in CODES)
    (folder / "cte_codes.csv").write_text(f"Code,Title,FirstYear,LastYear\n{codes}")
    with (folder / "students.csv").open("w") as students, (folder / "enrollments.csv").open("w") as enrollments:
        students.write("StateStudentID,LastName,FirstName,MiddleName,DateOfBirth,Gender\n")
        enrollments.write(
            "SchoolYear,SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,"
        )
        enrollments.write("StartStatus,ExitDate,ExitType\n")
        for i in range(districts * STUDENTS_A_FILE):
            district, number = i // STUDENTS_A_FILE, FIRST_NUMBER + i
            sau, school = sau_of(district), cte_school_of(district)
            students.write(f"{number},Last{i},First,,2004-01-01,F\n")
            enrollments.write(f"2020-2021,{sau},{FIRST_SCHOOL + sau},{number},1,P,11,2020-09-01,02,,\n")
            enrollments.write(f"2020-2021,{CTE_SAU},{school},{number},1,C,11,2020-09-01,02,,\n")
    return folder


def make_state(districts: int) -> str:
    """Return the URL of the server's own database. Makes the state, once; the environment is then that of its data folder."""
    folder = folder_of(districts)
    os.environ.update({"TIDEGATE_DATA_DIR": str(folder / "data"), "TIDEGATE_LOG_LEVEL": "ERROR"})
    os.environ.update({"TIDEGATE_MAX_UPLOADS_PER_HOUR": "0", "DJANGO_SETTINGS_MODULE": "tidegate.project.settings"})
    os.environ.pop("TIDEGATE_DATABASE_URL", None)
    done = folder / "is-made"
    commands = [["migrate"]]
    if not done.exists():
        person = ["add-person", "bench@example.org", "--name", "Bench", "--role", "state-administrator"]
        commands += [["import-reference", str(make_reference(folder / "reference", districts))], person]
    for command in commands:
        begin = time.perf_counter()
        subprocess.run([*TIDEGATE, *command], check=True, stdout=subprocess.DEVNULL)
        console.print(f"tidegate {command[0]}: {time.perf_counter() - begin:.1f} s")
    from tidegate.project.database import ensure_running

    url = ensure_running()
    if not done.exists():
        with psycopg.connect(url_of(url, TEMPLATE), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        done.touch()
    return url_of(url, "postgres")


def begin_or_go_on(districts: int, *, is_fresh: bool) -> str:
    """Return the URL of a copy of the state: that of a run which was stopped, or a new one."""
    server = make_state(districts)
    if is_fresh or _has_ended(server, districts):
        shutil.rmtree(folder_of(districts) / "data" / "uploads", ignore_errors=True)
        url = fresh_copy(server)
    else:
        url = url_of(server, RUN)
        console.print("A run that was stopped goes on")
    os.environ["TIDEGATE_DATABASE_URL"] = url
    return url


def _has_ended(server: str, districts: int) -> bool:
    """Whether no run is there that was stopped before its end."""
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [RUN]).fetchone():
            return True
    with psycopg.connect(url_of(server, RUN), autocommit=True) as connection:
        ended = connection.execute("SELECT FROM uploads_upload WHERE finished_at IS NOT NULL").rowcount
        return ended == districts
