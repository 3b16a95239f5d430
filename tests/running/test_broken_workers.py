"""A worker that breaks anywhere: the records are those of before or after, and the upload ends with the right counts.

In the suite a few points of each kind; `make breaks` takes every point there is, and some moments by chance.
"""

import csv
import itertools
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg
import pytest

from tests.running.conftest import ROOT, RunningSystem, wait_for
from tests.running.forks import Forked
from tidegate.file_types import find

FEW = 4
TURNS = itertools.count(1)
POINTS: dict[str, int] = {}
PATIENCE = 120
STATE = """
    SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
        SELECT ROW(student_id, school_id, cte_code, start_date, end_date, credits_earned)::text AS line
        FROM records_cterecord WHERE replaced_at IS NULL
        UNION ALL
        SELECT ROW(student_id, school_id, enrollment_type, entry_date, exit_date, comments)::text
        FROM records_enrollment WHERE replaced_at IS NULL
        UNION ALL
        SELECT ROW(last_name, first_name, date_of_birth)::text FROM records_studentversion WHERE replaced_at IS NULL
    ) record
"""
UNFINISHED = (
    "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'process_upload'"
)

LISTEN = """
    INSERT INTO uploads_webhook (organization_id, address, added_by_id, added_at, last_answer)
    SELECT organization_id, 'https://127.0.0.1:9/', person_id, now(), '' FROM accounts_membership
    WHERE organization_id = (SELECT id FROM reference_organization WHERE name = 'Rock Star Public Schools') LIMIT 1
    ON CONFLICT DO NOTHING
"""
MESSAGES = """
    SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver_webhook' AND args ->> 'message_id' LIKE %s
"""


@dataclass
class Files:
    """Three kinds of files, each in ever new words so that every one of them changes something."""

    system: RunningSystem
    folder: Path
    turns: Iterator[int] = TURNS
    turn: int = 0
    counts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def send(self, file_type: str) -> int:
        """Send the next file of that type; the expected Row Count and Success Count are kept."""
        self.turn = next(self.turns)
        lines = getattr(self, file_type.replace("-", "_"))()
        path = self.folder / f"{self.turn}.csv"
        path.write_text("\n".join([",".join(find(file_type).layout.columns), *lines, ""]))
        upload_id = self.system.send(path, file_type)
        self.counts[upload_id] = (len(lines), len(lines) - 1)
        return upload_id

    def cte(self) -> list[str]:
        """Lines with other credits each time, and one with an unknown code."""
        rows = (self.system.data_dir / "demo-files" / "cte.csv").read_text().splitlines()[1:]
        cells = [row.split(",") for row in rows]
        for row in cells:
            row[7] = f"{self.turn % 900 / 100 + 0.25:.2f}"
        cells.append([*cells[0][:4], "43", *cells[0][5:]])
        return [",".join(row) for row in cells]

    def student_enrollment(self) -> list[str]:
        """Enrollments with another comment each time, and one of an unknown student."""
        with (self.system.data_dir / "demo-files" / "student_enrollment.csv").open(newline="") as file:
            rows = list(csv.reader(file))[1:]
        good = [row for row in rows if row[0] == rows[0][0] and row[4] == "P"][:3]
        for row in good:
            row[12] = f"turn {self.turn}"
        good.append([*good[0][:2], "900099999", *good[0][3:]])
        return [",".join(row) for row in good]

    def new_state_id(self) -> list[str]:
        """New students, and one without a date of birth."""
        cells = (self.system.data_dir / "demo-files" / "new_state_id.csv").read_text().splitlines()[1].split(",")
        rows = [[*cells[:2], f"Turn{'abc'[number]}{_letters(self.turn)}", *cells[3:]] for number in range(3)]
        rows.append([*rows[0][:6], "", *rows[0][7:]])
        return [",".join(row) for row in rows]


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


@pytest.fixture
def files(system, tmp_path) -> Files:
    """Nothing is in the queue: other tests leave uploads there, and a worker would take those up first."""
    if system.ask(UNFINISHED) != (0,):
        worker = system.start("worker", TIDEGATE_STALLED_SECONDS="2")
        wait_for(lambda: system.ask(UNFINISHED) == (0,), "No job is left")
        stop(worker)
    return Files(system, tmp_path)


