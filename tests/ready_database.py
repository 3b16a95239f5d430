"""A PostgreSQL folder that is migrated already, and the data folder of a demo that has done its walk: each is made once
for this source, and copied wherever a test begins with one.

To make one takes ten times as long as to copy it, and a run of the suite begins with a dozen.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".pytest_cache" / "ready_database"
# Not `tidegate migrate`, which also notes the state: some tests begin with a database that belongs to none.
_MIGRATE = """
from tidegate.cli.setup import set_up
set_up()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
_SOURCE_OF_TABLES = (".py", ".sql", ".toml")
_OURS = ("TIDEGATE_", "DJANGO_", "PYTEST_XDIST")


def lay_ready_database(data_dir: Path, *, is_kept_by_the_disk: bool = True) -> None:
    """Put a folder of PostgreSQL with the tables of today's source into the data folder.

    Without `is_kept_by_the_disk` the server waits for no disk. What is killed loses nothing by that, but a machine that
    is switched off would.
    """
    _lay(f"database-{_digest_of(_SOURCE_OF_TABLES)}", _migrate, data_dir, is_kept_by_the_disk=is_kept_by_the_disk)


def lay_ready_demo(data_dir: Path, *, is_kept_by_the_disk: bool = True) -> None:
    """Fill the data folder as `tidegate demo --no-serve` does today, with its files, its keys and its PostgreSQL."""
    from django.utils import timezone  # the settings of the tests begin with the function above

    # The demo is full of days that are counted from today.
    name = f"demo-{timezone.localdate()}-{_digest_of(('',))}"
    _lay(name, _walk_the_demo, data_dir, is_kept_by_the_disk=is_kept_by_the_disk)


def _lay(name: str, make: Callable[[Path], None], data_dir: Path, *, is_kept_by_the_disk: bool) -> None:
    """Copy what has that name into the data folder. Where it is not there, it is made, and the older ones go."""
    kind = name.partition("-")[0]
    data_dir.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes begin at once
        if not (CACHE / name).exists():
            for other in CACHE.glob(f"{kind}-*"):
                shutil.rmtree(other)
            _keep(make, CACHE / name)
        subprocess.run(["cp", "-a", f"{CACHE / name}/.", data_dir], check=True)
    if not is_kept_by_the_disk:
        with (data_dir / "postgres" / "postgresql.conf").open("a") as settings:
            settings.write("fsync = off\n")


def _digest_of(suffixes: tuple[str, ...]) -> str:
    """Return a name for what the folder comes from: the files of the source that end so, and the versions of the
    libraries."""
    digest = hashlib.sha256(str(os.geteuid()).encode())
    source = (path for path in (ROOT / "src").rglob("*") if path.is_file() and path.name.endswith(suffixes))
    source = (path for path in source if path.parent.name != "__pycache__")
    for path in sorted([*source, ROOT / "requirements" / "run.lock"]):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _keep(make: Callable[[Path], None], found: Path) -> None:
    """Let it be made in a folder for temporary files, whose path a server's socket can have, and keep it."""
    with tempfile.TemporaryDirectory(prefix="tidegate-tests-") as folder:
        make(Path(folder))
        for name in ("log", ".handle_pids.json"):
            (Path(folder) / "postgres" / name).unlink(missing_ok=True)
        subprocess.run(["cp", "-a", folder, f"{found}.new"], check=True)
    Path(f"{found}.new").rename(found)


def _migrate(data_dir: Path) -> None:
    subprocess.run([sys.executable, "-c", _MIGRATE], env=_environment_of(data_dir), check=True)
    for path in data_dir.iterdir():  # its keys
        if path.name != "postgres":
            path.unlink()


def _walk_the_demo(data_dir: Path) -> None:
    lay_ready_database(data_dir)
    demo = [sys.executable, "-m", "tidegate.cli.main", "demo", "--no-serve"]
    subprocess.run(demo, env=_environment_of(data_dir), check=True, capture_output=True, timeout=600)


def _environment_of(data_dir: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return environment | {"TIDEGATE_DATA_DIR": str(data_dir)}
