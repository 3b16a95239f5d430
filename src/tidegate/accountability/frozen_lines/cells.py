"""Frozen lines in a query: the lines of a table of a snapshot, and their cells by the names of the columns."""

from collections.abc import Collection
from typing import TypeAlias

from psycopg import sql

from tidegate.accountability.models import FrozenLine, Snapshot
from tidegate.reference.copy_rows import table_of

Reach: TypeAlias = "Collection[str] | None"
"""The organizations, by their IDs as people write them, whose students may be counted; None is all."""


def frozen(snapshot: Snapshot, table: str) -> sql.Composable:
    """Return SQL for the lines of a table, with a column `cells`."""
    return sql.SQL("(SELECT cells FROM {} WHERE snapshot_id = {} AND table_name = {})").format(
        sql.Identifier(table_of(FrozenLine)), snapshot.pk, table
    )


def frozen_with_versions(snapshot: Snapshot, table: str) -> sql.Composable:
    """Return a query of the lines of a table, with columns `cells` and `version_id`."""
    return sql.SQL("SELECT cells, version_id FROM {} WHERE snapshot_id = {} AND table_name = {}").format(
        sql.Identifier(table_of(FrozenLine)), snapshot.pk, table
    )


def cell(snapshot: Snapshot, table: str, column: str) -> sql.Composable:
    """Return SQL for a cell of a line of `frozen`, as a text."""
    return sql.SQL("(cells[{}])").format(snapshot.column_of(table, column))
