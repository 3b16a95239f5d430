"""A worker that is frozen, waits or computes for ever holds nobody up, and one that wakes spoils nothing.

In the suite one point of a load; `make breaks` freezes at ten.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.running.conftest import SEND, is_frozen, run_python, wait_for
from tests.running.test_broken_workers import (  # noqa: F401 - two of them are fixtures
    Files,
    check_ended_well,
    files,
    points_of,
    start,
    stop,
)
from tests.running.test_killed_beneath_serve import children_of
from tidegate.file_types import find

POINTS = 10
HEADER = ",".join(find("cte").layout.columns)
OTHER_SAU = "augusta@demo.example"
SCHOOL = """
    SELECT sau.id, school.id
    FROM reference_organization sau JOIN reference_organization school ON school.parent_id = sau.id
    WHERE sau.name = 'Capital City Public Schools' AND school.kind = 'School' LIMIT 1
"""
SECONDS = """
    SELECT extract(epoch FROM other.finished_at - taken_up.started_at)
    FROM uploads_upload other, uploads_upload taken_up
    WHERE other.id = %s AND taken_up.id = %s
"""
SEND_AND_FREEZE = f"""
import os, signal
import tidegate.project.wsgi
import psycopg
import pytest
commit = psycopg.Connection.commit
def freeze(connection):
    os.kill(os.getpid(), signal.SIGSTOP)
    commit(connection)
