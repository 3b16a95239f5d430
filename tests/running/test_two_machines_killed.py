"""Two machines with data folders of their own, one database and one object store; whatever runs there is killed.

`make breaks` kills a hundred times, by chance: one of two web processes, of four workers, or the store itself.
"""

import itertools
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from tests.running.conftest import RunningSystem, a_free_port, wait_for
from tests.running.test_many_at_once import HEADER, SAUS, SCHOOL, STUDENTS
from tests.running.test_object_store_killed import KEY_FILES
from tests.running.test_submit import is_up, tidegate
from tests.uploads.storage.object_servers import URL, ObjectServer, on_disk

TURNS = itertools.count(1)
KILLS = 100
MAX_WAITING = 12
"""So many uploads of one SAU wait at most, so that the end comes soon after the last kill."""


@dataclass
class Sender:
    """A program of one SAU: it sends file after file to one machine or the other, each again until it is taken."""

    system: RunningSystem
    email: str
    addresses: list[str]
    sent: list[int] = field(default_factory=list)
    done: int = 0
    refused: list[str] = field(default_factory=list)
    is_told: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.sau, self.school = self.system.ask(SCHOOL, SAUS[self.email])
        numbers = [number for (number,) in self.system.connection.execute(STUDENTS)]
        self.students = numbers[: len(numbers) // 2] if self.email == min(SAUS) else numbers[len(numbers) // 2 :]
        added = tidegate(
            "add-token", self.email, "--organization", self.sau, "--name", "SIS", environment=self.system.environment
        )
        self.headers = {"Authorization": f"Bearer {added.stdout.split()[-1]}"}
        self.thread = threading.Thread(target=self.send_all)

    def send_all(self) -> None:
        while not self.is_told.is_set() and not self.refused:
            self.sent.append(self.send_until_taken(next(TURNS)))
            while not self.is_told.is_set() and len(self.sent) - self.done >= MAX_WAITING:
                self.look()
                time.sleep(0.2)

    def look(self) -> None:
        """See whether the next one has ended."""
        said = self.ask_somebody("GET", f"/api/v1/uploads/{self.sent[self.done]}")
        self.done += said is not None and said.json()["state"] in ("finished", "failed")

    def send_until_taken(self, turn: int) -> int:
        """Send a file with a comment of its own; with its key it is one upload, however often it arrives."""
        lines = [
            f"{self.sau},{self.school},{number},1,P,11,2020-09-01,02,{self.sau},,,,turn {turn}"
            for number in self.students
        ]
        file = "\n".join([HEADER, *lines, ""]).encode()
        form = {"file_type": "student-enrollment", "school_year": "2020-2021", "organization": str(self.sau)}
        files, once = {"file": ("enrollments.csv", file)}, {"Idempotency-Key": f"turn {turn}"}
        while (said := self.ask_somebody("POST", "/api/v1/uploads", once, data=form, files=files)) is None:
            time.sleep(0.1)
        return said.json()["id"]

    def ask_somebody(
        self, method: str, path: str, more: Mapping[str, str] = MappingProxyType({}), **sent
    ) -> httpx.Response | None:
        """Ask one of the machines; None where it is away, or the store is."""
        address = random.choice(self.addresses) + path
        try:
            said = httpx.request(method, address, headers={**self.headers, **more}, timeout=60, **sent)
        except httpx.TransportError:
            return None
        if said.status_code == 503:
            return None
        if not said.is_success:
            self.refused.append(said.text)
        return said


@dataclass
class Machines:
    """What runs on the two machines, by name, and how it is started again."""

    system: RunningSystem
    settings: list[dict[str, str]]
    store: ObjectServer
    ports: list[int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def commands(self) -> dict[str, Callable[[], subprocess.Popen[bytes]]]:
        found = {}
        for number, (settings, port) in enumerate(zip(self.settings, self.ports, strict=True)):
            web = ("web", "--port", str(port))
            for name, command in (("web", web), ("worker 1", ("worker",)), ("worker 2", ("worker",))):
                found[f"{name} of machine {number}"] = lambda c=command, s=settings: self.system.start(*c, **s)
        return found

    def start(self) -> None:
        self.store.start()
        self.running = {name: start() for name, start in self.commands().items()}

    def kill_one(self) -> None:
        """Kill one by chance, and start it again as the one that looks after it does."""
        name = random.choice([*self.running, "store"])
        if name == "store":
            self.store.kill()
            time.sleep(random.random() / 2)
            self.store.start()
            return
        self.running[name].kill()
        self.running[name].wait()
        time.sleep(random.random() / 2)
        self.running[name] = self.commands()[name]()

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(timeout=60)
        self.store.kill()


@pytest.fixture
def machines(system, tmp_path):
    store = on_disk(tmp_path / "objects")
    key = tidegate("new-store-key", environment=system.environment).stdout.strip()
    keys = {f"TIDEGATE_{name}_FILE": str(system.data_dir / file) for name, file in KEY_FILES.items()}
    shared = {
        **store.environment, **keys, "TIDEGATE_STORE_KEY": key, "TIDEGATE_DATABASE_URL": system.url,
        "TIDEGATE_STALLED_SECONDS": "5", "TIDEGATE_MAX_UPLOADS_PER_HOUR": "0",
    }  # fmt: skip
    settings = [shared | {"TIDEGATE_DATA_DIR": str(tmp_path / name)} for name in ("one", "two")]
    found = Machines(system, settings, store, [a_free_port(), a_free_port()])
    found.start()
    try:
        yield found
    finally:
        found.stop()


ENDED = """
    SELECT state, row_count, success_count, count(*) FROM uploads_upload WHERE id = ANY(%s)
    GROUP BY 1, 2, 3
"""
BROUGHT = "SELECT brought_by, count(*) FROM records_enrollment WHERE brought_by = ANY(%s) GROUP BY 1"
CURRENT = """
    SELECT DISTINCT brought_by FROM records_enrollment
    WHERE student_id = ANY(%s) AND school_year_id = 2020 AND replaced_at IS NULL
"""
ONCE = "SELECT count(*) FROM audit_event WHERE act = 'upload.finished' AND subject_id = ANY(%s)"


@pytest.mark.rounds(minutes=5)
def test_two_machines_lose_and_double_nothing_while_all_is_killed(only_long, system, machines, rounds):
    addresses = [f"http://127.0.0.1:{port}" for port in machines.ports]
    wait_for(lambda: all(map(is_up, addresses)), "Both machines answer", seconds=600)
    before = system.ask("SELECT coalesce(max(id), 0) FROM uploads_upload")[0]
    senders = [Sender(system, email, addresses) for email in SAUS]
    for sender in senders:
        sender.thread.start()
    for _ in rounds(range(KILLS), []):
        time.sleep(random.random() * 1.5)
        machines.kill_one()
    for sender in senders:
        sender.is_told.set()
        sender.thread.join(timeout=120)
        assert not sender.refused
    sent = [upload_id for sender in senders for upload_id in sender.sent]
    busy = "SELECT count(*) FROM uploads_upload WHERE id = ANY(%s) AND state IN ('waiting', 'processing')"
    wait_for(lambda: system.ask(busy, sent) == (0,), "Every upload has ended", seconds=600)
    sys.stderr.write(f"{len(sent)} uploads were taken\n")
    check_nothing_is_lost_or_doubled(system, senders, before=before)
    objects = Path(machines.store.command[-1]) / URL.removeprefix("s3://")
    (names,) = system.ask("SELECT array_agg(stored_as) FROM uploads_upload WHERE id = ANY(%s)", sent)
    assert all((objects / name).read_bytes().startswith(b"age-encryption.org") for name in names)
    assert not any((Path(each["TIDEGATE_DATA_DIR"]) / "uploads").exists() for each in machines.settings)


def check_nothing_is_lost_or_doubled(system: RunningSystem, senders: list[Sender], *, before: int) -> None:
    sent = [upload_id for sender in senders for upload_id in sender.sent]
    taken = system.connection.execute("SELECT id FROM uploads_upload WHERE id > %s", [before]).fetchall()
    assert sorted(sent) == sorted(each for (each,) in taken), "One upload for each file that was sent"
    rows = len(senders[0].students)
    assert system.connection.execute(ENDED, [sent]).fetchall() == [("finished", rows, rows, len(sent))]
    brought = dict(system.connection.execute(BROUGHT, [sent]).fetchall())
    assert brought == dict.fromkeys(sent, rows), "Each upload has replaced what the one before had brought, once"
    for sender in senders:
        assert sender.sent == sorted(sender.sent)
        assert system.connection.execute(CURRENT, [sender.students]).fetchall() == [(sender.sent[-1],)]
    assert system.ask(ONCE, [str(each) for each in sent]) == (len(sent),)
    verified = tidegate("verify-audit", environment=system.environment)
    assert verified.returncode == 0, verified.stdout
