"""Every page, list and download of a snapshot of 200,000 students. `python -m bench.snapshot_pages`.

They are asked through Django's test client as people who are signed in: first with whatever is stored of the snapshot
by then, then again. Seconds of the processor are those of program and database together. Writes
`bench/snapshot_pages.json`.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.snapshot_cost import Cost, cost_of
from bench.snapshot_state import CENTER, SAU, YEAR, make_state

HERE = Path(__file__).parent
STUDENTS = 200_000
PEOPLE = {
    "state": ("state-administrator", None),
    "district": ("data-specialist", SAU),
    "center": ("data-specialist", CENTER),
}


class Page(NamedTuple):
    """A page or download: what it is, and where."""

    name: str
    address: str


def pages_of(count: int, year_end: int) -> Iterator[Page]:
    """Yield every page of two snapshots: of the October count, and of the year end."""
    october, whole = f"/snapshots/{count}/", f"/snapshots/{year_end}/"
    yield Page("October count", october)
    yield Page("October count (CSV)", f"{october}numbers.csv")
    yield Page("October count (XLSX)", f"{october}numbers.xlsx")
    yield Page("Students of the count", f"{october}students/")
    yield Page("Students of the count, page 200", f"{october}students/?page=200")
    yield Page("Students of a school", f"{october}students/?school=9003")
    yield Page("Unusual numbers", f"{october}unusual/")
    yield Page("What changed since", f"{october}changes/")
    yield Page("Certify the count", f"{october}certify/")
    yield Page("Year end", whole)
    participation = f"{whole}participation/"
    yield Page("Participation", participation)
    yield Page("Participation (CSV)", f"{whole}participation.csv")
    yield Page("Participation (XLSX)", f"{whole}participation.xlsx")
    yield Page("Two definitions", f"{participation}?than=2024-2025")
    yield Page("Concentrators", f"{participation}students/?measure=concentrators")
    yield Page("One short of concentrator", f"{participation}students/?measure=one-short")
    yield Page("Enrolled without a line", f"{participation}students/?measure=no-line")
    yield Page("Concentrators (CSV)", f"{participation}students.csv?measure=concentrators")
    yield Page("Indicators", f"{whole}indicators/")
    yield Page("Indicators (CSV)", f"{whole}indicators.csv")
    behind = f"{whole}indicators/students/?indicator=5S2&category=all&key="
    yield Page("Students of 5S2, numerator", f"{behind}&part=numerator")
    yield Page("Students of 5S2, not met", f"{behind}&part=not-met")
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


def page_cost(client: Any, address: str) -> Cost:
    """Ask for a page and return what that took."""

    def ask() -> None:
        response = client.get(address)
        for _ in response:
            pass
        if response.status_code != 200:
            raise SystemExit(f"{address}: {response.status_code}")

    return cost_of(ask)


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
            first, *again = (page_cost(clients[who], page.address) for _ in range(asked.rounds))
            costs = [Cost(*map(median, zip(*again, strict=True))) if again else first][0]
            found.append({"page": page.name, "who": who, "first": first._asdict(), "again": costs._asdict()})
            print(
                f"{who:9} {page.name:34} first {first.seconds:6.2f} s, CPU {first.cpu:6.2f}; then {costs.seconds:6.2f} s,"
                f" CPU {costs.cpu:6.2f}, {costs.queries:.0f} queries, {first.program_mb:.0f} + {first.database_mb:.0f} MB",
                flush=True,
            )
    (HERE / "snapshot_pages.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
