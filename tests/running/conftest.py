"""A system of its own for tests that kill and restart: real commands, real processes, the demo's state."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

SEND = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.accounts.models import Person
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.receive import receive
by = Person.objects.get(email=sys.argv[3])
with open(sys.argv[1], "rb") as file:
    upload = receive(file=file, file_name="upload.csv", file_type=sys.argv[2], by=by,
                     school_year=SchoolYear.objects.get(first=2020), organization=by.memberships.get().organization)
print(upload.pk)
"""
URL = """
from tidegate.project.database import ensure_running
print(ensure_running())
"""


@dataclass
class RunningSystem:
    """Commands of tidegate against one data folder, and a look into its database."""

    data_dir: Path
    connection: psycopg.Connection

    @property
    def environment(self) -> dict[str, str]:
        return environment_of(self.data_dir)

    def state_of(self, upload_id: int) -> str:
        return self.ask("SELECT state FROM uploads_upload WHERE id = %s", upload_id)[0]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "tidegate.cli.main", *arguments], env=self.environment)

    def send(self, path: Path, file_type: str, *, by: str = "rockstar@demo.example") -> int:
        return int(run_python(SEND, str(path), file_type, by, data_dir=self.data_dir))

    def ask(self, query: str, *values: object) -> tuple:
        return self.connection.execute(query, values).fetchone()


def wait_for(condition: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} within {seconds} s"
        time.sleep(0.02)


def environment_of(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
    return {**kept, "TIDEGATE_DATA_DIR": str(data_dir)}


def run_python(code: str, *arguments: str, data_dir: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment_of(data_dir),
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="session")
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def system(tmp_path_factory) -> Iterator[RunningSystem]:
    """The demo's state, with the walk done, and nobody serving it."""
    data_dir = tmp_path_factory.mktemp("system") / "data"
    code = URL + "import sys; sys.stdout.flush(); sys.stdin.read()"  # holds PostgreSQL while workers come and go
    keeper = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment_of(data_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    url = keeper.stdout.readline().strip()
    demo = [sys.executable, "-m", "tidegate.cli.main", "demo", "--no-serve"]
    subprocess.run(demo, env=environment_of(data_dir), check=True, capture_output=True, timeout=120)
    with psycopg.connect(url, autocommit=True) as connection:
        yield RunningSystem(data_dir, connection)
    keeper.communicate()
