"""The state's home with many districts beside that of few: CPU time of server and database, and queries. `python -m bench.home`.

Each size has a database of its own with invented senders and three years of uploads, as if they had been sent. Every
address but that of a district fills a page of 100 at both sizes, so that like is compared with like: about two hundred
senders have the name that is looked for, and more than a hundred lack a file type, however many there are. Each is asked several times through Django's test
client, in turns; the faster half of the turns counts, since the other half is about what else the machine does. Writes
`bench/home.json`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

HERE = Path(__file__).parent
TIDEGATE = (sys.executable, "-m", "tidegate.cli.main")
SMALL, LARGE = 250, 13_000
YEARS = (2018, 2019, 2020)
ROUNDS, AT_ONCE = 12, 5
GOAL = 1.3
# The file types of the first state. The triggers are off meanwhile: what they would note is put there at once.
FILL = """
ALTER TABLE reference_organization DROP CONSTRAINT IF EXISTS organization_id_has_4_digits; -- the first state's
SET session_replication_role = replica;
INSERT INTO reference_schoolyear (first, name) SELECT year, year || '-' || year + 1 FROM unnest(%(years)s::int[]) year;
INSERT INTO reference_organization (id, identifier, name, kind, parent_id, local_id)
    SELECT id, id::text, CASE WHEN id * 200 %% %(districts)s < 200 THEN 'District ' ELSE 'Town of ' END || md5(id::text),
        'SAU', NULL, '' FROM generate_series(1, %(districts)s) id;
INSERT INTO reference_organization (id, identifier, name, kind, parent_id, local_id)
    SELECT 100000 + id, (100000 + id)::text, 'School ' || id, 'School', 1 + id / 4, ''
    FROM generate_series(0, 4 * %(districts)s - 1) id;
INSERT INTO uploads_upload (file_type, file_name, organization_id, school_year_id, sent_by_id, sent_at, started_at,
    finished_at, state, check_only, byte_count, sha256, stored_as, row_count, success_count, error_count, held_count,
    warning_count, notice_count, try_count, incident_id, column_places)
SELECT type, type || '.csv', district, year, (SELECT min(id) FROM accounts_person), sent, sent, sent, 'finished', false,
    9000, md5(district::text || type), '', size, size - errors, errors, 0, 0, 0, 1, '', '{}'
FROM unnest(%(years)s::int[]) year, unnest(ARRAY['new-state-id', 'student-enrollment', 'cte', 'student-information']) type,
    generate_series(1, %(uploads)s) number, generate_series(1, %(districts)s) district,
    LATERAL (SELECT make_timestamp(year, 9, 1, 8, 0, 0) AT TIME ZONE 'UTC' + number * interval '30 days'
        + district %% 20 * interval '1 day' AS sent, district %% 7 AS errors, 100 + district * 37 %% 900 AS size) said
WHERE district %% 11 > 0 AND (type <> 'student-information' OR district * 120 %% %(districts)s >= 120);
INSERT INTO uploads_findingcount (upload_id, code, "column", severity, count, with_row_count)
    SELECT id, code, '', 'error', 1 + id %% 5, 1 FROM uploads_upload, unnest(ARRAY['CELL101', 'CELL107']) code
    WHERE error_count > 0;
SET session_replication_role = origin;
INSERT INTO uploads_lastfile (organization_id, school_year_id, file_type, upload_id, sent_at, standing, row_count,
    error_count)
SELECT DISTINCT ON (organization_id, school_year_id, file_type) organization_id, school_year_id, file_type, id, sent_at,
    CASE WHEN error_count > 0 THEN 'errors' ELSE 'clean' END, row_count, error_count FROM uploads_upload
ORDER BY organization_id, school_year_id, file_type, sent_at DESC;
INSERT INTO uploads_uploadday (day, school_year_id, file_type, upload_count, loaded_count, left_count)
    SELECT finished_at::date, school_year_id, file_type, count(*), sum(success_count), sum(error_count)
    FROM uploads_upload GROUP BY 1, 2, 3;
INSERT INTO uploads_ruleday (day, school_year_id, file_type, code, severity, upload_count, finding_count)
    SELECT now()::date - number, 2020, 'cte', 'CELL1' || lpad(code::text, 2, '0'), 'error', 40, 400
    FROM generate_series(0, 29) number, generate_series(1, 30) code;
