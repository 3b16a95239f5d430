"""Every page on a small and on a grown state: server time and queries. `python -m bench.pages`.

Each state has a database of its own (see `pages_state.py`), and is asked in a process of its own through Django's test
client, as people who are signed in. Writes `bench/pages.md` and `bench/pages.json`.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.pages_state import AVERAGE_STUDENTS, USUAL, YEAR, Size, make_state

HERE = Path(__file__).parent
LIMIT_MS = 100
ALL, SMALL = "grown", "small"


class Page(NamedTuple):
    """A page that is asked for: by whom, and where it is."""

    name: str
    who: str
    address: str
    search: str | None = None


def set_people_up(size: Size) -> dict[str, Any]:
    """Return a signed-in client for each person, and a program's."""
    from django.test import Client

    from tidegate.accounts.focus import save_focus
    from tidegate.accounts.models import Membership, Person
    from tidegate.accounts.tokens import add_token
    from tidegate.reference.models import Organization, SchoolYear

    places: dict[str, tuple[str, int | None]] = {"administrator": ("state-administrator", None)}
    places |= {name: ("data-specialist", sau) for name, sau in size.specialists.items()}
    clients = {}
    year = SchoolYear.objects.get(first=YEAR)
    for name, (role, sau) in places.items():
        person = Person.objects.get(email=f"{name.replace(' ', '.').lower()}@example.org")
        organization = Organization.objects.get(pk=sau) if sau else None
        Membership.objects.get_or_create(person=person, role=role, organization=organization)
        save_focus(by=person, school_year=year, organization=organization)
        clients[name] = Client(SERVER_NAME="localhost")
        clients[name].force_login(person)
    sau, person = Organization.objects.get(pk=USUAL), Person.objects.get(email="specialist@example.org")
    _, secret = add_token(by=None, person=person, organization=sau, name="Bench", scopes=["uploads:read"])
    clients["program"] = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {secret}"})
    return clients


def pages_to_ask(size: Size) -> Iterator[Page]:
    """Yield every page that is measured."""
    from tidegate.records.models import Enrollment, Student
    from tidegate.uploads.models import Finding, Upload

    biggest = Upload.objects.filter(organization=USUAL, state="finished").order_by("-pk")[0].pk
    status, one = "/state-reporting-status/", f"/state-reporting-status/{biggest}/"
    deep = Finding.objects.filter(upload=biggest).order_by("-pk")[1500].pk
    for who in ("specialist", "administrator"):
        yield Page("Start", who, "/")
        yield Page("State Reporting Status", who, status)
        yield Page("State Reporting Status, page 20", who, f"{status}?page=20")
        yield Page("Change Focus", who, "/change-focus/")
        yield Page("Upload File", who, f"{status}upload-file/")
        yield Page("Upload with all the findings", who, one)
        yield Page("Findings of one rule", who, f"{one}findings/CTE403/?column=CTECode")
        yield Page("Findings of one rule, last page", who, last_page_of_findings(biggest))
        yield Page("Tokens", who, "/tokens/")
        yield Page("Webhooks", who, "/webhooks/")
        yield Page("File types", who, "/file-types/")
        yield Page("File type with its codes", who, "/file-types/cte/")
        yield Page("CTE codes (CSV)", who, "/file-types/cte/codes/cte_codes/")
        student = Enrollment.objects.filter(sau=USUAL, school_year=YEAR, student__cte_records__gt=0)[0].student_id
        public_id = Student.objects.get(number=student).public_id
        yield Page("Student", who, f"/students/{public_id}/")
        yield Page("Student CTE", who, f"/students/{public_id}/cte/")
    yield from _lists_of_students(size)
    yield Page("Possible duplicates", "administrator", "/possible-duplicates/")
    yield from _audit_log()
    yield Page("API: upload", "program", f"/api/v1/uploads/{biggest}")
    yield Page("API: findings", "program", f"/api/v1/uploads/{biggest}/findings")
    yield Page("API: findings, far on", "program", f"/api/v1/uploads/{biggest}/findings?after={deep}")
    yield Page("API: file types", "program", "/api/v1/file-types")


def last_page_of_findings(upload_id: int) -> str:
    """Return the address that `Next page` leads to in the end."""
    from tidegate.uploads.models import Finding

    ids = Finding.objects.filter(upload=upload_id, code="CTE403", column="CTECode").order_by("-pk")
    count = ids.count()
    address = f"/state-reporting-status/{upload_id}/findings/CTE403/?column=CTECode&page={-(-count // 50)}"
    return f"{address}&after={ids[49].pk}" if count > 49 else address


def _lists_of_students(size: Size) -> Iterator[Page]:
    from tidegate.records.models import StudentVersion

    someone = StudentVersion.objects.filter(student__enrollments__sau=USUAL, replaced_at=None)[0]
    for who in (*size.specialists, "administrator"):
        yield Page("Students", who, "/students/")
        yield Page("Students, far on", who, f"/students/?page=20&after={in_the_middle(who, size)}")
        searches = {
            "a number's first digits": someone.student_id[:6],
            "a whole number": someone.student_id,
            "a name": someone.last_name,
            "a name's first letter": someone.last_name[:1],
            "both names": f"{someone.first_name} {someone.last_name}",
            "nobody's name": "Zzyzx",
        }
        for what, text in searches.items():
            yield Page(f"Students, searched by {what}", who, "/students/", text)


def in_the_middle(who: str, size: Size) -> str:
    """Return the public ID of a student in the middle of the alphabet, whose list that person sees."""
    from tidegate.records.models import Student

    named = Student.objects.filter(versions__replaced_at=None, versions__last_name__startswith="M")
    return str(
        named.filter(enrollments__sau=size.specialists.get(who, USUAL), enrollments__school_year=YEAR)[0].public_id
    )


