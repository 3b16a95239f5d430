"""A PostgreSQL folder that is migrated already: made once for this source, and copied wherever a test begins with one.

To make one takes ten times as long as to copy it, and a run of the suite begins with a dozen.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
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
_OURS = ("TIDEGATE_", "DJANGO_", "PYTEST_XDIST")


def lay_ready_database(data_dir: Path, *, is_kept_by_the_disk: bool = True) -> None:
    """Put a folder of PostgreSQL with the tables of today's source into the data folder.

    Without `is_kept_by_the_disk` the server waits for no disk. What is killed loses nothing by that, but a machine that
    is switched off would.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes begin at once
        subprocess.run(["cp", "-a", _ready(), data_dir / "postgres"], check=True)
    if not is_kept_by_the_disk:
        with (data_dir / "postgres" / "postgresql.conf").open("a") as settings:
            settings.write("fsync = off\n")


def _ready() -> Path:
    """Return the folder for today's source, made where it is not there; those of other sources go."""
    found = CACHE / _digest()
    if not found.exists():
        for other in CACHE.glob("of-*"):
            shutil.rmtree(other)
        _make(found)
    return found


def _digest() -> str:
    """Return a name for what the tables come from: the source, and the versions of the libraries."""
    digest = hashlib.sha256(str(os.geteuid()).encode())
    source = (path for path in (ROOT / "src").rglob("*") if path.suffix in (".py", ".sql", ".toml"))
    for path in sorted([*source, ROOT / "requirements" / "run.lock"]):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return f"of-{digest.hexdigest()[:16]}"


def _make(found: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    with tempfile.TemporaryDirectory(prefix="tidegate-tests-") as folder:
        environment["TIDEGATE_DATA_DIR"] = folder
        subprocess.run([sys.executable, "-c", _MIGRATE], env=environment, check=True)
        made = Path(folder) / "postgres"
        for name in ("log", ".handle_pids.json"):
            (made / name).unlink(missing_ok=True)
        subprocess.run(["cp", "-a", made, f"{found}.new"], check=True)
    Path(f"{found}.new").rename(found)
