"""Many workers on one queue: uploads of one SAU keep their order, of two SAUs one wins, and nobody waits for ever.

In the suite a few rounds; `make breaks` races 1,000.
"""

import itertools
import random

import pytest

from tests.running.conftest import wait_for
from tidegate.file_types import find

HEADER = ",".join(find("student-enrollment").layout.columns)
NEW_STUDENTS = ",".join(find("new-state-id").layout.columns)
SAU = "SELECT id FROM reference_organization WHERE name = %s"
FREE_STUDENT = """
    SELECT number FROM records_student
    WHERE number NOT IN (SELECT student_id FROM records_enrollment WHERE school_year_id = 2020) ORDER BY number LIMIT 1
"""
SCHOOL = """
    SELECT sau.id, school.id
    FROM reference_organization sau JOIN reference_organization school ON school.parent_id = sau.id
    WHERE sau.name = %s AND school.kind = 'School' LIMIT 1
"""
SAUS = {"rockstar@demo.example": "Rock Star Public Schools", "augusta@demo.example": "Capital City Public Schools"}
STUDENTS = """
    SELECT number FROM records_student
    WHERE number NOT IN (SELECT student_id FROM records_enrollment WHERE school_year_id = 2020) ORDER BY number LIMIT 6
"""
BUSY = "SELECT count(*) FROM uploads_upload WHERE id = ANY(%s) AND state IN ('waiting', 'processing')"
WORKERS = 8
OF_WORKERS = "one of many workers"
FEW_WORKERS = 3
_MAX_WAITING = 100


@pytest.fixture(scope="module")
def workers(system, is_long):
    started = [system.start("worker", PGAPPNAME=OF_WORKERS) for _ in range(WORKERS if is_long else FEW_WORKERS)]
    yield started
    for worker in started:
        worker.terminate()
    for worker in started:
        worker.wait(timeout=60)


@pytest.fixture
def send(system, tmp_path):
    """Send a file of the given lines."""
    numbers = itertools.count(1)

    def send_lines(lines: list[str], *, by: str) -> int:
        path = tmp_path / f"{next(numbers)}.csv"
        path.write_text("\n".join([HEADER, *lines, ""]))
        return system.send(path, "student-enrollment", by=by)

    return send_lines


@pytest.mark.rounds(minutes=15)
def test_rounds_of_two_saus_with_the_same_students_in_other_orders_end_without_a_deadlock(
    system, send, workers, rounds
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
            sent.append(send(lines, by=email))
        # So that what is said of how far the rounds are is said of loads, not of files that were sent.
        wait_for(lambda: system.ask(BUSY, sent) <= (_MAX_WAITING,), "Most uploads have ended", seconds=600)
    wait_for(lambda: system.ask(BUSY, sent) == (0,), "Every upload has ended", seconds=600)
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
def test_many_workers_keep_the_order_of_one_sau_and_run_others_side_by_side(system, send, workers, rounds):
    sent = {email: [] for email in SAUS}
    schools = {email: system.ask(SCHOOL, name) for email, name in SAUS.items()}
    student = system.connection.execute(STUDENTS).fetchall()[-1][0]
    for turn, _ in enumerate(rounds(range(100), range(10))):
        for email, (sau, school) in schools.items():
            lines = [f"{sau},{school},{student},1,P,11,2021-06-01,02,{sau},,2021-06-01,02,{turn}"]
            sent[email].append(send(lines, by=email))
    everything = [upload_id for ids in sent.values() for upload_id in ids]
    wait_for(lambda: system.ask(BUSY, everything) == (0,), "Every upload has ended", seconds=len(everything) * 2 + 600)
    for ids in sent.values():
        in_order = "SELECT array_agg(id ORDER BY started_at), array_agg(id ORDER BY finished_at) FROM uploads_upload"
        assert system.ask(f"{in_order} WHERE id = ANY(%s)", ids) == (ids, ids)
    overlap = """
        SELECT count(*) FROM uploads_upload a JOIN uploads_upload b ON a.organization_id < b.organization_id
        WHERE a.id = ANY(%s) AND b.id = ANY(%s) AND a.started_at < b.finished_at AND b.started_at < a.finished_at
    """
    assert system.ask(overlap, everything, everything)[0] > 0


def test_a_busy_worker_needs_at_most_ten_connections(system, send, workers):
    """PostgreSQL allows 100 unless it is told otherwise, and eight workers are what a state is advised to have."""
    # Other processes of the long run are connected, too; the session that holds a lease has a name of its own.
    of_workers = f"application_name ~ '^({OF_WORKERS}|tidegate worker [0-9]+)$'"
    count = f"SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND {of_workers}"
    # What stays idle is closed after a while, so the most is counted while there is work for all of them.
    schools = {email: system.ask(SCHOOL, name) for email, name in SAUS.items()}
    student = system.connection.execute(STUDENTS).fetchall()[-1][0]
    sent = [
        send([f"{sau},{school},{student},1,P,11,2021-06-01,02,{sau},,2021-06-01,02,{turn}"], by=email)
        for turn in range(2 * len(workers))
        for email, (sau, school) in schools.items()
    ]
    most = 0

    def have_ended() -> bool:
        nonlocal most
        most = max(most, system.ask(count)[0])
        return system.ask(BUSY, sent) == (0,)

    wait_for(have_ended, "Every upload has ended", seconds=600)
    assert len(workers) < most <= 10 * len(workers)


def test_one_of_two_primary_enrollments_at_once_loads_and_the_other_names_it(system, send, workers):
    (number,) = system.ask(FREE_STUDENT)
    uploads = {}
    for email, name in SAUS.items():
        sau, school = system.ask(SCHOOL, name)
        uploads[name] = send([f"{sau},{school},{number},1,P,11,2020-09-01,02,{sau},,,,"], by=email)
    for upload_id in uploads.values():
        wait_for(lambda upload_id=upload_id: system.state_of(upload_id) == "finished", "The upload is finished")
    loaded = {
        name: system.ask("SELECT success_count FROM uploads_upload WHERE id = %s", upload_id)[0]
        for name, upload_id in uploads.items()
    }
    assert sorted(loaded.values()) == [0, 1]
    first, second = sorted(uploads, key=lambda name: -loaded[name])
    message = system.ask("SELECT message FROM uploads_finding WHERE upload_id = %s", uploads[second])[0]
    assert message == f'Student already has a primary enrollment at "{first}" from 2020-09-01'


def test_one_of_two_requests_at_once_creates_the_student_and_the_other_is_held(system, workers, tmp_path):
    uploads = []
    for email, name in SAUS.items():
        (sau,) = system.ask(SAU, name)
        path = tmp_path / f"{sau}.csv"
        path.write_text(f"{NEW_STUDENTS}\n{sau},1,Contrabass,Bowed,,,2005-03-04,F,10\n")
        uploads.append(system.send(path, "new-state-id", by=email))
    for upload_id in uploads:
        wait_for(lambda upload_id=upload_id: system.state_of(upload_id) == "finished", "The upload is finished")
    results = [
        system.ask("SELECT result FROM records_answerline WHERE upload_id = %s", upload_id)[0] for upload_id in uploads
    ]
    assert sorted(results) == ["Created", "Held until the state data team has decided"]
    assert system.ask("SELECT count(*) FROM records_studentversion WHERE last_name = 'Contrabass'")[0] == 1
