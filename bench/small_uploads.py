"""Small CTE files of districts, sent and then processed by workers: `python -m bench.small_uploads FILES STUDENTS WORKERS OUT`.

A district's file has 30 to 5,000 rows, 5 % of them wrong. The data folder and the database are those of the environment.
It writes how many files a second the workers have processed, from the first one's begin to the last one's end.
"""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

from bench import district_state as state
from bench.cases import DISTRICT
from bench.district_files import make_cte_file
from bench.program import function

SIZES = (30, 60, 120, 300, 300, 600, 1_200, 2_500, 5_000)
_LEFT = "SELECT count(*) FROM uploads_upload WHERE state IN ('waiting', 'processing')"
_RATE = "SELECT count(*), extract(epoch FROM max(finished_at) - min(started_at)) FROM uploads_upload"


def make_files(count: int, students: int) -> list[tuple[int, Path]]:
    """Return districts and their files, which are made once."""
    folder = DISTRICT / f"small_{students}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [(number % state.SAUS, folder / f"{number:05d}.csv") for number in range(count)]
    if all(path.exists() for _, path in paths):
        return paths
    of_saus: list[list[int]] = [[] for _ in range(state.SAUS)]
    for index in range(students):
        one = state.student_of(index)
        if one.has_concurrent:
            of_saus[one.sau].append(index)
    for number, (sau, path) in enumerate(paths):
        rows = random.Random(number).choice(SIZES)
        make_cte_file(path, rows=rows, bad_percent=5, seed=number, among=of_saus[sau])
    return paths


def send(paths: list[tuple[int, Path]]) -> None:
    """Send every file for its district."""
    from tidegate.accounts.models import Person
    from tidegate.reference.models import Organization, SchoolYear

    receive = function("receive")
    year, person, saus = SchoolYear.objects.get(first=2020), Person.objects.get(), Organization.objects.in_bulk()
    for sau, path in paths:
        with path.open("rb") as file:
            receive(
                file=file,
                file_name=path.name,
                file_type="cte",
                school_year=year,
                organization=saus[int(state.sau_id(sau))],
                by=person,
            )


def work(workers: int) -> float:
    """Let so many workers work until nothing is left; return how many files a second they have processed."""
    from django.db import connection

    command = [sys.executable, "-m", "tidegate.cli.main", "worker"]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(workers)]
    try:
        with connection.cursor() as cursor:
            left = 1
            while left:
                time.sleep(0.2)
                cursor.execute(_LEFT)
                left = cursor.fetchone()[0]
                if any(worker.poll() is not None for worker in running):
                    raise SystemExit("A worker has ended")
            cursor.execute(_RATE)
            files, seconds = cursor.fetchone()
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait()
    return float(files) / float(seconds)


def main() -> None:
    """Make, send, work, and write the rate."""
    count, students, workers = map(int, sys.argv[1:4])
    from tidegate.cli.setup import set_up

    set_up()
    send(make_files(count, students))
    Path(sys.argv[4]).write_text(json.dumps({"files_per_second": work(workers)}) + "\n")


if __name__ == "__main__":
    main()