@pytest.fixture
def start(system, tmp_path) -> Iterator:
    """Start workers, broken or sound, and stop whatever is left in the end."""
    started = []
    gate = tmp_path / "gate"

    def start_worker(point: int = 0, how: str = "", **settings: str) -> subprocess.Popen | Forked:
        more = {"TIDEGATE_TEST_GATE": str(gate), "TIDEGATE_TEST_URL": system.url}
        module = "tests.running.broken_worker" if how else "tests.running.sound_worker"
        arguments = [str(point), how] if how else []
        with (tmp_path / "log").open("a") as log:
            worker = (
                _start_anew([module, *arguments], system.environment | more | settings, tmp_path, log)
                if settings
                else system.fork(module, arguments, cwd=tmp_path, log=log, **more)
            )
        started.append(worker)
        return worker

    yield start_worker
    for worker in started:
        worker.kill()
        worker.wait()


def _start_anew(module: list[str], environment: dict[str, str], cwd: Path, log: IO[str]) -> subprocess.Popen:
    """Start a process with settings of its own, which are read when the program is loaded."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {"TIDEGATE_STALLED_SECONDS": "2", **environment, "PYTHONPATH": path}
    command = [sys.executable, "-m", *module]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, cwd=cwd)


def stop(worker: subprocess.Popen | Forked) -> None:
    worker.terminate()
    worker.wait(timeout=60)


def points_of(files: Files, start, file_type: str) -> int:
    """Return how many points a load of that file type has; it is counted once."""
    if file_type in POINTS:
        return POINTS[file_type]
    upload_id = files.send(file_type)
    worker = start(0, "counting")
    wait_for(lambda: files.system.state_of(upload_id) == "finished", "The upload is finished")
    assert worker.stdout is not None
    POINTS[file_type] = int(worker.stdout.readline())
    stop(worker)
    return POINTS[file_type]


def check_ended_well(files: Files, upload_id: int) -> None:
    """Whether the upload has the right counts, was done once, and left no job."""
    system = files.system
    wait_for(lambda: system.state_of(upload_id) in ("finished", "failed"), "The upload ends", seconds=PATIENCE)
    counts = system.ask("SELECT row_count, success_count FROM uploads_upload WHERE id = %s", upload_id)
    said = system.connection.execute("SELECT row, message FROM uploads_finding WHERE upload_id = %s", [upload_id])
    assert (system.state_of(upload_id), counts) == ("finished", files.counts[upload_id]), said.fetchall()
    assert system.ask(
        "SELECT count(*) FROM uploads_finding WHERE upload_id = %s AND severity = 'error'", upload_id
    ) == (1,)
    assert system.ask("SELECT count(*) FROM uploads_receipt WHERE upload_id = %s", upload_id) == (1,)
    done = "SELECT count(*) FROM audit_event WHERE act = 'upload.finished' AND subject_id = %s"
    assert system.ask(done, str(upload_id)) == (1,)
    wait_for(lambda: system.ask(UNFINISHED) == (0,), "No job is left")


def steps(points: int) -> list[int]:
    """Return the points after each statement and commit: who is killed before the next one has done no more."""
    return list(range(2, points + 1, 2))


def few_of(points: int) -> list[int]:
    """Return some points that are spread over all, the last two always."""
    return sorted({*range(1, points, max(points // (FEW - 2), 1)), points - 1, points})[-FEW:]


@pytest.mark.rounds(minutes=3)
@pytest.mark.parametrize("file_type", ["cte", "student-enrollment", "new-state-id"])
def test_a_worker_that_is_killed_at_a_step_leaves_the_state_of_before_or_after(
    files, start, rounds, is_long, file_type
):
    if file_type == "student-enrollment" and not is_long:
        pytest.skip("make breaks does it")
    system = files.system
    system.connection.execute(LISTEN)
    points = points_of(files, start, file_type)
    assert points >= 25
    for point in rounds(steps(points), few_of(points)[-3 if file_type == "cte" else -2 :: 2]):
        before = system.ask(STATE)
        upload_id = files.send(file_type)
        victim = start(point, "killed")
        victim.wait(timeout=PATIENCE)
        system.let_leases_end()
        is_done = system.state_of(upload_id) == "finished"
        assert (system.ask(STATE) == before) is not is_done
        assert system.ask(MESSAGES, f"msg_{upload_id}_%") == (int(is_done),)
        rescuer = start()
        check_ended_well(files, upload_id)
        assert system.ask(STATE) != before
        stop(rescuer)


@pytest.mark.rounds(minutes=2)
def test_a_worker_that_is_killed_at_any_moment_loses_nothing(only_long, files, start, rounds):
    system = files.system
    for _ in rounds(range(30), [0]):
        before = system.ask(STATE)
        upload_id = files.send("cte")
        victim = start()
        wait_for(lambda upload_id=upload_id: system.state_of(upload_id) != "waiting", "The worker takes the upload")
        time.sleep(random.random() * 0.2)
        victim.kill()
        victim.wait()
        system.let_leases_end()
        is_done = system.state_of(upload_id) == "finished"
        assert (system.ask(STATE) == before) is not is_done
        rescuer = start()
        check_ended_well(files, upload_id)
        stop(rescuer)


@pytest.mark.rounds(minutes=2)
def test_a_worker_whose_connection_is_cut_goes_on_with_a_new_one(files, start, rounds):
    points = points_of(files, start, "cte")
    for point in rounds(steps(points)[::2], [points // 2]):
        upload_id = files.send("cte")
        worker = start(point, "cut off")
        check_ended_well(files, upload_id)
        assert worker.poll() is None
        stop(worker)


def test_a_database_that_restarts_in_the_middle_of_a_load_costs_a_minute_at_most(files, start, tmp_path):
    points = points_of(files, start, "cte")
    gate = tmp_path / "gate"
    gate.touch()
    upload_id = files.send("cte")
    worker = start(points // 2, "waiting")
    wait_for(gate.with_suffix(".reached").exists, "The worker is in the middle")
    files.system.restart_database()
    gate.unlink()
    check_ended_well(files, upload_id)
    assert worker.poll() is None
    log = (tmp_path / "log").read_text()
    assert "begins anew" in log or "The database does not answer" in log
    assert "Traceback" not in log
    assert len(log.splitlines()) < 12, log


def test_a_store_without_room_takes_no_file_and_says_so(system, tmp_path):
    path = tmp_path / "cte.csv"
    path.write_bytes((system.data_dir / "demo-files" / "cte.csv").read_bytes() * 2000)
    before, stored = system.ask("SELECT count(*) FROM uploads_upload"), system.data_dir / "uploads"
    left = {path.name for path in stored.rglob("*")}  # what was killed on its way is removed by the nightly job
    run = system.send_with_room_for(path, "cte", byte_count=100_000)
    assert "There is no room to keep the file" in run.stderr
    assert run.returncode != 0
    assert system.ask("SELECT count(*) FROM uploads_upload") == before
    kept = {path.name for path in stored.rglob("*") if path.is_file()} - left
    known = {name.rpartition("/")[2] for (name,) in system.connection.execute("SELECT stored_as FROM uploads_upload")}
    assert kept <= known


def test_the_state_has_not_been_doubled_or_torn(system):
    twice = """
        SELECT count(*) FROM (
            SELECT student_id, school_id, enrollment_type, entry_date FROM records_enrollment WHERE replaced_at IS NULL
            GROUP BY 1, 2, 3, 4, school_year_id HAVING count(*) > 1) found
    """
    assert system.ask(twice) == (0,)
    with psycopg.connect(system.url) as connection:
        assert connection.execute("SELECT count(*) FROM uploads_upload WHERE state = 'processing'").fetchone() == (0,)


def test_the_log_of_postgresql_holds_no_student(system):
    with pytest.raises(psycopg.errors.UniqueViolation):
        system.connection.execute("INSERT INTO records_student (number) SELECT number FROM records_student")
    log = (system.data_dir / "postgres" / "log").read_text()
    assert "duplicate key value" in log
    assert "90000" not in log
