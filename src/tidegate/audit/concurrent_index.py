"""Builds an index of a large table in a migration while people go on writing into the table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


@contextmanager
def no_lock_timeout(editor: BaseDatabaseSchemaEditor) -> Iterator[Any]:
    """Yield a cursor that waits as long as it takes: what is done concurrently holds up nobody meanwhile."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()
        cursor.execute("SET lock_timeout = 0")
        try:
            yield cursor
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", before)


class AddIndexBesideWriters(AddIndexConcurrently):
    """Django's operation, which can be run again: one that was interrupted leaves an index that nobody can use."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Remove what an interrupted run has left, then build the index."""
        with no_lock_timeout(schema_editor) as cursor:
            name = schema_editor.quote_name(self.index.name)
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            super().database_forwards(app_label, schema_editor, from_state, to_state)
