"""A suggestion: a value that may have been meant, and why."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec
import polars as pl

MAX_SUGGESTIONS = 3
"""How many suggestions a finding has at most."""


class Suggestion(NamedTuple):
    """A value that may have been meant. `reason` says who or what it is and why it is near; `is_sure` says that nothing
    else is nearly as near."""

    value: str
    reason: str
    is_sure: bool = False


class Candidate(NamedTuple):
    """A suggestion on its way: the higher the `score`, the nearer; from 0 to 100."""

    score: float
    value: str
    reason: str
    is_sure: bool = False


def rank(candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Return the nearest of the candidates, each value once. Only the first can be sure, and only where no other
    candidate is."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.value not in best or candidate.score > best[candidate.value].score:
            best[candidate.value] = candidate
    ranked = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.value))
    is_alone = sum(candidate.is_sure for candidate in ranked) == 1
    return [
        Suggestion(candidate.value, candidate.reason, candidate.is_sure and is_alone and position == 0)
        for position, candidate in enumerate(ranked[:MAX_SUGGESTIONS])
    ]


def to_text(suggestions: Sequence[Suggestion]) -> str:
    """Return the suggestions as one text for the column `suggestions` of FINDINGS; blank where there are none."""
    return msgspec.json.encode([list(suggestion) for suggestion in suggestions]).decode() if suggestions else ""


def from_text(text: str) -> list[Suggestion]:
    """Return the suggestions that `to_text` has written."""
    return [Suggestion(*parts) for parts in msgspec.json.decode(text)] if text else []


def in_words(text: str) -> str:
    """Return the suggestions of the column `suggestions` as a question, blank where there are none."""
    options = [f'"{value}"{f" ({reason})" if reason else ""}' for value, reason, _ in from_text(text)]
    if not options:
        return ""
    *first, last = options
    return f"Did you mean {', '.join(first)} or {last}?" if first else f"Did you mean {last}?"


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


_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
_MAX_LETTERS = 2
"""With more letters than this a text is a word."""


def as_digits(text: str) -> str:
    """Return the text with digits for the letters that look like them, or as it is where it has many letters."""
    return text.translate(_DIGITS) if len(re.sub("[^A-Za-z]", "", text)) <= _MAX_LETTERS else text
