"""Suggests the columns that a refused header may have meant."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.suggestions.suggest_columns import suggest_columns
from tidegate.core.suggestions.suggestion import to_text

_HEADER_CODES = ("FILE005", "FILE006")


def suggest_for_header(findings: pl.DataFrame, names: Sequence[str], layout: Layout) -> pl.DataFrame:
    """Return the findings of a refused file; what is wrong with its header gets the columns that may be meant."""
    near = to_text(suggest_columns(names, layout))
    is_about_names = pl.col("code").is_in(_HEADER_CODES)
    is_first = is_about_names & (pl.col("code").is_in(["FILE006"]) | (pl.col("code") == "FILE006").any().not_())
    return findings.with_columns(pl.when(is_first).then(pl.lit(near)).otherwise("suggestions").alias("suggestions"))
