"""A many-to-one left join that does not copy the rows."""

from collections.abc import Sequence

import polars as pl


def left_join_one(
    rows: pl.DataFrame, found: pl.DataFrame, *, on: Sequence[str], nulls_equal: bool = False
) -> pl.DataFrame:
    """Return `rows` with the other columns of `found`, null for a row whose keys it does not have.

    The rows' own columns are not copied, as a join of whole frames would do.

    Args:
        rows: The rows; their height and order do not change.
        found: One line for each combination of keys.
        on: The columns with the keys, in both frames.
        nulls_equal: Whether a null in a key equals another null.
    """
    keys = rows.select(on)
    joined = keys.join(found, on=list(on), how="left", nulls_equal=nulls_equal, maintain_order="left", validate="m:1")
    return rows.hstack(joined.drop(on))
