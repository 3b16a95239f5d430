"""`tidegate backup` and `tidegate restore`: everything into one folder, and out of it again."""

from pathlib import Path
from typing import Annotated

import typer


def backup(folder: Annotated[Path, typer.Argument(help="A new folder")]) -> None:
    """Write the database and the uploaded files into a new folder, while people go on working.

    Keys are not in it: keep TIDEGATE_STORE_KEY and the key of the receipts elsewhere.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from django.conf import settings

    from tidegate.uploads.storage.backup import back_up

    about = back_up(folder.absolute())
    (settings.TIDEGATE_DATA_DIR / LAST_BACKUP).touch()
    kept = sum(map(bool, about["files"].values()))
    typer.echo(f"Backed up with {kept:,} files; state hash {about['whole_hash']}")
    if gone := len(about["files"]) - kept:
        typer.secho(f"Not in the store any more: {gone:,} files", fg="yellow", err=True)


def restore(folder: Annotated[Path, typer.Argument(help="A folder that `tidegate backup` has written")]) -> None:
    """Restore a backup into an empty database and store, compare the state hash, and bring it to this version."""
    from tidegate.cli.setup import set_up

    set_up()
    from tidegate.cli.migrate import migrate_database
    from tidegate.records.models.roster import fill_roster
    from tidegate.uploads.storage.backup import restore as restore_from

    about = restore_from(folder.absolute())
    migrate_database()
    fill_roster()  # this database may know other capitals than the one that was backed up
    typer.echo(f"Restored the state of {about['made_at']}; state hash {about['whole_hash']}")


LAST_BACKUP = "last-backup"
"""The file in the data folder whose age is the age of the last backup."""
