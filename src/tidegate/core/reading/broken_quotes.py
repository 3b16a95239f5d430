"""Aligns lines with broken quotes, all at once.

`RowAligner.fit` gives the same, line by line; a property test compares both.
"""

import polars as pl

from tidegate.core.reading.align import RowAligner
from tidegate.core.reading.issue import ISSUES


def fit_broken(
    lines: pl.Series, numbers: pl.Series, codes: pl.Series, *, delimiter: str, aligner: RowAligner
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Align lines of a file.

    Args:
        lines: The lines; each is one row.
        numbers: The rows' numbers.
        codes: The codes of the issues of their quotes.
        delimiter: The file's delimiter, one character.
        aligner: The file's aligner.

    Returns:
        The rows, shaped as those of a Reading, and their issues, shaped as ISSUES.
    """
    broken = pl.DataFrame({"row": numbers, "code": codes, "cut": lines}).with_columns(
        pl.lit("").alias("value"), pl.col("cut").str.splitn(delimiter, aligner.width + 1)
    )
    cells = (
        _unquoted(pl.col("cut").struct.field(f"field_{position}")).alias(aligner.names[position])
        for position in aligner.positions
    )
    issues = broken.select(
        pl.col(name) if name in broken.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in ISSUES.items()
    )
    return broken.select("row", *cells), issues


def _unquoted(cell: pl.Expr) -> pl.Expr:
    """Return the cell without the quotes around it (see `records`)."""
    is_quoted = (cell.str.len_bytes() > 1) & cell.str.starts_with('"') & cell.str.ends_with('"')
    return pl.when(is_quoted).then(cell.str.strip_prefix('"').str.strip_suffix('"')).otherwise(cell)
