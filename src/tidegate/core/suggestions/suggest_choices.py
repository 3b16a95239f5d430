"""Suggests codes of a short list: by their number, their label, and by edit distance."""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from tidegate.core.layouts.column_types import Choice
from tidegate.core.suggestions.suggestion import Candidate, Suggestion, as_digits, rank

_MIN_LABEL_SCORE = 84
# A column of F alone is taken for truth values by R, DuckDB and csvkit, and saved as these words.
_READ_AS_TRUTH = {"F": ("false",), "T": ("true",)}


def suggest_choices(text: str, of: Choice) -> list[Suggestion]:
    """Return the codes that `text` may have been meant to be."""
    candidates = [candidate for code, label in of.choices.items() for candidate in _candidates(text, code, label)]
    candidates += [
        Candidate(88, code, of.choices[code]) for word, code in of.synonyms.items() if _is_near_word(text, word)
    ]
    values = {candidate.value for candidate in candidates if candidate.score >= 85}
    return rank(candidate._replace(is_sure=len(values) == 1 and candidate.score >= 85) for candidate in candidates)


def _candidates(text: str, code: str, label: str) -> Iterator[Candidate]:
    read = as_digits(text)
    number = re.search("[0-9]+", read if read.isdecimal() else text)
    if text.casefold() in _READ_AS_TRUTH.get(code, ()):
        yield Candidate(90, code, label)
    if number and code.isdigit() and int(number[0]) == int(code) and len(number[0]) <= 2:
        yield Candidate(90, code, label)
    if len(text) >= 4:
        score = max(fuzz.ratio(text.lower(), label.lower()), 0.95 * fuzz.token_set_ratio(text.lower(), label.lower()))
        if score >= _MIN_LABEL_SCORE and not number:
            yield Candidate(score, code, label)
    if not code.isdigit() and len(text) >= 2 and OSA.distance(text.upper(), code, score_cutoff=1) <= 1 < len(code):
        yield Candidate(70, code, label)


def _is_near_word(text: str, word: str) -> bool:
    return len(text) >= 4 and len(word) >= 4 and fuzz.ratio(text.lower(), word.lower()) >= _MIN_LABEL_SCORE
