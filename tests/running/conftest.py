"""A system of its own for tests that kill and restart: real commands, real processes, the demo's state."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import forked_command
from tests.ready_database import lay_ready_demo
from tests.running.forks import Forked, Forks
from tests.running.rounds import Breaks, Rounds

SEND = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.accounts.models import Person
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.receiving.receive import receive
by = Person.objects.get(email=sys.argv[3])
with open(sys.argv[1], "rb") as file:
    upload = receive(file=file, file_name="upload.csv", file_type=sys.argv[2], by=by,
                     school_year=SchoolYear.objects.get(first=2020), organization=by.memberships.get().organization)
print(upload.pk)
"""
SEND_EACH = """
import json, sys
from tidegate.cli.setup import set_up
set_up()
from django.db import connections
from tidegate.accounts.models import Person
from tidegate.reference.models import SchoolYear
from tidegate.uploads.lifecycle.receiving.receive import receive
for line in sys.stdin:
    path, file_type, email = json.loads(line)
    connections.close_all()  # the database may have been restarted since
    by = Person.objects.get(email=email)
    with open(path, "rb") as file:
        upload = receive(file=file, file_name="upload.csv", file_type=file_type, by=by,
                         school_year=SchoolYear.objects.get(first=2020), organization=by.memberships.get().organization)
    print(upload.pk, flush=True)
"""
URL = """
from tidegate.project.database import ensure_running
print(ensure_running())
"""


ROOT = Path(__file__).parents[2]
SEND_WITH_LITTLE_ROOM = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({byte_count}, {byte_count}))
"""


@dataclass
class RunningSystem:
    """Commands of tidegate against one data folder, and a look into its database."""

    data_dir: Path
    url: str
    connection: psycopg.Connection
    sender: subprocess.Popen[str] | None = None
    """One process that sends files: a new one for each would be most of the time."""
    forks: dict[str, Forks] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return environment_of(self.data_dir)

    def state_of(self, upload_id: int) -> str:
        return self.ask("SELECT state FROM uploads_upload WHERE id = %s", upload_id)[0]

    def start(self, *arguments: str, stdout: int | None = None, **settings: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tidegate.cli.main", *arguments]
        return subprocess.Popen(command, env=self.environment | settings, stdout=stdout, stderr=stdout)

    def fork(self, module: str, arguments: Sequence[str], **options: Any) -> Forked:
        """Start a process of a module's `main` that has loaded everything (see `Forks.start`)."""
        if module not in self.forks:
            self.forks[module] = Forks(module, self.environment | {"TIDEGATE_STALLED_SECONDS": "2"})
        return self.forks[module].start(arguments, **options)

    def let_leases_end(self) -> None:
        """Let the time go by after which workers that have given no sign of life since are taken for dead."""
        self.connection.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")

    def send(self, path: Path, file_type: str, *, by: str = "rockstar@demo.example") -> int:
        if self.sender is None:
            self.sender = subprocess.Popen(
                [sys.executable, "-c", SEND_EACH],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        self.sender.stdin.write(json.dumps([str(path), file_type, by]) + "\n")
        self.sender.stdin.flush()
        return int(self.sender.stdout.readline())

    def close(self) -> None:
        self.connection.close()
        for forks in self.forks.values():
            forks.close()
        if self.sender is not None:
            self.sender.communicate()

    def send_with_room_for(self, path: Path, file_type: str, *, byte_count: int) -> subprocess.CompletedProcess[str]:
        """Send the file from a process that can write no file of more bytes: what a full disk does, the kernel does."""
        code = SEND.replace("by = Person", SEND_WITH_LITTLE_ROOM.format(byte_count=byte_count) + "by = Person")
        return forked_command.run_python(code, [path, file_type, "rockstar@demo.example"], env=self.environment)

    def restart_database(self) -> None:
        """Restart the embedded PostgreSQL as its operator would, and connect again."""
        folder = Path(self.ask("SHOW data_directory")[0])
        server = Path(f"/proc/{(folder / 'postmaster.pid').read_text().splitlines()[0]}/exe").resolve()
        owner = folder.owner() if os.geteuid() == 0 else None
        command = [server.parent / "pg_ctl", "restart", "-w", "-m", "fast", "-D", folder, "-l", folder / "log"]
        subprocess.run(command, check=True, user=owner, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        self.connection.close()
        self.connection = psycopg.connect(self.url, autocommit=True)

    def ask(self, query: str, *values: object) -> tuple:
        return self.connection.execute(query, values).fetchone()


def wait_for(condition: Callable[[], bool], what: str, *, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} within {seconds} s"
        time.sleep(0.02)


def family_of(pid: int) -> list[int]:
    """The process and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family_of(int(child)))]


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def is_frozen(process: subprocess.Popen) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def environment_of(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
    return {**kept, "TIDEGATE_DATA_DIR": str(data_dir)}


def run_python(code: str, *arguments: str, data_dir: Path) -> str:
    run = forked_command.run_python(code, arguments, env=environment_of(data_dir))
    run.check_returncode()
    return run.stdout.strip().splitlines()[-1]


BREAKS = pytest.StashKey[Breaks]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Leave out the tests that do not belong to the part."""
    if config.getoption("--long"):
        breaks = config.stash[BREAKS] = Breaks(config.getoption("--part"))
        here = [item for item in items if item.path.parent == Path(__file__).parent]
        chosen = breaks.choose(here)
        config.hook.pytest_deselected(items=[item for item in here if item not in chosen])
        items[:] = [item for item in items if item not in here or item in chosen]


@pytest.fixture
def rounds(request, is_long, tmp_path_factory) -> Rounds:
    """Gives a test its rounds: of all of them those of the part in the long form, else the few of the suite."""
    folder = tmp_path_factory.getbasetemp()
    noted = (folder.parent if hasattr(request.config, "workerinput") else folder) / "rounds"

    def give(values: Sequence, few: Sequence) -> Iterator:
        return request.config.stash[BREAKS].rounds(request.node.nodeid, values, noted) if is_long else iter(few)

    return give


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def is_long(request) -> bool:
    """Whether `--long` asks for every point and many rounds."""
    return request.config.getoption("--long")


@pytest.fixture
def only_long(is_long) -> None:
    """Leaves a test to `make breaks`: it repeats what a shorter one does, or takes its time."""
    if not is_long:
        pytest.skip("make breaks does it")


@pytest.fixture(scope="session")
def free_port() -> int:
    return a_free_port()


@contextmanager
def held_database(data_dir: Path, **settings: str) -> Iterator[RunningSystem]:
    """Let the embedded PostgreSQL of the folder run, while commands come and go."""
    code = URL + "import sys; sys.stdout.flush(); sys.stdin.read()"
    environment = environment_of(data_dir) | settings
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as keeper:
        url = keeper.stdout.readline().strip()
        found = RunningSystem(data_dir, url, psycopg.connect(url, autocommit=True))
        try:
            yield found
        finally:
            found.close()
            keeper.communicate()


def set_up_demo(data_dir: Path, **settings: str) -> None:
    """Fill in the demo's state and do its walk."""
    demo = [sys.executable, "-m", "tidegate.cli.main", "demo", "--no-serve"]
    subprocess.run(demo, env=environment_of(data_dir) | settings, check=True, capture_output=True, timeout=600)


@pytest.fixture(scope="session")
def system(tmp_path_factory) -> Iterator[RunningSystem]:
    """The demo's state, with the walk done, and nobody serving it."""
    data_dir = tmp_path_factory.mktemp("system") / "data"
    lay_ready_demo(data_dir)
    with held_database(data_dir) as found:
        yield found
