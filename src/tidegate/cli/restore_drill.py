"""`tidegate restore-drill`: proves that a backup can be restored, without touching what is there."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from tidegate.core.errors import Refusal

# What leads to the real data, or names a role that the drill's own database does not have.
_NOT_OURS = (
    "TIDEGATE_DATABASE_URL",
    "TIDEGATE_DATABASE_URL_FILE",
    "TIDEGATE_STORE_URL",
    "TIDEGATE_UPLOADS_DIR",
    "TIDEGATE_PROGRAM_ROLE",
    "TIDEGATE_PROGRAM_ROLE_FILE",
)


def restore_drill(
    folder: Annotated[
        Path | None, typer.Argument(help="A backup; without one, the newest of TIDEGATE_BACKUP_DIR")
    ] = None,
) -> None:
    """Restore a backup into a database of its own, compare the state hash and every file, and say how long it took.

    Everything is removed afterwards. Exit status 0 if the backup is good, 2 if it is not or cannot be restored.
    """
    backup = folder.absolute() if folder else _newest()
    began = time.monotonic()
    home = Path(tempfile.mkdtemp(prefix="tidegate-drill-"))
    try:
        run = _restore(backup, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if run.returncode:
        typer.secho(run.stderr.strip(), fg="red", err=True)
        raise typer.Exit(run.returncode)
    typer.echo(run.stdout.strip())
    typer.echo(f"The drill with {backup.name} took {time.monotonic() - began:,.0f} s, and the hash is the same")


def _newest() -> Path:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.project.settings")
    from django.conf import settings

    from tidegate.uploads.storage.backup_names import backups_in

    made = backups_in(Path(settings.TIDEGATE_BACKUP_DIR)) if settings.TIDEGATE_BACKUP_DIR else []
    if not made:
        raise Refusal("There is no backup", fix="Name its folder, or set TIDEGATE_BACKUP_DIR", code="NO_BACKUP")
    return made[-1]


def _restore(backup: Path, home: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    command = [sys.executable, "-m", "tidegate.cli.main", "restore", str(backup)]
    environment = kept | {"TIDEGATE_DATA_DIR": str(home / "data")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
