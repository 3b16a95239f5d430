"""Many districts at once: thousands of small files through the whole path, with two workers. `python -m bench.many_files`.

It checks that every upload has ended well and that every row is stored exactly once, says where the time goes, and writes
`bench/many_files.json`. The state is made once (see `many_state.py`); a run that was stopped goes on where it was.
"""

import argparse
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from rich.progress import Progress, track

from bench.cpu_times import cpu_seconds, machine_cpu_seconds, postgres_cpu_seconds
from bench.many_state import ROWS_A_FILE, TIDEGATE, begin_or_go_on, console, file_of, folder_of, sau_of

TIMES = """
SELECT avg(extract(epoch FROM finished_at - started_at)),
    percentile_cont(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at)),
    sum(extract(epoch FROM finished_at - started_at)), max(try_count),
    (SELECT sum(extract(epoch FROM upper(busy) - lower(busy)))
     FROM (SELECT unnest(range_agg(tstzrange(started_at, finished_at))) FROM uploads_upload) AS of_all (busy))
FROM uploads_upload
"""


def send(districts: int) -> dict[str, Any]:
    """Send every file that was not sent before; return how many those were and what it took."""
    from tidegate.accounts.models import Person
    from tidegate.reference.models import Organization, SchoolYear
    from tidegate.uploads.lifecycle.receiving.receive import receive
    from tidegate.uploads.models import Upload

    year, person, saus = SchoolYear.objects.get(first=2020), Person.objects.get(), Organization.objects.in_bulk()
    sent = set(Upload.objects.values_list("file_name", flat=True))
    left = [number for number in range(districts) if f"{number}.csv" not in sent]
    begin = time.perf_counter()
    for number in track(left, "Sending", console=console):
        receive(
            file=BytesIO(file_of(number)),
            file_name=f"{number}.csv",
            file_type="cte",
            school_year=year,
            organization=saus[sau_of(number)],
            by=person,
        )
    seconds = time.perf_counter() - begin
    return {"files": len(left), "seconds": round(seconds, 1), "files_per_second": round(len(left) / seconds, 1)}


@contextmanager
def running_workers(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Let so many workers run, and end them however this ends."""
    workers = [subprocess.Popen([*TIDEGATE, "worker"]) for _ in range(count)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()


def work(count: int, database: Path) -> dict[str, Any]:
    """Let so many workers work until nothing is left; return what that took, and whose CPU."""
    from tidegate.uploads.models import State, Upload

    waiting = Upload.objects.filter(state__in=(State.WAITING, State.PROCESSING))
    files = waiting.count()
    with running_workers(count) as workers:
        before, begin = (*postgres_cpu_seconds(database), *machine_cpu_seconds()), time.perf_counter()
        with Progress(console=console) as progress:
            task = progress.add_task("Processing", total=files)
            while left := waiting.count():
                progress.update(task, completed=files - left)
                time.sleep(0.5)
            progress.update(task, completed=files)
        seconds = time.perf_counter() - begin
        after = (*postgres_cpu_seconds(database), *machine_cpu_seconds())
        of_workers = sum(cpu_seconds(worker.pid) for worker in workers)
    of_clients, beside, busy, idle = (late - early for early, late in zip(before, after, strict=True))
    return {
        "files": files,
        "seconds": round(seconds, 1),
        "files_per_second": round(files / seconds, 1),
        "rows_per_second": round(files * ROWS_A_FILE / seconds),
        "cpu_milliseconds_a_file": {
            "workers": round(1000 * of_workers / max(files, 1)),
            "postgres_for_clients": round(1000 * of_clients / max(files, 1)),
            "postgres_beside": round(1000 * beside / max(files, 1)),
        },
        "cores": os.cpu_count(),
        "cores_used_by_others": round((busy - of_workers - of_clients - beside) / seconds, 2),
        "cores_idle": round(idle / seconds, 2),
    }


def count(districts: int) -> None:
    """Stop where a row was lost or doubled."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT school_student_id) FROM records_cterecord")
        stored = cursor.fetchone()
        cursor.execute("SELECT state, count(*), sum(row_count), sum(success_count) FROM uploads_upload GROUP BY state")
        uploads = cursor.fetchall()
    good = districts * (ROWS_A_FILE - 1)
    if uploads != [("finished", districts, districts * ROWS_A_FILE, good)] or stored != (good, good):
        raise SystemExit(f"Rows are lost or doubled: {uploads}, {stored} stored")


def times_of_uploads(workers: int) -> dict[str, Any]:
    """Return what the uploads' own times say. The span leaves out when no worker had any, as between two runs."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(TIMES)
        average, (middle, most, longest), processing, tries, span = cursor.fetchone()
    return {
        "seconds_an_upload": round(float(average), 3),
        "median": round(middle, 3),
        "95_percent_under": round(most, 3),
        "longest": round(longest, 3),
        "most_tries": tries,
        "percent_of_the_workers_time_between_uploads": round(100 - 100 * float(processing) / float(span) / workers),
    }


def main() -> None:
    """Make the state, send every file, let the workers work, count, and say so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, default=13_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="begin anew where a run was stopped")
    asked = parser.parse_args()
    begin_or_go_on(asked.districts, is_fresh=asked.fresh)
    from tidegate.cli.setup import set_up

    set_up()
    result = {
        "districts": asked.districts,
        "workers": asked.workers,
        "rows": asked.districts * ROWS_A_FILE,
        "sending": send(asked.districts),
        "processing": work(asked.workers, folder_of(asked.districts) / "data" / "postgres"),
        "times_of_uploads": times_of_uploads(asked.workers),
    }
    count(asked.districts)
    (Path(__file__).parent / "many_files.json").write_text(json.dumps(result, indent=2) + "\n")
    console.print_json(data=result)


if __name__ == "__main__":
    main()
