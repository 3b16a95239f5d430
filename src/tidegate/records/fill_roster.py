"""Fills the roster where its triggers could not."""

from django.db import connection


def fill_roster() -> None:
    """Put every current enrollment on the roster that is not there. Needed where the database has capitals of its own:
    after a restore elsewhere, or when its locale has changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_fill_roster()")
