"""Sets what was found beside the rows that it was found for."""

from collections.abc import Sequence

import polars as pl


def left_join_one(
    rows: pl.DataFrame, found: pl.DataFrame, *, on: Sequence[str], nulls_equal: bool = False
) -> pl.DataFrame:
    """Return `rows` with the other columns of `found`, null where it has no line with the row's keys in `on`.

    `found` has each key once. The rows' own columns are not copied, as a join of whole frames would do.
    """
    keys = rows.select(on)
    joined = keys.join(found, on=list(on), how="left", nulls_equal=nulls_equal, maintain_order="left", validate="m:1")
    return rows.hstack(joined.drop(on))
