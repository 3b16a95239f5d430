"""Tests of seals commit, so that several transactions can be seen beside each other."""

import pytest
from django.db import connection

TABLES = ("audit_event", "audit_unsealed", "audit_seal", "audit_head")


@pytest.fixture
def committed(django_db_setup, django_db_blocker, settings, tmp_path):
    """A database in which tests commit; the audit log's tables alone are emptied, which is much faster than all."""
    settings.TIDEGATE_AUDIT_HEADS_DIR = tmp_path / "audit-heads"
    with django_db_blocker.unblock():
        yield
        for table in TABLES:
            past_all_triggers(f"DELETE FROM {table}")
        connection.close()


@pytest.fixture
def tamper(committed):
    """Run a statement as a superuser who has switched every trigger off."""
    return past_all_triggers


def past_all_triggers(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(statement, values)
        finally:
            cursor.execute("RESET session_replication_role")
