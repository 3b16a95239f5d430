"""The stored state that the whole path loads into: a PostgreSQL of its own, made once; every run gets a fresh copy."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

FILES = Path(__file__).parent / "files"
DATA_DIR = Path(os.environ.get("BENCH_DATA_DIR") or FILES / "state")
"""Each build that is compared has a folder of its own: their tables may differ."""
TEMPLATE = "tidegate"
RUN = "bench_run"
SAU = 1000


def environment() -> dict[str, str]:
    """Return the environment in which tidegate uses the bench's data folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    return own | {"TIDEGATE_DATA_DIR": str(DATA_DIR), "TIDEGATE_LOG_LEVEL": "ERROR"}


def make_state(reference: Path) -> str:
    """Return the URL of the server's own database. Makes the state, once: `reference` imported, and a person who sends.
    One that was made before has the tables of today afterwards."""
    done = DATA_DIR / "is-made"
    subprocess.run([sys.executable, "-m", "tidegate.cli.main", "migrate"], env=environment(), check=True)
    if not done.exists():
        for command in (
            ["import-reference", str(reference)],
            ["add-person", "bench@example.org", "--name", "Bench", "--role", "state-administrator"],
        ):
            subprocess.run([sys.executable, "-m", "tidegate.cli.main", *command], env=environment(), check=True)
        done.touch()
    os.environ.update(environment())
    from tidegate.project.database import ensure_running

    url = ensure_running()
    with psycopg.connect(url_of(url, TEMPLATE), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return url_of(url, "postgres")


def fresh_copy(server: str) -> str:
    """Return the URL of a new copy of the state, with its tables in the same order on disk and its statistics."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {RUN} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {RUN} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        connection.execute("CHECKPOINT")
    return url_of(server, RUN)


def url_of(url: str, database: str) -> str:
    """Return the URL of another database on the same server."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    return make_conninfo(**conninfo_to_dict(url) | {"dbname": database})
