"""Asks for suggestions once per distinct value, whatever the number of rows that have it."""

from collections.abc import Callable, Sequence

import polars as pl

from tidegate.core.suggestions.suggestion import Suggestion, to_text

MAX_VALUES = 2_000
"""Suggestions are made for this many distinct values of a column, the most frequent first: a column with more of them
is not mistyped but another column."""

SCOPE = "scope"
"""On what a suggestion depends besides the value: the ID of the row's school, SAU or focus, or null."""

Suggest = Callable[[str, int | None], Sequence[Suggestion]]
"""Returns what a value may have been meant to be, given its scope."""


def suggest_by_value(unknown: pl.DataFrame, suggest: Suggest) -> pl.DataFrame:
    """Return `value`, `scope` and `suggestions` for distinct pairs of value and scope, the most frequent first."""
    unknown = unknown.select("value", SCOPE).head(MAX_VALUES)
    texts = [to_text(suggest(value, scope)) for value, scope in unknown.iter_rows()]
    answers = unknown.with_columns(pl.Series("suggestions", texts, dtype=pl.String))
    return answers.filter(pl.col("suggestions") != "")
