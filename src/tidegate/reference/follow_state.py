"""Lets the database follow the state after all migrations: which IDs organizations may have."""

from typing import Any

from django.db import IntegrityError, connection, transaction
from psycopg import sql

from tidegate.core.errors import Refusal
from tidegate.core.layouts.identifiers import are_ids_numbers, are_keys_numbers, organization_ids
from tidegate.reference.copy_rows import raw_cursor

_TABLE = "reference_organization"
_FORM = "organization_id_has_"
_FORMS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND starts_with(conname, %s)"


def follow_state(**_: Any) -> None:
    """Let organizations have IDs of the state's form alone; Django calls it after it has migrated.

    Raises Refusal where the database has organizations with other IDs.
    """
    if _TABLE not in connection.introspection.table_names():
        return  # the migrations were undone
    name, rule = _rule()
    try:
        with transaction.atomic(), raw_cursor() as cursor:
            set_form(cursor, _TABLE, _FORM, name=name, rule=rule)
    except IntegrityError as error:
        raise Refusal(
            f"The database has organizations whose ID is not {organization_ids().form()}, as the state's IDs are",
            fix="Use the database of this state, or correct organization_ids in its state.toml",
            code="OTHER_STATE",
        ) from error


def _rule() -> tuple[str, sql.Composable]:
    """Return the name of the constraint, and what is true of every organization."""
    longest = organization_ids().max_length
    if are_keys_numbers():
        return f"{_FORM}{longest}_digits", sql.SQL("id BETWEEN 1 AND {}").format(10**longest - 1)
    if are_ids_numbers():
        return f"{_FORM}{longest}_digits", sql.SQL("identifier ~ {}").format(f"^[1-9][0-9]{{0,{longest - 1}}}$")
    return f"{_FORM}{longest}_characters", sql.SQL("length(identifier) BETWEEN 1 AND {}").format(longest)


def set_form(cursor: Any, table: str, beginning: str, *, name: str, rule: sql.Composable) -> None:
    """Let a table take rows of one form alone.

    Args:
        cursor: A cursor of psycopg.
        table: The table.
        beginning: How the names of constraints about the form begin; one of another name is dropped.
        name: The name of the constraint, which says what it asks for.
        rule: What is true of every row.
    """
    cursor.execute(_FORMS, [table, beginning])
    found = [found for (found,) in cursor.fetchall()]
    if found == [name]:
        return
    for other in found:
        cursor.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(other))
        )
    add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({})")
    cursor.execute(add.format(sql.Identifier(table), sql.Identifier(name), rule))
