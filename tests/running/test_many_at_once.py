"""Many workers on one queue: uploads of one SAU keep their order, of two SAUs one wins, and nobody waits for ever.

In the suite a few rounds; `make breaks` races 1,000.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running.conftest import RunningSystem, wait_for
from tests.running.test_two_uploads_at_once import SAUS, SCHOOL
from tidegate.file_types import find

HEADER = ",".join(find("student-enrollment").layout.columns)
STUDENTS = """
    SELECT number FROM records_student
    WHERE number NOT IN (SELECT student_id FROM records_enrollment WHERE school_year_id = 2020) ORDER BY number LIMIT 6
"""
SEND_MANY = """
import json, sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.accounts.models import Person
from tidegate.reference.models import SchoolYear
from tidegate.uploads.lifecycle.receive import receive
people = {}
for line in sys.stdin:
    email, path = json.loads(line)
    by = people.setdefault(email, Person.objects.get(email=email))
    with open(path, "rb") as file:
        upload = receive(file=file, file_name="upload.csv", file_type="student-enrollment", by=by,
                         school_year=SchoolYear.objects.get(first=2020), organization=by.memberships.get().organization)
    print(upload.pk, flush=True)
"""
WORKERS = 8


@pytest.fixture
def workers(system):
    started = [system.start("worker") for _ in range(WORKERS)]
    yield started
    for worker in started:
        worker.terminate()
    for worker in started:
        worker.wait(timeout=60)


class Sender:
    """One process that sends files, since a new one for each would be most of the time."""

    def __init__(self, system: RunningSystem, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        command = [sys.executable, "-c", SEND_MANY]
        self.process = subprocess.Popen(
            command, env=system.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def send(self, lines: list[str], *, by: str) -> int:
        self.number += 1
        path = self.folder / f"{self.number}.csv"
        path.write_text("\n".join([HEADER, *lines, ""]))
        self.process.stdin.write(json.dumps([by, str(path)]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def sender(system, tmp_path):
    found = Sender(system, tmp_path)
    yield found
    found.process.communicate()


@pytest.mark.rounds(minutes=15)
def test_rounds_of_two_saus_with_the_same_students_in_other_orders_end_without_a_deadlock(
    system, sender, workers, rounds
):
    """Each round: both SAUs enroll the same six students, in an order by chance, or take them out again."""
    students = [number for (number,) in system.connection.execute(STUDENTS)]
    schools = {email: system.ask(SCHOOL, name) for email, name in SAUS.items()}
    sent = []
    for turn, _ in enumerate(rounds(range(1000), range(12))):
        for email, (sau, school) in schools.items():
            day = f"2020-09-{turn % 28 + 1:02}"
            lines = [
                f"{sau},{school},{number},1,P,11,2020-09-01,02,{sau},,{'2020-09-01,02' if turn % 2 else ','},{day}"
                for number in random.sample(students, len(students))
            ]
            sent.append(sender.send(lines, by=email))
    busy = "SELECT count(*) FROM uploads_upload WHERE id = ANY(%s) AND state IN ('waiting', 'processing')"
    wait_for(lambda: system.ask(busy, sent) == (0,), "Every upload has ended", seconds=len(sent) * 2 + 60)
    states = "SELECT DISTINCT state FROM uploads_upload WHERE id = ANY(%s)"
    assert system.connection.execute(states, [sent]).fetchall() == [("finished",)]
    assert system.ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == (0,)
    overlapping = """
        SELECT count(*) FROM records_enrollment a JOIN records_enrollment b USING (student_id, school_year_id)
        WHERE a.id < b.id AND a.replaced_at IS NULL AND b.replaced_at IS NULL
          AND a.enrollment_type = 'P' AND b.enrollment_type = 'P'
          AND daterange(a.entry_date, a.exit_date) && daterange(b.entry_date, b.exit_date)
    """
    assert system.ask(overlapping) == (0,)


@pytest.mark.rounds(minutes=2)
def test_eight_workers_keep_the_order_of_one_sau_and_run_others_side_by_side(system, sender, workers, rounds):
    sent = {email: [] for email in SAUS}
    schools = {email: system.ask(SCHOOL, name) for email, name in SAUS.items()}
    student = system.connection.execute(STUDENTS).fetchall()[-1][0]
    for turn, _ in enumerate(rounds(range(100), range(10))):
        for email, (sau, school) in schools.items():
            lines = [f"{sau},{school},{student},1,P,11,2021-06-01,02,{sau},,2021-06-01,02,{turn}"]
            sent[email].append(sender.send(lines, by=email))
    everything = [upload_id for ids in sent.values() for upload_id in ids]
    busy = "SELECT count(*) FROM uploads_upload WHERE id = ANY(%s) AND state IN ('waiting', 'processing')"
    wait_for(lambda: system.ask(busy, everything) == (0,), "Every upload has ended", seconds=len(everything) * 2 + 60)
    for ids in sent.values():
        in_order = "SELECT array_agg(id ORDER BY started_at), array_agg(id ORDER BY finished_at) FROM uploads_upload"
        assert system.ask(f"{in_order} WHERE id = ANY(%s)", ids) == (ids, ids)
    overlap = """
        SELECT count(*) FROM uploads_upload a JOIN uploads_upload b ON a.organization_id < b.organization_id
        WHERE a.id = ANY(%s) AND b.id = ANY(%s) AND a.started_at < b.finished_at AND b.started_at < a.finished_at
    """
    assert system.ask(overlap, everything, everything)[0] > 0
