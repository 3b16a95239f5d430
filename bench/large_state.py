"""The same upload against Maine's enrollments and against 20 million. `python -m bench.large_state`.

The upload is the whole path with nothing kept (check only), so that both states stay as they are. It writes `bench/large_state.json`.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench.make_files import make_cte_file, make_reference
from bench.state import FILES, TEMPLATE, environment, make_state, url_of

FOUND = Path(__file__).parent / "large_state.json"
LARGE = "bench_large"
ENROLLMENTS = 20_000_000
ROWS = (300, 5_000, 100_000)
FIRST = 100_000_000


def make_large(server: str, enrollments: int) -> str:
    """Return the URL of a state with so many enrollments, which is made once: indexes are built after the rows. The exclusion
    constraint, which takes longer than all else and which no CTE upload asks, is left out."""
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [LARGE]).fetchone():
            return url_of(server, LARGE)
        connection.execute(f"CREATE DATABASE {LARGE} TEMPLATE {TEMPLATE}")
    url = url_of(server, LARGE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        named = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'records_enrollment'::regclass AND contype IN ('x', 'u')"
        constraints = connection.execute(named).fetchall()
        for name, _ in constraints:
            connection.execute(f'ALTER TABLE records_enrollment DROP CONSTRAINT "{name}"')
        plain = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'records_enrollment' AND indexname NOT LIKE '%%pkey'"
        indexes = connection.execute(plain).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        students = enrollments // 2
        connection.execute(
            "INSERT INTO records_student (number) SELECT (%s + i)::text FROM generate_series(1, %s) i",
            [FIRST, students],
        )
        connection.execute(
            """
            INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
                grade_level, entry_date, start_status, resident_sau_id, resident_town_code, exit_type, comments)
            SELECT (%s + i)::text, 2020, CASE kind WHEN 'P' THEN 1000 ELSE 2000 END, CASE kind WHEN 'P' THEN 1001 ELSE 2001 END,
                   '1', kind, '11', '2020-09-01', '02', 1000, '', '', ''
            FROM generate_series(1, %s) i, (VALUES ('P'), ('C')) AS of (kind)
            """,
            [FIRST, students],
        )
        for _, definition in indexes:
            connection.execute(definition)
        for name, definition in constraints:
            if "EXCLUDE" not in definition:
                connection.execute(f'ALTER TABLE records_enrollment ADD CONSTRAINT "{name}" {definition}')
        connection.execute("VACUUM ANALYZE")
    return url


def one(file: Path) -> None:
    """Be one upload of the file, check only; print its seconds."""
    import time

    from tidegate.cli.setup import set_up

    set_up()
    from tidegate.accounts.models import Person
    from tidegate.reference.models import Organization, SchoolYear
    from tidegate.uploads.lifecycle.processing.process import process
    from tidegate.uploads.lifecycle.receiving.receive import receive

    seconds = []
    for _ in range(4):  # the first one warms the connection and the database's memory
        begin = time.perf_counter()
        with file.open("rb") as content:
            upload = receive(
                file=content, file_name=file.name, file_type="cte", school_year=SchoolYear.objects.get(first=2020),
                organization=Organization.objects.get(pk=1000), by=Person.objects.get(), check_only=True,
            )  # fmt: skip
        process(upload_id=upload.pk)
        seconds.append(time.perf_counter() - begin)
    upload.refresh_from_db()
    assert upload.success_count, upload.state
    print(json.dumps(seconds[1:]))


def measure(enrollments: int, rows: Sequence[int], rounds: int) -> dict[str, Any]:
    """Return what uploads of some sizes take against both states, in turn, and write it down."""
    server = make_state(make_reference(FILES / "reference"))
    urls = {"Maine": url_of(server, TEMPLATE), "large": make_large(server, enrollments)}
    results: dict[str, dict[str, float]] = {}
    for count in rows:
        file = make_cte_file(FILES / f"cte_{count}_5.csv", rows=count, bad_percent=5)
        seconds: dict[str, list[float]] = {name: [] for name in urls}
        for _ in range(rounds):
            for name, url in urls.items():
                own = {
                    **os.environ,
                    **environment(),
                    "TIDEGATE_DATABASE_URL": url,
                    "TIDEGATE_MAX_UPLOADS_PER_HOUR": "0",
                }
                command = [sys.executable, "-m", "bench.large_state", "--one", str(file)]
                run = subprocess.run(command, env=own, stdout=subprocess.PIPE, text=True, check=True)
                seconds[name] += json.loads(run.stdout.splitlines()[-1])
        found = {name: median(times) for name, times in seconds.items()}
        results[f"{count:,} rows"] = {name: round(time, 3) for name, time in found.items()} | {
            "ratio": round(found["large"] / found["Maine"], 2)
        }
    summary = {"enrollments": enrollments + 340_000, "uploads": results}
    FOUND.write_text(json.dumps(summary, indent=2) + "\n")
    return summary


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enrollments", type=int, default=ENROLLMENTS)
    parser.add_argument("--rows", type=int, nargs="+", default=list(ROWS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(Path(asked.one))
    else:
        print(json.dumps(measure(asked.enrollments, asked.rows, asked.rounds), indent=2))


if __name__ == "__main__":
    main()