psycopg.Connection.commit = freeze
{SEND}
"""


def wait_for_end(files: Files, upload_id: int, what: str) -> None:  # noqa: F811
    wait_for(lambda: files.system.state_of(upload_id) in ("finished", "failed"), what)


def of_another_sau(files: Files) -> Path:  # noqa: F811
    """A file of another SAU that speaks of the same students, so that it waits where they are locked."""
    sau, school = files.system.ask(SCHOOL)
    rows = (files.system.data_dir / "demo-files" / "cte.csv").read_text().splitlines()[1:]
    lines = [",".join([str(sau), str(school), *row.split(",")[2:]]) for row in rows]
    path = files.folder / "other.csv"
    path.write_text("\n".join([HEADER, *lines, ""]))
    return path


@pytest.mark.rounds(minutes=3)
def test_a_worker_that_is_frozen_in_a_load_stops_nobody_and_wakes_harmless(files, start, rounds):  # noqa: F811
    system = files.system
    points = points_of(files, start, "cte")
    spread = [round(points * (number + 0.6) / POINTS) for number in range(POINTS)]
    for point in rounds(spread, [spread[POINTS // 2]]):
        upload_id = files.send("cte")
        victim = start(point, "frozen")
        wait_for(lambda victim=victim: is_frozen(victim), "The worker is frozen")
        other_id = system.send(of_another_sau(files), "cte", by=OTHER_SAU)
        rescuer = start()
        check_ended_well(files, upload_id)
        wait_for_end(files, other_id, "The other SAU is not held up")
        stop(rescuer)
        victim.send_signal(signal.SIGCONT)
        later_id = files.send("cte")
        check_ended_well(files, later_id)
        check_ended_well(files, upload_id)
        assert victim.poll() is None
        stop(victim)
        took = system.ask(SECONDS, other_id, upload_id)[0]
        sys.stderr.write(f"frozen at point {point} of {points}: the other SAU was done {took:.1f} s after\n")


def test_an_upload_whose_students_are_held_goes_back_into_the_queue_and_counts_no_try(files, start):  # noqa: F811
    system = files.system
    with psycopg.connect(system.url) as holder:
        holder.execute("SELECT number FROM records_student ORDER BY number FOR NO KEY UPDATE")
        held_id = files.send("cte")
        start(0, "counting", TIDEGATE_STALLED_SECONDS="60")
        wait_for(lambda: system.state_of(held_id) == "processing", "The worker takes the upload")
        other_id = system.send(unreadable(files), "cte", by=OTHER_SAU)
        wait_for_end(files, other_id, "The worker does what is not held")
        assert system.state_of(held_id) == "processing"
    check_ended_well(files, held_id)
    assert system.ask("SELECT try_count FROM uploads_upload WHERE id = %s", held_id) == (1,)


def unreadable(files: Files) -> Path:  # noqa: F811
    """A file that needs no student."""
    path = files.folder / "unreadable.csv"
    path.write_text(f"{HEADER}\n")
    return path


def test_an_upload_that_computes_beyond_its_time_fails_with_a_sentence(files, start):  # noqa: F811
    system = files.system
    upload_id = files.send("cte")
    # a busy machine must not take the upload for stalled before its time is up
    worker = start(0, "stuck", TIDEGATE_MAX_UPLOAD_SECONDS="2", TIDEGATE_STALLED_SECONDS="10")
    wait_for(lambda: system.state_of(upload_id) == "failed", "The upload fails")
    said = "SELECT message FROM uploads_finding WHERE upload_id = %s"
    expected = "The file took longer than the 2 seconds allowed, and nothing was loaded"
    assert system.ask(said, upload_id) == (expected,)
    assert system.ask("SELECT incident_id FROM uploads_upload WHERE id = %s", upload_id) == ("",)
    later_id = files.send("cte")
    check_ended_well(files, later_id)
    assert worker.poll() is None, "The worker has become a new process under the same number"


def test_a_small_upload_overtakes_a_large_one_of_another_sau_and_none_of_its_own(files, start, tmp_path):  # noqa: F811
    system = files.system
    gate = tmp_path / "gate"
    gate.touch()
    # Of students whom nobody knows: what is on file of the system that all these tests share stays as it is.
    lines = (system.data_dir / "demo-files" / "cte.csv").read_text().splitlines()[1:]
    rows = [re.sub(r",9000\d{5},", ",899999999,", line) for line in lines]
    large = tmp_path / "large.csv"
    large.write_text("\n".join([HEADER, *rows * (600_000 // len("\n".join(rows))), ""]))
    large_id = system.send(large, "cte")
    start(30, "waiting")
    wait_for(gate.with_suffix(".reached").exists, "The worker has the large file in hand")
    own_id = files.send("cte")
    other_id = system.send(unreadable(files), "cte", by=OTHER_SAU)
    small_lane = system.start("worker", "--lane", "small")
    try:
        wait_for_end(files, other_id, "The small file of another SAU is done")
        assert system.state_of(large_id) in ("waiting", "processing")
        assert system.state_of(own_id) == "waiting"
        gate.unlink()
        check_ended_well(files, own_id)
    finally:
        stop(small_lane)
    in_order = "SELECT array_agg(id ORDER BY finished_at) FROM uploads_upload WHERE id = ANY(%s)"
    assert system.ask(in_order, [large_id, own_id, other_id]) == ([other_id, large_id, own_id],)


def test_a_page_that_is_frozen_in_a_transaction_loses_its_locks(system, files):  # noqa: F811
    path = system.data_dir / "demo-files" / "cte.csv"
    arguments = [sys.executable, "-c", SEND_AND_FREEZE, str(path), "cte", "rockstar@demo.example"]
    environment = system.environment | {"TIDEGATE_PAGE_LOCK_SECONDS": "1"}
    with subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL) as page:
        try:
            wait_for(lambda: is_frozen(page), "The page is frozen before it commits")
            assert run_python(SEND, str(path), "cte", "rockstar@demo.example", data_dir=system.data_dir)
        finally:
            page.send_signal(signal.SIGCONT)
        assert page.wait(timeout=60) != 0


SUPERVISE = """
from tidegate.cli import supervise
assert supervise._MAX_SILENT_SECONDS
supervise._MAX_SILENT_SECONDS = 2.0
supervise.supervise([["worker"]])
"""


def test_a_frozen_worker_that_is_looked_after_is_started_again(system):
    before = system.ask("SELECT coalesce(max(id), 0) FROM procrastinate_workers")[0]
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE], env=system.environment)
    try:
        workers = "SELECT count(*) FROM procrastinate_workers WHERE id > %s"  # those of earlier tests fade slowly
        wait_for(lambda: system.ask(workers, before)[0] > 0, "The worker lives")
        frozen = children_of(supervisor.pid)["worker"]
        os.kill(frozen, signal.SIGSTOP)
        wait_for(lambda: children_of(supervisor.pid).get("worker", frozen) != frozen, "Another worker is there")
    finally:
        supervisor.terminate()
        supervisor.wait(timeout=200)
