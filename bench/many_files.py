"""Many districts at once: thousands of small files through the whole path, with two workers. `python -m bench.many_files`.

Every district has its own students, a primary enrollment at home and a concurrent one at a shared CTE school. It checks
that every upload has ended well and that every row is stored exactly once, and writes `bench/many_files.json`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

from bench.make_files import CODES, FIRST_NUMBER, HEADER

FILES = Path(__file__).parent / "files"
ROWS_A_FILE = 615
STUDENTS_A_FILE = 123
TIDEGATE = (sys.executable, "-m", "tidegate.cli.main")
CTE_SAU, CTE_SCHOOL, FIRST_SAU = 2000, 2001, 10_000


def make_reference(folder: Path, districts: int) -> Path:
    """Write the reference folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "organizations.csv").open("w") as out:
        out.write("OrganizationID,Name,Kind,ParentID,LocalID\n2000,Capital City Public Schools,SAU,,\n")
        out.write("2001,Capital Area Technical Center,CTE School,2000,CATC\n")
        for sau in range(FIRST_SAU, FIRST_SAU + districts):
            out.write(f"{sau},District {sau},SAU,,\n{sau + 100_000},High School {sau},School,{sau},\n")
    (folder / "cte_codes.csv").write_text(
        "Code,Title,FirstYear,LastYear\n" + "".join(f"{code},Program,,\n" for code in CODES)
    )
    with (folder / "students.csv").open("w") as out:
        out.write("StateStudentID,LastName,FirstName,MiddleName,DateOfBirth,Gender\n")
        out.writelines(f"{FIRST_NUMBER + i},Last{i},First,,2004-01-01,F\n" for i in range(districts * STUDENTS_A_FILE))
    with (folder / "enrollments.csv").open("w") as out:
        out.write("SchoolYear,SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,")
        out.write("StartStatus,ExitDate,ExitType\n")
        for i in range(districts * STUDENTS_A_FILE):
            sau, number = FIRST_SAU + i // STUDENTS_A_FILE, FIRST_NUMBER + i
            out.write(f"2020-2021,{sau},{sau + 100_000},{number},1,P,11,2020-09-01,02,,\n")
            out.write(f"2020-2021,{CTE_SAU},{CTE_SCHOOL},{number},1,C,11,2020-09-01,02,,\n")
    return folder


def file_of(district: int) -> bytes:
    """Return the file of a district: each student five times, one row of each file with an unknown code."""
    first = FIRST_NUMBER + district * STUDENTS_A_FILE
    lines = [
        f"{FIRST_SAU + district},{CTE_SCHOOL},{first + i % STUDENTS_A_FILE},{i},{CODES[i % 5]},2020-09-{i % 28 + 1:02d},,"
        f"{i % 400 / 100:.2f},\n"
        for i in range(ROWS_A_FILE - 1)
    ]
    return (HEADER + "".join(lines) + lines[0].replace(CODES[0], "43")).encode()


def make_state(folder: Path, districts: int) -> None:
    """Make the database and its state, and set Django up on it."""
    os.environ.update({"TIDEGATE_DATA_DIR": str(folder / "data"), "TIDEGATE_LOG_LEVEL": "ERROR"})
    os.environ["TIDEGATE_MAX_UPLOADS_PER_HOUR"] = "0"
    reference = make_reference(folder / "reference", districts)
    for command in (
        ["migrate"],
        ["import-reference", str(reference)],
        ["add-person", "bench@example.org", "--name", "Bench", "--role", "state-administrator"],
    ):
        subprocess.run([*TIDEGATE, *command], check=True, stdout=subprocess.DEVNULL)
    from tidegate.cli.setup import set_up

    set_up()


def send(districts: int) -> float:
    """Send every file; return how many seconds that took."""
    from tidegate.accounts.models import Person
    from tidegate.reference.models import Organization, SchoolYear
    from tidegate.uploads.receive import receive

    year, person = SchoolYear.objects.get(first=2020), Person.objects.get()
    saus = Organization.objects.in_bulk(range(FIRST_SAU, FIRST_SAU + districts))
    begin = time.perf_counter()
    for number in range(districts):
        receive(
            file=BytesIO(file_of(number)),
            file_name=f"{number}.csv",
            file_type="cte",
            school_year=year,
            organization=saus[FIRST_SAU + number],
            by=person,
        )
    return time.perf_counter() - begin


def work(count: int) -> float:
    """Let so many workers work until nothing is left; return how many seconds that took."""
    from tidegate.uploads.models import State, Upload

    workers = [subprocess.Popen([*TIDEGATE, "worker"]) for _ in range(count)]
    begin = time.perf_counter()
    while Upload.objects.filter(state__in=(State.WAITING, State.PROCESSING)).exists():
        time.sleep(0.5)
    seconds = time.perf_counter() - begin
    for worker in workers:
        worker.terminate()
        worker.wait()
    return seconds


def count(districts: int) -> float:
    """Return the seconds that an upload took; stops where a row was lost or doubled."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT (sau_id, school_student_id)) FROM records_cterecord")
        stored = cursor.fetchone()
        cursor.execute("SELECT state, count(*), sum(row_count), sum(success_count) FROM uploads_upload GROUP BY state")
        uploads = cursor.fetchall()
        cursor.execute("SELECT extract(epoch FROM avg(finished_at - started_at)) FROM uploads_upload")
        seconds = float(cursor.fetchone()[0])
    good = districts * (ROWS_A_FILE - 1)
    if uploads != [("finished", districts, districts * ROWS_A_FILE, good)] or stored != (good, good):
        raise SystemExit(f"Rows are lost or doubled: {uploads}, {stored} stored")
    return seconds


def main() -> None:
    """Make the state, send every file, let the workers work, count, and say so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, default=13_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    make_state(FILES / f"many_{asked.districts}", asked.districts)
    sent = send(asked.districts)
    seconds = work(asked.workers)
    rows = asked.districts * ROWS_A_FILE
    result = {
        "districts": asked.districts,
        "workers": asked.workers,
        "rows": rows,
        "seconds_to_send": round(sent, 1),
        "seconds_to_process": round(seconds, 1),
        "files_per_second": round(asked.districts / seconds, 1),
        "rows_per_second": round(rows / seconds),
        "seconds_an_upload": round(count(asked.districts), 3),
    }
    (Path(__file__).parent / "many_files.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
