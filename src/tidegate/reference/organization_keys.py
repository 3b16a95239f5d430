"""The integers by which the database stores and joins organizations, and the IDs that people write."""

import polars as pl
from psycopg import sql

from tidegate.core.layouts.identifiers import are_keys_numbers, fold_organization_id
from tidegate.core.reference.organizations import OrganizationKeys
from tidegate.reference.copy_rows import read_columns

UNKNOWN = -1
"""The key for an ID that no organization has: a row with it is found to be wrong, and a row without an ID is not."""

_STORED = sql.SQL("SELECT id, identifier FROM reference_organization")
_SCHEMA = pl.Schema({"id": pl.Int32, "identifier": pl.String})


def identifier_of(key: str) -> sql.Composable:
    """Return SQL for the ID, as people write it, of the organization whose key a column (`table.column`) has."""
    column = sql.Identifier(*key.split("."))
    if are_keys_numbers():
        return column
    return sql.SQL("(SELECT identifier FROM reference_organization named WHERE named.id = {})").format(column)


def import_keys(organizations: pl.Series) -> OrganizationKeys:
    """Return the keys of the stored organizations and of those that are imported, by IDs.

    Those that are new are numbered after the stored ones, in the order of their file: reading a file again gives the
    same keys until it is merged.
    """
    if are_keys_numbers():
        return OrganizationKeys()
    stored = read_columns(_STORED, _SCHEMA)
    folded = fold_organization_id(pl.col("identifier"))
    asked = organizations.alias("identifier").to_frame().drop_nulls().with_columns(folded.alias("folded"))
    new = asked.unique("folded", keep="first", maintain_order=True).join(
        stored.select(folded.alias("folded")), on="folded", how="anti", maintain_order="left"
    )
    first = int(stored["id"].max() or 0) + 1  # type: ignore[arg-type]
    numbered = new.select(pl.int_range(first, pl.len() + first, dtype=pl.Int32).alias("id"), "identifier")
    return OrganizationKeys(pl.concat([stored, numbered]))


def key_or_unknown(keys: OrganizationKeys, column: str) -> pl.Expr:
    """Return the keys of a column's IDs: null where it is blank, UNKNOWN where no organization has the ID."""
    return pl.when(pl.col(column).is_not_null()).then(keys.of(column).fill_null(UNKNOWN))
