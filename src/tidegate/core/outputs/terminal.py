"""The result of a check in words: what to do, most frequent trouble first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.core.outputs.output import TEXT, Form, Output, Print
from tidegate.core.outputs.tally import MAX_ROWS_PER_RULE, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tidegate.core.outputs.source import Source
    from tidegate.core.rules.rule import Rule


class Terminal(Output):
    """The counts, then each rule that was broken with its first rows and its fix, for a terminal."""

    name = "result in words"
    forms = (TEXT,)
    order = 1
    is_download = False
    printed = Print("text", "words")

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the lines."""
        lines = in_words(source.tally(), source.rules, **source.counts, is_refused=source.is_refused)
        return (line.encode() for line in lines)


def in_words(
    tally: Tally,
    rules: Mapping[str, type[Rule]],
    *,
    row_count: int,
    success_count: int,
    error_count: int,
    is_refused: bool = False,
) -> Iterator[str]:
    """Yield lines for a person: the counts, then each broken rule with its first rows and its fix.

    Args:
        tally: Has noted all findings.
        rules: All rules by code, which say how to fix a finding.
        row_count: The number of data rows.
        success_count: The number of rows that are loaded.
        error_count: The number of rows that are not.
        is_refused: Whether the file could not be read.
    """
    from tidegate.core.suggestions.suggestion import in_words as as_question

    if is_refused:
        yield "The file could not be read; no row was judged.\n"
    else:
        counted = f"Row Count {row_count:,}   Success Count {success_count:,}"
        yield f"{counted}   Error {error_count:,}\n"
    for code, count in tally.counts.most_common():
        yield f"\n{code}  {rules[code].summary} ({count:,})\n"
        for row, message, suggestions in tally.first[code]:
            yield f"  {'file' if row is None else f'row {row}'}: {message}\n"
            if suggestions:
                yield f"    {as_question(suggestions)}\n"
        if count > MAX_ROWS_PER_RULE:
            yield f"  and {count - MAX_ROWS_PER_RULE:,} more\n"
        yield f"  How to fix it: {rules[code].how_to_fix}\n"