"""
ADDRESSES = {
    "the home": "/",
    "page 2": "/?page=2",
    "errors of a file type": "/?file_type=cte&standing=errors",
    "nothing sent": "/?file_type=student-information&standing=none",
    "silent for 30 days": "/?silent=30",
    "longest silent first": "/?sort=silent",
    "most rows to correct first": "/?sort=errors",
    "highest error rate first": "/?sort=rate",
    "a name": "/?text=District",
    "a district": "/districts/7/",
}


def fill(districts: int, uploads: int) -> float:
    """Make the state; return how many seconds that took."""
    from tidegate.project.database import ensure_running

    began = time.perf_counter()
    with psycopg.connect(ensure_running(), autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        values = {"years": list(YEARS), "districts": districts, "uploads": uploads}
        for statement in FILL.split(";\n"):
            connection.execute(statement, values)
        connection.execute("VACUUM ANALYZE")
    return time.perf_counter() - began


def ask_all() -> dict[str, dict[str, float]]:
    """Ask every address as the state's administrator, in turns."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tidegate.accounts.focus import save_focus
    from tidegate.accounts.models import Person
    from tidegate.reference.models import SchoolYear

    person = Person.objects.get()
    save_focus(by=person, school_year=SchoolYear.objects.get(first=YEARS[-1]), organization=None)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    found, taken = {}, {name: [] for name in ADDRESSES}
    for name, address in ADDRESSES.items():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, name
            found[name] = {"queries": len(captured)}
    for _ in range(ROUNDS):
        for name, address in ADDRESSES.items():
            cpu, clock = cpu_seconds(), time.perf_counter()
            for _ in range(AT_ONCE):
                client.get(address)
            taken[name].append(((cpu_seconds() - cpu) / AT_ONCE, (time.perf_counter() - clock) / AT_ONCE))
    for name, times in taken.items():
        cpu, clock = (median(sorted(each)[: ROUNDS // 2]) for each in zip(*times, strict=True))
        found[name] |= {"cpu_ms": round(1000 * cpu, 1), "ms": round(1000 * clock, 1)}
    return found


def cpu_seconds() -> float:
    """Return the CPU time of this process and of the database's for it: unlike the clock it does not depend on what
    else the machine does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((pid,),) = cursor.fetchall()
    return time.process_time() + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measure(districts: int, uploads: int) -> dict[str, Any]:
    """Make a state in this process and ask it."""
    subprocess.run([*TIDEGATE, "migrate"], check=True, stdout=subprocess.DEVNULL)
    person = ["add-person", "bench@example.org", "--name", "Bench", "--role", "state-administrator"]
    subprocess.run([*TIDEGATE, *person], check=True, stdout=subprocess.DEVNULL)
    seconds = fill(districts, uploads)
    from tidegate.cli.setup import set_up

    set_up()
    return {"districts": districts, "made_in_seconds": round(seconds), "pages": ask_all()}


def main() -> None:
    """Measure both sizes, each in a process of its own, and say the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=8, help="of each district, file type and school year")
    parser.add_argument("--districts", type=int, help="measure this size alone, in this process")
    options = parser.parse_args()
    if options.districts:
        print(json.dumps(measure(options.districts, options.uploads)))
        return
    found = []
    for districts in (SMALL, LARGE):
        with tempfile.TemporaryDirectory() as folder:
            env = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
            env |= {"TIDEGATE_DATA_DIR": f"{folder}/data", "TIDEGATE_LOG_LEVEL": "ERROR"}
            command = [sys.executable, "-m", "bench.home", "--districts", str(districts)]
            said = subprocess.run(
                [*command, "--uploads", str(options.uploads)], env=env, check=True, stdout=subprocess.PIPE, text=True
            )
            found.append(json.loads(said.stdout.splitlines()[-1]))
            subprocess.run([*TIDEGATE, "manage", "shell", "-c", "pass"], env=env, check=False, capture_output=True)
    small, large = (each["pages"] for each in found)
    ratios = {name: round(large[name]["cpu_ms"] / small[name]["cpu_ms"], 2) for name in ADDRESSES}
    result = {"uploads_a_type_and_year": options.uploads, "sizes": found, "ratios": ratios, "goal": GOAL}
    (HERE / "home.json").write_text(json.dumps(result, indent=2) + "\n")
    for name, ratio in ratios.items():
        cpu = f"{small[name]['cpu_ms']:8.1f} ms {large[name]['cpu_ms']:8.1f} ms"
        print(f"{name:28} {cpu}  {ratio:5.2f}  {large[name]['queries']} queries")


if __name__ == "__main__":
    main()
