"""An upgrade while people go on sending: from the release before to this one, and back.

The release before is a commit of this repository; its source runs beside today's, with the same libraries.
"""

import io
import subprocess
import tarfile
import threading
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx
import pytest

from tests.running.conftest import ROOT, RunningSystem, a_free_port, held_database, set_up_demo, wait_for
from tests.running.test_submit import is_up, tidegate

BEFORE = "dd68fe2a144246b3e85a7014a254bb2e26416020"
UNLIMITED = {"TIDEGATE_MAX_UPLOADS_PER_HOUR": "0"}
FILES_EACH = 3
"""So many files are taken, and done, in each step of the upgrade."""
AT_ONCE = 4
"""So many files the sender has in the queue, so that no step waits for a long one."""
SAU = "SELECT id FROM reference_organization WHERE name = 'Rock Star Public Schools'"
CURRENT = "SELECT count(*) FROM records_cterecord WHERE replaced_at IS NULL"
EVENT = """
    INSERT INTO audit_event (at, act, person_email, school_year, subject_kind, subject_id, details)
    VALUES (now(), 'reference.exported', '', '', '', '', '{}')
"""


@pytest.fixture
def before(tmp_path: Path) -> dict[str, str]:
    """The settings with which a command is that of the release before."""
    archive = subprocess.run(["git", "archive", BEFORE, "src"], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip("The release before is not in this clone, which is shallow")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as source:
        source.extractall(tmp_path / "before", filter="data")
    return {"PYTHONPATH": str(tmp_path / "before" / "src")}


class Sender:
    """Somebody who sends one file after the other, each in other words, and looks at each, until told to stop."""

    def __init__(self, system: RunningSystem, token: str, address: str) -> None:
        self.address = address
        self.sent: list[int] = []
        self.refused: list[str] = []
        self._form = {"file_type": "cte", "school_year": "2020-2021", "organization": str(system.ask(SAU)[0])}
        self._headers = {"Authorization": f"Bearer {token}"}
        self._rows = (system.data_dir / "demo-files" / "cte.csv").read_text().splitlines()
        self._unfinished: deque[int] = deque()
        self._is_told = threading.Event()
        self._thread = threading.Thread(target=self._send_all)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._is_told.set()
        self._thread.join()

    def _send_all(self) -> None:
        with httpx.Client(headers=self._headers, timeout=60) as client:
            number = 0
            while not self._is_told.wait(0.05):
                try:
                    if len(self._unfinished) < AT_ONCE:
                        number += 1
                        self._send(client, number)
                    if self._unfinished:
                        self._look(client)
                except httpx.HTTPError as fault:
                    self.refused.append(f"file {number}: {fault!r}")

    def _send(self, client: httpx.Client, number: int) -> None:
        files = {"file": (f"turn-{number}.csv", self._file(number))}
        sent = client.post(f"{self.address}/api/v1/uploads", data=self._form, files=files)
        if sent.status_code == 202:
            self.sent.append(sent.json()["id"])
            self._unfinished.append(self.sent[-1])
        else:
            self.refused.append(f"file {number}: {sent.status_code} {sent.text}")

    def _look(self, client: httpx.Client) -> None:
        looked = client.get(f"{self.address}/api/v1/uploads/{self._unfinished[0]}")
        if looked.status_code != 200:
            self.refused.append(f"a look: {looked.status_code} {looked.text}")
        elif looked.json()["state"] not in ("waiting", "processing"):
            self._unfinished.popleft()

    def _file(self, number: int) -> str:
        """Other credits each time, so that each file replaces every record of the one before."""
        head, *rows = [row.split(",") for row in self._rows]
        for row in rows:
            row[7] = f"{number % 900 / 100 + 0.25:.2f}"
        return "".join(",".join(row) + "\n" for row in [head, *rows])


class Release:
    """A web process and a worker of one release."""

    def __init__(self, system: RunningSystem, **settings: str) -> None:
        self.port = a_free_port()
        self._start = lambda *command: system.start(*command, **UNLIMITED, **settings)
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_web(self) -> None:
        self._processes.append(self._start("web", "--port", str(self.port)))

    def start_worker(self) -> None:
        self._processes.append(self._start("worker"))

    def readiness(self) -> int:
        """The status that a balancer is told; 0 where nothing listens."""
        try:
            return httpx.get(f"{self.address}/readyz").status_code
        except httpx.TransportError:
            return 0

    def stop(self) -> None:
        """End both as a service manager does."""
        assert [process.poll() for process in self._processes] == [None, None], "Neither has ended by itself"
        self.end()

    def end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=60)
        self._processes.clear()