def _audit_log() -> Iterator[Page]:
    asked = {
        "": "",
        ", one person": "person=person7@example.org",
        ", a person of one event": "person=rare@example.org",
        ", nobody": "person=nobody@example.org",
        ", one organization": f"organization_id={USUAL}",
        ", a frequent act": "act=student.viewed",
        ", a rare act": "act=upload.undone",
        ", an act at an organization": f"organization_id={USUAL}&act=upload.undone",
        ", an act of a person": "person=person7@example.org&act=focus.saved",
        ", one upload": "upload_id=777",
        ", a day long ago": "first_day={day}&last_day={day}",
        ", an act on a day long ago": "first_day={day}&last_day={day}&act=upload.sent",
        ", an organization on a day long ago": f"first_day={{day}}&last_day={{day}}&organization_id={USUAL}",
    }
    from tidegate.audit.models import Event

    first = Event.objects.order_by("pk")[1000]
    for what, query in asked.items():
        yield Page(f"Audit log{what}", "administrator", f"/audit-log/?{query.format(day=first.at.date())}")
    yield Page("Audit log, far back", "administrator", f"/audit-log/?before={first.pk}")


def measure(size: Size, rounds: int) -> list[dict[str, Any]]:
    """Ask each page so many times and return what it took."""
    make_state(size)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clients = set_people_up(size)
    measured = []
    for page in pages_to_ask(size):
        client = clients[page.who]
        if page.who != "program":
            client.post("/students/search/", {"search": page.search} if page.search else {"show_all": "yes"})
        with CaptureQueriesContext(connection) as captured:
            response = client.get(page.address)
            b"".join(response)
        queries = list(captured)  # the next request forgets them
        if response.status_code != 200:
            raise SystemExit(f"{page}: {response.status_code}")
        times = sorted(_milliseconds(lambda: b"".join(client.get(page.address))) for _ in range(rounds))  # noqa: B023
        line = {
            "page": page.name,
            "who": page.who,
            "queries": len(queries),
            "median_ms": round(median(times), 1),
            "max_ms": round(times[-1], 1),
        }
        slowest = max(queries, key=lambda query: float(query["time"]))
        print(
            f"{line['median_ms']:9.1f} ms {line['max_ms']:9.1f} {line['queries']:3} queries  {page.who}: {page.name}",
            flush=True,
        )
        if line["median_ms"] > LIMIT_MS:
            print(f"          {slowest['time']} s: {slowest['sql'][:1500]}")
        measured.append(line)
    return measured


def _milliseconds(ask: Callable[[], object]) -> float:
    begin = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - begin)


def report(result: dict[str, Any]) -> str:
    """Return the report as Markdown."""
    small, grown = result["sizes"][SMALL], result["sizes"][ALL]
    lines = [
        "# Pages on a grown state",
        "",
        (
            "Made by `python -m bench.pages`; do not edit. Server time through Django's test client, database (its default settings) and "
            f"program on one machine, {result['rounds']} times each, after one time that is not counted: what is read is in the memory."
        ),
        "",
        (
            f"The usual SAU has {round(grown['students'] * 0.946 / (grown['saus'] - 2), -1):,.0f} students in the grown state, "
            f"the average one {AVERAGE_STUDENTS:,}, as a district of the United States, the middle one 0.4 % and the large one 5 % of all, "
            "and their numbers lie anywhere among the others'. A tenth of the uploads are the usual SAU's, one of them with all the findings."
        ),
        "",
        "| | small | grown |",
        "|---|--:|--:|",
        *(f"| {name} | {small[name]:,} | {grown[name]:,} |" for name in small),
        "",
        "| page | as | small, median ms | grown, median ms | max ms | ratio | queries, small | queries, grown | under 100 ms |",
        "|---|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for before, after in zip(result["pages"][SMALL], result["pages"][ALL], strict=True):
        lines.append(
            f"| {after['page']} | {after['who']} | {before['median_ms']:.0f} | {after['median_ms']:.0f} | {after['max_ms']:.0f} "
            f"| {after['median_ms'] / before['median_ms']:.1f} | {before['queries']} | {after['queries']} "
            f"| {'yes' if after['median_ms'] < LIMIT_MS else '**no**'} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure both states and write the report; with `--only`, one of them, printed as JSON into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--students", type=int, default=5_000_000, help="of the grown state; 50 million need an hour and 60 GB"
    )
    parser.add_argument("--saus", type=int, default=2_000, help="of the grown state, at most 2,900")
    parser.add_argument("--uploads", type=int, default=100_000, help="of the grown state, a tenth of them one SAU's")
    parser.add_argument("--findings", type=int, default=1_000_000, help="of one upload of the grown state")
    parser.add_argument("--events", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", choices=(SMALL, ALL), help="measure one state and write no report")
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sizes = {
        SMALL: Size(students=10_000, saus=20, uploads=500, findings=5_000, events=10_000, held=60),
        ALL: Size(asked.students, asked.saus, asked.uploads, asked.findings, asked.events, held=2_000),
    }
    if asked.only:
        measured = measure(sizes[asked.only], asked.rounds)
        if asked.out:
            asked.out.write_text(json.dumps(measured))
        return
    result: dict[str, Any] = {
        "rounds": asked.rounds,
        "sizes": {name: size._asdict() for name, size in sizes.items()},
        "pages": {},
    }
    for name, size in sizes.items():
        out = size.folder.with_suffix(".json")
        out.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "bench.pages", *sys.argv[1:], "--only", name, "--out", str(out)], check=True
        )
        result["pages"][name] = json.loads(out.read_text())
    (HERE / "pages.json").write_text(json.dumps(result, indent=2) + "\n")
    (HERE / "pages.md").write_text(report(result))


if __name__ == "__main__":
    main()
