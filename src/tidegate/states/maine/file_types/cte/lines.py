"""What the rules about CTE lines on file say of a line, and to whom."""

import polars as pl

from tidegate.core.rules.expressions import UPLOAD, value

NOT_THEIRS = ("CTE501", "CTE504", "ORG201")
"""A row that breaks these is from a SAU that has nothing to do with the student: its findings do
not say what is on file."""
_MAX_NAMED_LINES = 5


def in_words(records: pl.DataFrame) -> pl.Expr:
    """Return the records of a group in words, the first ones alone where there are many."""
    upload = pl.col(UPLOAD) if UPLOAD in records.columns else pl.lit(None)
    credits_earned = value("CreditsEarned").cast(pl.Decimal(12, 2)).cast(pl.String)
    line = 'StartDate "' + value("StartDate").cast(pl.String) + '" with CreditsEarned "' + credits_earned + '"'
    brought = pl.when(upload.is_not_null()).then(" from upload " + upload.cast(pl.String)).otherwise(pl.lit(""))
    lines = (line + brought).sort_by(value("StartDate"), value("CreditsEarned"), upload)
    more = (
        pl.when(pl.len() > _MAX_NAMED_LINES)
        .then(" and " + (pl.len() - _MAX_NAMED_LINES).cast(pl.String) + " more")
        .otherwise(pl.lit(""))
    )
    return lines.head(_MAX_NAMED_LINES).str.join(", ") + more
