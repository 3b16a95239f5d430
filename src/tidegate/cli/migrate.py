"""`tidegate migrate`: brings the database to this version of the program."""

import time
from typing import Any

import typer

_LOCK_ID = 20_211_121  # any number that nothing else uses
# So long a migration waits for a table. A request that comes after it waits in line behind it,
# even for a look.
_LOCK_TIMEOUT = "500ms"
_BEFORE_NEXT_TRY_SECONDS = 2.0
_BEFORE_NEXT_LOOK_SECONDS = 0.5


def migrate() -> None:
    """Bring the database to this version, while people go on working; several at once wait for each other.

    Where TIDEGATE_PROGRAM_ROLE names another role, it is given what the program needs.
    """
    from tidegate.cli.setup import set_up

    set_up()
    migrate_database()


def migrate_database() -> None:
    """Run the migrations under a lock that every tidegate takes."""
    from django.conf import settings
    from django.db import connection

    from tidegate.project.grant_rights import grant_rights
    from tidegate.records.missing_migrations import refuse_unmigrated_models
    from tidegate.reference.installed_state import refuse_other_state, remember_state

    refuse_unmigrated_models()

    with connection.cursor() as cursor:
        _take_lock(cursor)
        try:
            refuse_other_state()  # before another state's tables are made in it
            _run_migrations()
            remember_state()
            if settings.TIDEGATE_PROGRAM_ROLE:
                grant_rights(settings.TIDEGATE_PROGRAM_ROLE)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_ID])


def _take_lock(cursor: Any) -> None:
    """Take the lock once nobody else has it. One that stood in line would keep its place in the database's time, and an
    index that the other builds beside writers waits until nobody does: each would wait for the other."""
    has_said = False
    while True:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_ID])
        if cursor.fetchone()[0]:
            return
        if not has_said:
            typer.echo("Another tidegate brings the database to its version; this one waits for it", err=True)
        has_said = True
        time.sleep(_BEFORE_NEXT_LOOK_SECONDS)


def _run_migrations() -> None:
    """Run one migration after the other. One that does not get a table at once, since an upload that runs has it, steps
    back and tries again, as often as it takes."""
    from django.core.management import call_command
    from django.db import OperationalError, connection
    from psycopg.errors import DeadlockDetected, LockNotAvailable

    has_said = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_LOCK_TIMEOUT])
        try:
            while True:
                try:
                    call_command("migrate", verbosity=0, interactive=False)
                    break
                except OperationalError as error:
                    if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                        raise
                if not has_said:
                    typer.echo(
                        "A table that is to be changed is in use, such as by an upload; it is tried again", err=True
                    )
                has_said = True
                time.sleep(_BEFORE_NEXT_TRY_SECONDS)
        finally:
            cursor.execute("RESET lock_timeout")
