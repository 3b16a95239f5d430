"""Lets those who do the same thing do it one after the other."""

from django.db import connection


def advisory_lock(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until the transaction at hand ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
