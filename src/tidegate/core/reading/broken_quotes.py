"""Fits lines whose quotes do not work out, all at once. It gives what `RowAligner.fit` gives line by line; a property
test says so."""

import polars as pl

from tidegate.core.reading.align import RowAligner
from tidegate.core.reading.issue import ISSUES


def fit_broken(
    lines: pl.Series, numbers: pl.Series, codes: pl.Series, *, delimiter: str, aligner: RowAligner
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fit lines of a file.

    Args:
        lines: each is a row as it stands.
        numbers: the rows' numbers.
        codes: the codes of what is wrong with their quotes.
        delimiter: the file's, one character.
        aligner: that of the file.

    Returns:
        The rows, shaped as those of a Reading, and their faults, shaped as FAULTS.
    """
    broken = pl.DataFrame({"row": numbers, "code": codes, "cut": lines}).with_columns(
        pl.lit("").alias("value"), pl.col("cut").str.splitn(delimiter, aligner.width + 1)
    )
    cells = (
        _unquoted(pl.col("cut").struct.field(f"field_{place}")).alias(aligner.names[place]) for place in aligner.places
    )
    issues = broken.select(
        pl.col(name) if name in broken.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in ISSUES.items()
    )
    return broken.select("row", *cells), issues


def _unquoted(cell: pl.Expr) -> pl.Expr:
    """Return the cell without the quotes around it (see `records`)."""
    is_quoted = (cell.str.len_bytes() > 1) & cell.str.starts_with('"') & cell.str.ends_with('"')
    return pl.when(is_quoted).then(cell.str.strip_prefix('"').str.strip_suffix('"')).otherwise(cell)
