"""Asks for suggestions once per distinct value, whatever the number of rows that have it."""

from collections.abc import Callable, Sequence

import polars as pl

from tidegate.core.suggestions.suggestion import Suggestion, to_text

MOST_VALUES = 2_000
"""For so many distinct values of a column suggestions are made, the most frequent first: a column with more of them is
not mistyped but another column."""

BESIDE = "beside"
"""What a suggestion hangs on beside the value: the ID of the row's school, SAU or focus; null where there is none."""

Suggest = Callable[[str, int | None], Sequence[Suggestion]]
"""Returns what a value may have been meant to be, given what stands beside it."""


def suggest_by_value(asked: pl.DataFrame, suggest: Suggest) -> pl.DataFrame:
    """Return `value`, `beside` and `suggestions` for distinct values, the most frequent of which come first."""
    asked = asked.select("value", BESIDE).head(MOST_VALUES)
    texts = [to_text(suggest(value, beside)) for value, beside in asked.iter_rows()]
    answers = asked.with_columns(pl.Series("suggestions", texts, dtype=pl.String))
    return answers.filter(pl.col("suggestions") != "")
