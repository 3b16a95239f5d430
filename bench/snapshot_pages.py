"""Every page, route and download of a snapshot of 200,000 students, beside the oracle's SQL. `python -m bench.snapshot_pages`.

The pages are asked through Django's test client as people who are signed in, first with nothing kept of the snapshot, then
again. Beside them runs plain SQL over the records, which counts the same (`bench/snapshot_oracle.py`). Seconds of the
processor are those of program and database together. Writes `bench/snapshot_pages.json`.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.cpu_times import postgres_cpu_seconds
from bench.snapshot_state import CENTER, SAU, YEAR, make_state

HERE = Path(__file__).parent
STUDENTS = 200_000
PEOPLE = {
    "state": ("state-administrator", None),
    "district": ("data-specialist", SAU),
    "center": ("data-specialist", CENTER),
}


class Page(NamedTuple):
    """A page or download: what it is, where, and which of the oracle's counts says the same."""

    name: str
    address: str
    oracle: str = ""


class Cost(NamedTuple):
    """What one request took, of the program and the database together."""

    seconds: float
    cpu: float
    queries: int
    program_mb: float
    database_mb: float


def pages_of(count: int, year_end: int) -> Iterator[Page]:
    """Yield every page of two snapshots: of the October count, and of the year end."""
    october, whole = f"/snapshots/{count}/", f"/snapshots/{year_end}/"
    yield Page("October count", october, "student-count")
    yield Page("October count (CSV)", f"{october}numbers.csv", "student-count")
    yield Page("October count (XLSX)", f"{october}numbers.xlsx", "student-count")
    yield Page("Students of the count", f"{october}students/", "student-list")
    yield Page("Students of the count, page 200", f"{october}students/?page=200", "student-list")
    yield Page("Students of a school", f"{october}students/?school=9003", "student-list")
    yield Page("Unusual numbers", f"{october}unusual/")
    yield Page("What changed since", f"{october}changes/")
    yield Page("Certify the count", f"{october}certify/")
    yield Page("Year end", whole)
    participation = f"{whole}participation/"
    yield Page("Participation", participation, "participation")
    yield Page("Participation (CSV)", f"{whole}participation.csv", "participation")
    yield Page("Participation (XLSX)", f"{whole}participation.xlsx", "participation")
    yield Page("Two definitions", f"{participation}?than=2024-2025", "participation")
    yield Page("Concentrators", f"{participation}students/?measure=concentrators", "participation-list")
    yield Page("One short of concentrator", f"{participation}students/?measure=one-short", "participation-list")
    yield Page("Enrolled without a line", f"{participation}students/?measure=no-line", "participation-list")
    yield Page("Concentrators (CSV)", f"{participation}students.csv?measure=concentrators", "participation-list")
    yield Page("Indicators", f"{whole}indicators/", "indicators")
    yield Page("Indicators (CSV)", f"{whole}indicators.csv", "indicators")
    behind = f"{whole}indicators/students/?indicator=5S2&category=all&key="
    yield Page("Students of 5S2, numerator", f"{behind}&part=numerator", "indicators-list")
    yield Page("Students of 5S2, not met", f"{behind}&part=not-met", "indicators-list")
    yield Page("Certify the year end", f"{whole}certify/")


def set_people_up() -> dict[str, Any]:
    """Return a signed-in client for each person."""
    from django.test import Client

    from tidegate.accounts.focus import save_focus
    from tidegate.accounts.models import Membership, Person
    from tidegate.reference.models import Organization, SchoolYear

    clients = {}
    for name, (role, place) in PEOPLE.items():
        email = f"{name}@example.org"
        person = Person.objects.filter(email=email).first() or Person.objects.create_user(
            email, "a long password", name=name
        )
        organization = Organization.objects.get(pk=place) if place else None
        Membership.objects.get_or_create(person=person, role=role, organization=organization)
        if name == "state":
            Membership.objects.get_or_create(person=person, role="certifier", organization=None)
        save_focus(by=person, school_year=SchoolYear.objects.get(first=YEAR), organization=organization)
        clients[name] = Client(SERVER_NAME="localhost")
        clients[name].force_login(person)
    return clients


def cost_of(client: Any, address: str) -> Cost:
    """Ask for a page and return what that took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    postgres = Path(os.environ["TIDEGATE_DATA_DIR"]) / "postgres"
    backend = _backend()
    _forget_peaks(os.getpid(), backend)
    own, database, begin = time.process_time(), sum(postgres_cpu_seconds(postgres)), time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        b"".join(response)
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - own + sum(postgres_cpu_seconds(postgres)) - database
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    return Cost(seconds, cpu, len(captured), _peak_mb(os.getpid()), _peak_mb(backend))


def _backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _forget_peaks(*processes: int) -> None:
    for each in processes:
        Path(f"/proc/{each}/clear_refs").write_text("5")


def _peak_mb(process: int) -> float:
    """Return the most memory of a process since its peak was forgotten, without what it shares with others."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    of = {name: int(status[name].split()[0]) / 1024 for name in ("VmHWM", "RssShmem")}
    return of["VmHWM"] - of["RssShmem"]


def _oracle() -> dict[str, dict[str, float]]:
    """Return what each query of the oracle takes, and print it."""
    from django.db import connection

    from bench.snapshot_oracle import QUERIES

    postgres, found = Path(os.environ["TIDEGATE_DATA_DIR"]) / "postgres", {}
    for name, query in QUERIES.items():
        cpu, begin = sum(postgres_cpu_seconds(postgres)), time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(query)
            rows = len(cursor.fetchall())
        seconds, cpu = time.perf_counter() - begin, sum(postgres_cpu_seconds(postgres)) - cpu
        found[name] = {"seconds": seconds, "cpu": cpu}
        print(f"oracle    {name:34} {seconds:6.2f} s, CPU {cpu:6.2f}, {rows:,} rows", flush=True)
    return found


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--as", dest="who", nargs="+", default=list(PEOPLE))
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    make_state(asked.students)
    from tidegate.accountability.models import Snapshot

    clients = set_people_up()
    newest = {each.period: each.pk for each in Snapshot.objects.filter(school_year=YEAR).order_by("pk")}
    found = []
    for who in asked.who:
        for page in pages_of(newest["cte-october-count"], newest["cte-year-end"]):
            if asked.only not in page.name or (page.name.startswith("Certify") and who != "state"):
                continue
            first, *again = (cost_of(clients[who], page.address) for _ in range(asked.rounds))
            costs = [Cost(*map(median, zip(*again, strict=True))) if again else first][0]
            found.append({"page": page.name, "who": who, "first": first._asdict(), "again": costs._asdict()})
            print(
                f"{who:9} {page.name:34} first {first.seconds:6.2f} s, CPU {first.cpu:6.2f}; then {costs.seconds:6.2f} s,"
                f" CPU {costs.cpu:6.2f}, {costs.queries:.0f} queries, {first.program_mb:.0f} + {first.database_mb:.0f} MB",
                flush=True,
            )
    found += [{"oracle": name, **cost} for name, cost in _oracle().items()]
    (HERE / "snapshot_pages.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
