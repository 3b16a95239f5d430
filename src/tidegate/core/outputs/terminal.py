"""The result of a check in words: what to do, most frequent trouble first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tidegate.core.outputs.output import TEXT, Form, Output, Print
from tidegate.core.suggestions.suggestion import in_words as as_question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl

    from tidegate.core.outputs.source import Source
    from tidegate.core.rules.rule import Rule

_MAX_ROWS_PER_RULE = 5


class Terminal(Output):
    """The counts, then each rule that was broken with its first rows and its fix, for a terminal."""

    name = "result in words"
    forms = (TEXT,)
    order = 1
    is_download = False
    printed = Print("text", "words")

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the lines."""
        findings = source.findings_in_slices()
        lines = in_words(findings, source.rules, **source.counts, is_refused=source.is_refused)
        return (line.encode() for line in lines)


class Tally:
    """How often each rule was broken, and the first rows that broke it: `counts` and `first`, by code."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, list[tuple[int | None, str, str]]] = {}

    def noting(self, findings: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield the findings, which come in slices, in order, and note them on their way."""
        for part in findings:
            self._note(part)
            yield part

    def _note(self, part: pl.DataFrame) -> None:
        codes = part["code"]
        for code, count in zip(codes.unique(maintain_order=True), codes.unique_counts(), strict=True):
            self.counts[code] += count
            shown = self.first.setdefault(code, [])
            if len(shown) < _MOST_ROWS:
                of_rule = part.filter(codes == code).head(_MOST_ROWS - len(shown))
                shown += of_rule.select("row", "message", "suggestions").rows()


def in_words(
    tally: Tally,
    rules: Mapping[str, type[Rule]],
    *,
    row_count: int,
    success_count: int,
    error_count: int,
    is_refused: bool = False,
) -> Iterator[str]:
    """Yield lines for a person: the counts, then each rule that was broken with its first rows and
    its fix. `findings` come in slices, in order."""
    if is_refused:
        yield "The file could not be read; no row was judged.\n"
    else:
        counted = f"Row Count {row_count:,}   Success Count {success_count:,}"
        yield f"{counted}   Error {error_count:,}\n"
    counts: Counter[str] = Counter()
    first: dict[str, list[tuple[int | None, str, str]]] = {}
    for part in findings:
        for (code,), of_rule in part.group_by("code", maintain_order=True):
            counts[str(code)] += of_rule.height
            shown = first.setdefault(str(code), [])
            more = of_rule.head(_MAX_ROWS_PER_RULE - len(shown))
            shown += more.select("row", "message", "suggestions").rows()
    for code, count in counts.most_common():
        yield f"\n{code}  {rules[code].summary} ({count:,})\n"
        for row, message, suggestions in tally.first[code]:
            yield f"  {'file' if row is None else f'row {row}'}: {message}\n"
            if suggestions:
                yield f"    {as_question(suggestions)}\n"
        if count > _MAX_ROWS_PER_RULE:
            yield f"  and {count - _MAX_ROWS_PER_RULE:,} more\n"
        yield f"  How to fix it: {rules[code].how_to_fix}\n"
