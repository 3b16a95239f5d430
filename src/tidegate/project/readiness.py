"""Whether this process can do its work: the database is at this release and answers, and so does the store."""

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tidegate.core.layouts.state_package import STATE, present_state
from tidegate.reference.installed_state import state_of_database
from tidegate.uploads.storage import store

_LIMIT = "SET LOCAL statement_timeout = '3s'"
NO_ANSWER = "The database does not answer"


def is_migrated() -> bool:
    """Whether the database has every migration of this release; a newer release may have brought more."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_usable() -> bool:
    """Whether the database is at this release and belongs to the present state."""
    return is_migrated() and state_of_database() in {"", present_state().name}


def why_not_ready() -> str:
    """Return why nobody should be sent here, as a sentence; blank where all is well."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LIMIT)
            if not is_migrated():
                return "The database is not at this release yet: run tidegate migrate"
            if state_of_database() not in {"", present_state().name}:
                return f"The database belongs to {state_of_database()}: let {STATE} name its package"
        return "" if store.answers() else "The store of uploaded files does not answer, or cannot be written to"
    except (DatabaseError, InterfaceError):
        return NO_ANSWER