def wait_for_more(system: RunningSystem, sender: Sender, when: str) -> None:
    """Wait until some more files are taken, and done."""
    begun = len(sender.sent)
    wait_for(lambda: len(sender.sent) >= begun + FILES_EACH, f"{when} files are taken", seconds=120)
    last = sender.sent[-1]
    done = "SELECT state IN ('finished', 'failed') FROM uploads_upload WHERE id = %s"
    wait_for(lambda: system.ask(done, last)[0], f"{when} files are done", seconds=120)


def migrate_beside_a_long_upload(system: RunningSystem, sender: Sender) -> None:
    """Migrate while a transaction goes on that has recorded an event, as that of a large upload does. The migration
    wants the whole table, and waits for it; nobody else may have to wait in line behind it."""
    with system.connection.transaction():
        system.connection.execute(EVENT)
        migrating = system.start("migrate")
        wait_for(lambda: system.ask("SELECT count(*) FROM pg_locks WHERE NOT granted")[0], "The migration waits")
        begun = len(sender.sent)
        wait_for(lambda: len(sender.sent) >= begun + FILES_EACH, "Files are taken beside it")
        assert migrating.poll() is None
    assert migrating.wait(timeout=120) == 0


def check_each_is_done_once(system: RunningSystem, sender: Sender) -> None:
    assert sender.refused == []
    busy = "SELECT count(*) FROM uploads_upload WHERE state IN ('waiting', 'processing')"
    wait_for(lambda: system.ask(busy) == (0,), "Every upload has ended")
    states = "SELECT state, count(*) FROM uploads_upload WHERE file_name LIKE 'turn-%%' GROUP BY 1"
    assert system.connection.execute(states).fetchall() == [("finished", len(sender.sent))]
    counted = """
        SELECT count(*), count(DISTINCT subject_id) FROM audit_event
        WHERE act = 'upload.finished' AND subject_id = ANY(%s)
    """
    assert system.ask(counted, list(map(str, sender.sent))) == (len(sender.sent),) * 2
    assert system.ask("SELECT count(*) FROM uploads_receipt WHERE upload_id = ANY(%s)", sender.sent) == (
        len(sender.sent),
    )


def test_an_upgrade_and_the_way_back_lose_and_double_nothing(only_long, before, tmp_path):
    with held_database(tmp_path / "data", **before) as system, ExitStack() as stack:
        set_up_demo(system.data_dir, **before)
        old, new = Release(system, **before), Release(system)
        stack.callback(old.end)
        stack.callback(new.end)
        old.start_web()
        old.start_worker()
        wait_for(lambda: is_up(old.address), "The release before serves")
        sender = stack.enter_context(Sender(system, add_token(system, **before), old.address))
        wait_for_more(system, sender, "With the release before")
        record_count = system.ask(CURRENT)

        new.start_web()
        wait_for(lambda: new.readiness() == 503, "The new web process waits for the migration")
        migrate_beside_a_long_upload(system, sender)
        wait_for_more(system, sender, "With the release before on the new database")
        wait_for(lambda: new.readiness() == 200, "The new web process is ready")
        new.start_worker()
        wait_for_more(system, sender, "With workers of both releases")
        sender.address = new.address
        wait_for_more(system, sender, "Sent to the new release and done by either")
        old.stop()
        wait_for_more(system, sender, "With the new release alone")

        old.start_web()
        old.start_worker()
        wait_for(lambda: is_up(old.address), "The release before serves again")
        sender.address = old.address
        wait_for_more(system, sender, "On the way back")
        new.stop()
        wait_for_more(system, sender, "With the release before alone")
        sender.stop()
        check_each_is_done_once(system, sender)
        assert system.ask(CURRENT) == record_count, "Each file has replaced the records of the one before"
        verified = tidegate("verify-audit", environment=system.environment)
        assert (verified.returncode, "faults" in verified.stdout) == (0, False), verified.stdout
        old.stop()


def add_token(system: RunningSystem, **settings: str) -> str:
    sau = system.ask(SAU)[0]
    arguments = ("add-token", "rockstar@demo.example", "--organization", sau, "--name", "SIS")
    return tidegate(*arguments, environment=system.environment | settings).stdout.split()[-1]
