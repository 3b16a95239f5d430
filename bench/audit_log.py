"""What sealing and verifying a long audit log take. `python -m bench.audit_log --events 3000000`.

It adds events to the demo's state through the trigger, seals them as the job of a worker does (100,000 at a time), and
makes the chain again with `tidegate verify-audit`: seconds, CPU seconds of our own process, and its most memory. It
writes `bench/audit_log.json`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
TIDEGATE = (sys.executable, "-m", "tidegate.cli.main")
ADD = """
    INSERT INTO audit_event (at, act, person_email, school_year, subject_kind, subject_id, details, address,
        user_agent, request_id)
    SELECT clock_timestamp(), 'students.viewed', 'clerk' || each %% 400 || '@example.org', '2020-2021', '', '',
        jsonb_build_object('count', 5, 'students', jsonb_build_array(each, each + 1, each + 2, each + 3, each + 4)),
        '203.0.113.' || each %% 250, 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
        md5(each::text)
    FROM generate_series(1, %s) each
"""
SEAL = """
from tidegate.cli.setup import set_up
set_up()
from tidegate.uploads.tasks import seal_audit_log
from tidegate.audit.models import Unsealed
while Unsealed.objects.exists():
    seal_audit_log(0)
"""


def measure(command: list[str], env: dict[str, str]) -> dict[str, float]:
    """Run a command to its end; return its seconds, and what the largest child so far had in memory."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 1),
        "most_mb": round(used.ru_maxrss / 1024),
    }


def measure_apart(command: list[str], env: dict[str, str]) -> dict[str, float]:
    """Measure in a process that has had no other child: the most memory is that of the largest."""
    code = "import json, os, sys; from bench.audit_log import measure; print(json.dumps(measure(sys.argv[1:], dict(os.environ))))"
    said = subprocess.run(
        [sys.executable, "-c", code, *command], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Add the events, measure, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=3_000_000)
    options = parser.parse_args()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
    with tempfile.TemporaryDirectory() as folder:
        env = own | {"TIDEGATE_DATA_DIR": f"{folder}/data", "TIDEGATE_LOG_LEVEL": "ERROR"}
        os.environ["TIDEGATE_DATA_DIR"] = env["TIDEGATE_DATA_DIR"]
        subprocess.run([*TIDEGATE, "migrate"], env=env, check=True, stdout=subprocess.DEVNULL)
        from tidegate.project.database import ensure_running

        with psycopg.connect(ensure_running(), autocommit=True) as connection:
            began = time.perf_counter()
            for _ in range(options.events // 100_000):
                connection.execute(ADD, [100_000])
            added = round(time.perf_counter() - began, 1)
            found = {
                "events": options.events // 100_000 * 100_000,
                "added_seconds": added,
                "sealing": measure_apart([sys.executable, "-c", SEAL], env),
                "verify_audit": measure_apart([*TIDEGATE, "verify-audit"], env),
            }
            sizes = "SELECT pg_total_relation_size('audit_event') >> 20, pg_total_relation_size('audit_seal') >> 20"
            found["events_mb"], found["seals_mb"] = connection.execute(sizes).fetchone() or (0, 0)
    (HERE / "audit_log.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
