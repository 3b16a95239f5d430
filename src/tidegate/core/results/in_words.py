"""The result of a check in words: what to do, most frequent trouble first."""

from collections.abc import Iterator, Mapping

import polars as pl

from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import in_words as as_question

_MOST_ROWS = 5


def in_words(
    findings: pl.DataFrame,
    rules: Mapping[str, type[Rule]],
    *,
    row_count: int,
    success_count: int,
    error_count: int,
    is_refused: bool = False,
) -> Iterator[str]:
    """Yield lines for a person: the counts, then each rule that was broken with its first rows and its fix."""
    if is_refused:
        yield "The file could not be read; no row was judged.\n"
    else:
        yield f"Row Count {row_count:,}   Success Count {success_count:,}   Error {error_count:,}\n"
    groups = findings.group_by("code", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    for code, count in groups.iter_rows():
        of_rule = findings.filter(pl.col("code") == code)
        yield f"\n{code}  {rules[code].summary} ({count:,})\n"
        for row, message, suggestions in of_rule.head(_MOST_ROWS).select("row", "message", "suggestions").iter_rows():
            yield f"  {'file' if row is None else f'row {row}'}: {message}\n"
            if suggestions:
                yield f"    {as_question(suggestions)}\n"
        if count > _MOST_ROWS:
            yield f"  and {count - _MOST_ROWS:,} more\n"
        yield f"  How to fix it: {rules[code].how_to_fix}\n"
