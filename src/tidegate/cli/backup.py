"""`tidegate backup` and `tidegate restore`: everything into one folder, and out of it again."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from tidegate.cli.named_paths import refuse_unwritable_folder
from tidegate.core.errors import Refusal


def backup(folder: Annotated[Path, typer.Argument(help="A new folder")]) -> None:
    """Write the database and the uploaded files into a new folder, while people go on working.

    Keys are not in it: keep TIDEGATE_STORE_KEY and the key of the receipts elsewhere.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    refuse_unwritable_folder(folder)
    set_up()
    refuse_pending_migrations()
    from django.conf import settings

    from tidegate.uploads.storage.backup import back_up
    from tidegate.uploads.storage.backup_names import GONE

    about = back_up(folder.absolute())
    (settings.TIDEGATE_DATA_DIR / LAST_BACKUP).write_text(f"{about[GONE]}\n", encoding="utf-8")
    kept = sum(map(bool, about["files"].values()))
    typer.echo(f"Backed up with {kept:,} files; state hash {about['whole_hash']}")
    if about[GONE]:
        typer.secho(f"Not in the store any more: {_files(about[GONE])}", fg="yellow", err=True)


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `tidegate backup` has written")],
    until: Annotated[
        str,
        typer.Option(
            help="A moment with its offset from UTC, such as 2026-11-24T14:05:00-05:00, or `last`: the folder is "
            "TIDEGATE_BACKUP_DIR of a site with the embedded PostgreSQL and TIDEGATE_POINT_IN_TIME"
        ),
    ] = "",
) -> None:
    """Restore a backup into an empty database and store, compare the state hash, and bring it to this version.

    With `--until`, exit status 1 where files of uploads are missing.
    """
    if until:
        _restore_moment(folder.absolute(), until)
        return
    from tidegate.cli.setup import set_up

    set_up()
    from tidegate.audit.record import record_event
    from tidegate.cli.migrate import migrate_database
    from tidegate.records.models.roster import fill_roster
    from tidegate.uploads.storage.backup import restore as restore_from

    about = restore_from(folder.absolute())
    migrate_database()
    record_event("database.restored", by=None, made_at=about["made_at"], whole_hash=about["whole_hash"])
    fill_roster()  # this database may know other capitals than the one that was backed up
    typer.echo(f"Restored the state of {about['made_at']}; state hash {about['whole_hash']}")
    if gone := sum(not sha256 for sha256 in about["files"].values()):
        typer.echo(f"The backup was made without {_files(gone)} of uploads: the store did not have them any more")


def _restore_moment(folder: Path, until: str) -> None:
    """Restore the embedded database as it was at a moment, and the uploaded files that it knows."""
    from tidegate.project.database import URL, data_dir

    if os.environ.get(URL) or os.environ.get(f"{URL}_FILE"):
        raise Refusal(
            "Only the embedded PostgreSQL is brought to a moment by tidegate",
            fix=f"Use the tools of your own PostgreSQL, or unset {URL}",
        )
    moment = None if until == "last" else _moment_of(until)
    from tidegate.cli.setup import set_up
    from tidegate.project.restore_moment import restore_database
    from tidegate.uploads.storage.base_backups import HOME

    restore_database(folder / HOME, moment, to=data_dir() / "postgres")
    set_up()
    from tidegate.audit.record import record_event
    from tidegate.cli.migrate import migrate_database
    from tidegate.records.state_hash import whole_hash
    from tidegate.uploads.storage.file_copies import restore_files

    restored = restore_files(folder / HOME)
    migrate_database()
    record_event("database.restored", by=None, until=until)
    said = f"{_files(restored.restored_count)}; state hash {whole_hash()}"
    typer.echo(f"Restored the state of {_in_words(moment)} with {said}")
    if restored.missing_count:
        missing = f"{_files(restored.missing_count)} of uploads missing: neither the store nor {HOME}/uploads has them"
        typer.secho(missing, fg="red", err=True)
        raise typer.Exit(1)


def _moment_of(text: str) -> datetime:
    fix = "Write it as 2026-11-24T14:05:00-05:00, or in UTC as 2026-11-24T19:05:00Z, or `last`"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal("This is no moment", fix=fix, code="NO_MOMENT") from error
    if moment.tzinfo is None:  # the machine's zone is often not the state's, in which pages show the time
        raise Refusal("The moment has no offset from UTC, so it could be any of several", fix=fix, code="NO_OFFSET")
    return moment


def _in_words(moment: datetime | None) -> str:
    """Return the moment in UTC and as pages show it."""
    if moment is None:
        return "the last moment"
    from django.conf import settings

    there = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({there:%Y-%m-%d %H:%M:%S} in {settings.TIME_ZONE})"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


LAST_BACKUP = "last-backup"
"""The file in the data folder whose age is the age of the last backup; in it, how many files the store had lost."""
