"""A worker that is killed loses nothing and doubles nothing."""

import contextlib
import json
import signal
import socket
import time

import pytest

from tests.running.conftest import is_frozen, run_python, wait_for
from tidegate.file_types import find
from tidegate.uploads.queue import AT_ONCE

HEADER = ",".join(find("cte").layout.columns)
ROWS = 40_000
UNDO = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.uploads.models import Upload
from tidegate.uploads.lifecycle.decisions.undo import undo
upload = Upload.objects.get(pk=int(sys.argv[1]))
print(undo(upload, by=upload.sent_by).state)
"""


@pytest.fixture
def large_file(system, tmp_path):
    """A file that takes some seconds, all of it good: one student's class sections, each with other credits."""
    good = (system.data_dir / "demo-files" / "cte.csv").read_text().splitlines()[1].split(",")
    path = tmp_path / "large.csv"
    with path.open("w") as out:
        out.write(f"{HEADER}\n")
        for number in range(ROWS):
            good[7] = f"{number % 9999 / 100:.2f}"
            out.write(",".join(good) + "\n")
    return path


def test_a_killed_workers_upload_is_taken_up_again_and_loaded_once(system, large_file):
    upload_id = system.send(large_file, "cte")
    of_upload = "SELECT count(*) FROM records_cterecord WHERE brought_by = %s"  # earlier tests may have left uploads

    first = system.start("worker", TIDEGATE_STALLED_SECONDS="2")
    wait_for(lambda: system.state_of(upload_id) == "processing", "The worker takes the upload")
    time.sleep(0.3)
    first.kill()
    first.wait()
    assert system.state_of(upload_id) == "processing"
    assert system.ask(of_upload, upload_id) == (0,)
    assert system.ask("SELECT count(*) FROM uploads_finding WHERE upload_id = %s", upload_id) == (0,)
    second = system.start("worker", TIDEGATE_STALLED_SECONDS="2")
    try:
        wait_for(lambda: system.state_of(upload_id) == "finished", "Another worker finishes the upload")
    finally:
        second.terminate()
        second.wait()
    counts = system.ask("SELECT row_count, success_count, error_count FROM uploads_upload WHERE id = %s", upload_id)
    assert counts == (ROWS, ROWS, 0)
    loaded = f"{of_upload} AND replaced_at IS NULL"
    unchanged = system.ask("SELECT unchanged_count FROM uploads_upload WHERE id = %s", upload_id)[0]
    assert system.ask(loaded, upload_id)[0] + unchanged == ROWS
    assert run_python(UNDO, str(upload_id), data_dir=system.data_dir) == "undone"
    current = "SELECT count(*) FROM records_cterecord WHERE replaced_at IS NULL"
    assert system.ask(current)[0] < ROWS, "No other test has to live with so many records of one student"


def test_a_worker_says_that_it_lives_and_takes_its_leave(system):
    before = system.ask("SELECT coalesce(max(id), 0) FROM procrastinate_workers")[0]
    registered = "SELECT count(*) FROM procrastinate_workers WHERE id > %s"
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.settimeout(60)
    manager.bind("")  # the kernel gives it a name of its own
    worker = system.start("worker", NOTIFY_SOCKET=f"@{manager.getsockname()[1:].decode()}")
    with manager:
        assert manager.recv(100) == b"WATCHDOG=1", "systemd hears that it lives"
    wait_for(lambda: system.ask(registered, before)[0] == len(AT_ONCE), "The worker registers for each queue")
    in_lane = "SELECT count(*) FROM uploads_workerlane WHERE worker_id > %s"
    wait_for(lambda: system.ask(in_lane, before)[0] == 1, "The worker stands in its lane")
    worker.terminate()
    assert worker.wait(timeout=60) == 0
    assert system.ask(registered, before) == (0,)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_systemd_hears_nothing_of_a_worker_that_is_frozen(system, tmp_path, processes):
    """Nobody else speaks for it: what a frozen process has started lives on, and systemd would take that for life."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        settings = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "60000000"}
        worker = system.start("worker", "--processes", processes, **settings)
        try:
            assert manager.recv(100) == b"WATCHDOG=1"
            worker.send_signal(signal.SIGSTOP)
            wait_for(lambda: is_frozen(worker), "The worker is frozen")
            manager.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while manager.recv(100):
                    pass  # what was on its way
            manager.settimeout(3)
            with pytest.raises(TimeoutError):
                manager.recv(100)
            worker.send_signal(signal.SIGCONT)
            manager.settimeout(60)
            assert manager.recv(100) == b"WATCHDOG=1"
        finally:
            worker.send_signal(signal.SIGCONT)
            worker.terminate()
            assert worker.wait(timeout=200) == 0


def test_a_message_that_a_killed_worker_had_in_hand_is_taken_up_again(system):
    """So is whatever else it had in hand; what it was is in the queue, and of no worker that lives."""
    args = json.dumps({"webhook_id": 0, "message_id": "msg_1", "body": "{}"})
    insert = """
        INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)
        VALUES ('webhooks', 'deliver_webhook', %s, 'doing') RETURNING id
    """
    job_id = system.ask(insert, args)[0]
    worker = system.start("worker", TIDEGATE_STALLED_SECONDS="2")
    try:
        gone = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s"
        wait_for(lambda: not system.ask(gone, job_id)[0], "The message is taken up")
    finally:
        worker.terminate()
        worker.wait()
