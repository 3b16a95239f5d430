"""The page of an upload with a million findings: CPU time of server and database, beside another build. `python -m bench.outcome_page --other PATH`.

Each build has a database of its own, takes the same file through its own path, and is asked for the page in turn through
Django's test client. `--other` is a checkout of the build that is compared with (a tree with `src`). Writes
`bench/outcome_page.json`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench.home import cpu_seconds
from bench.processes import HERE, ROOT, Build

TIDEGATE = (sys.executable, "-m", "tidegate.cli.main")
FINDINGS, PAIRS, TIMES = 1_000_000, 15, 10
OF_A_ROW = 8
GOAL = 1.0
HEADER = "SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits"
LISTS = {
    "organizations.csv": "OrganizationID,Name,Kind,ParentID,LocalID\n1000,Rock Star Public Schools,SAU,,\n",
    "cte_codes.csv": "Code,Title,FirstYear,LastYear\n01.0205,Program,,\n",
    "students.csv": "StateStudentID,LastName,FirstName,MiddleName,DateOfBirth,Gender\n",
    "enrollments.csv": "SchoolYear,SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,"
    "StartStatus,ExitDate,ExitType\n",
}


def write_files(folder: Path, findings: int) -> Path:
    """Write the lists of a state of one organization, and a file of which every cell is wrong; return the file."""
    (folder / "reference").mkdir()
    for name, text in LISTS.items():
        (folder / "reference" / name).write_text(text)
    path = folder / "cte.csv"
    with path.open("w") as file:
        file.write(f"{HEADER}\n")
        for i in range(findings // OF_A_ROW):
            file.write(f"99{i % 90 + 10},X{i % 40},{i % 9999},1,{i % 60 + 1},2/30/2020,TBD,x,y\n")
    return path


def answer(file: Path) -> None:
    """Be one build: take the file in, say how many findings it has, then ask for the page as often as a line comes in."""
    for command in (
        ["migrate"],
        ["import-reference", str(file.parent / "reference")],
        ["add-person", "bench@example.org", "--name", "Bench", "--role", "state-administrator"],
    ):
        subprocess.run([*TIDEGATE, *command], check=True, stdout=subprocess.DEVNULL)
    from tidegate.cli.setup import set_up

    set_up()
    from django.db import connection
    from django.test import Client

    from bench.program import function
    from tidegate.accounts.models import Person
    from tidegate.reference.models import Organization, SchoolYear

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reference_schoolyear (first, name) VALUES (2020, '2020-2021') ON CONFLICT DO NOTHING"
        )
    person = Person.objects.get()
    with file.open("rb") as content:
        upload = function("receive")(
            file=content, file_name=file.name, file_type="cte", school_year=SchoolYear.objects.get(first=2020),
            organization=Organization.objects.get(pk=1000), by=person,
        )  # fmt: skip
    function("process")(upload_id=upload.pk)
    upload.refresh_from_db()
    client, address = Client(SERVER_NAME="localhost"), f"/state-reporting-status/{upload.pk}/"
    client.force_login(person)
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(
        json.dumps({"findings": upload.findings.count(), "rows": upload.row_count, "bytes": len(page.content)}),
        flush=True,
    )
    for _ in sys.stdin:
        begin = cpu_seconds()
        for _ in range(TIMES):
            client.get(address)
        print(json.dumps(1000 * (cpu_seconds() - begin) / TIMES), flush=True)


class Asked:
    """A build that has taken the file in, and is asked for the page."""

    def __init__(self, build: Build, folder: Path, file: Path) -> None:
        environment = build.environment({"TIDEGATE_DATA_DIR": str(folder / f"data-{build.name}")})
        command = [sys.executable, "-m", "bench.outcome_page", "--answer", str(file)]
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.found: dict[str, Any] = self.read()

    def read(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline() or "null")

    def ask(self) -> float:
        """Return the CPU time of one page, in ms."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.read())

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    """Let both builds take the file in, ask them in turn, and say the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--other", type=Path, help="a checkout of the build that is compared with")
    parser.add_argument("--other-name", default="the other build")
    parser.add_argument("--findings", type=int, default=FINDINGS)
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        answer(options.answer)
        return
    if not options.other:
        parser.error("--other is missing")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = write_files(folder, options.findings)
        this, other = (Asked(build, folder, file) for build in (Build("this", ROOT), Build("other", options.other)))
        pairs = []
        for number in range(PAIRS):
            asked = (this, other) if number % 2 else (other, this)
            times = {each: each.ask() for each in asked}
            pairs.append((times[this], times[other]))
        for each in (this, other):
            each.end()
        ratios = sorted(mine / its for mine, its in pairs)
        result = {
            "other": options.other_name,
            "this_found": this.found,
            "other_found": other.found,
            "this_cpu_ms": round(median(mine for mine, _ in pairs), 1),
            "other_cpu_ms": round(median(its for _, its in pairs), 1),
            "ratio": round(median(ratios), 2),
            "ratios": [round(each, 2) for each in ratios],
            "goal": GOAL,
        }
    (HERE / "outcome_page.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
