"""`tidegate migrate`: brings the database to this version of the program."""

_LOCK_ID = 20_211_121  # any number that nothing else uses


def migrate() -> None:
    """Bring the database to this version; several at once wait for each other.

    Where TIDEGATE_PROGRAM_ROLE names another role, it is given what the program needs.
    """
    from tidegate.cli.setup import set_up

    set_up()
    migrate_database()


def migrate_database() -> None:
    """Run the migrations under a lock that every tidegate takes."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tidegate.project.grant_rights import grant_rights

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK_ID])
        try:
            call_command("migrate", verbosity=0, interactive=False)
            if settings.TIDEGATE_PROGRAM_ROLE:
                grant_rights(settings.TIDEGATE_PROGRAM_ROLE)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_ID])
