"""The result of a check in words: what to do, most frequent trouble first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import in_words as as_question

_MOST_ROWS = 5


def in_words(
    findings: Iterable[pl.DataFrame],
    rules: Mapping[str, type[Rule]],
    *,
    row_count: int,
    success_count: int,
    error_count: int,
    is_refused: bool = False,
) -> Iterator[str]:
    """Yield lines for a person: the counts, then each rule that was broken with its first rows and its fix. `findings`
    come in slices, in order."""
    if is_refused:
        yield "The file could not be read; no row was judged.\n"
    else:
        yield f"Row Count {row_count:,}   Success Count {success_count:,}   Error {error_count:,}\n"
    counts: Counter[str] = Counter()
    first: dict[str, list[tuple[int | None, str, str]]] = {}
    for part in findings:
        for (code,), of_rule in part.group_by("code", maintain_order=True):
            counts[str(code)] += of_rule.height
            shown = first.setdefault(str(code), [])
            shown += of_rule.head(_MOST_ROWS - len(shown)).select("row", "message", "suggestions").rows()
    for code, count in counts.most_common():
        yield f"\n{code}  {rules[code].summary} ({count:,})\n"
        for row, message, suggestions in first[code]:
            yield f"  {'file' if row is None else f'row {row}'}: {message}\n"
            if suggestions:
                yield f"    {as_question(suggestions)}\n"
        if count > _MOST_ROWS:
            yield f"  and {count - _MOST_ROWS:,} more\n"
        yield f"  How to fix it: {rules[code].how_to_fix}\n"
