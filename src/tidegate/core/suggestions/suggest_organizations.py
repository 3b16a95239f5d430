"""Suggests organizations: the school or SAU that an ID or a name may have been meant to be."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from tidegate.core.suggestions.look_alikes import as_digits
from tidegate.core.suggestions.suggestion import Candidate, Suggestion, rank

_NEAR_NAME = 82
_OWN, _PREFERRED = 8, 4


class Named(NamedTuple):
    """An organization as a suggestion sees it. `is_own` says that it belongs to the row's SAU, or is it."""

    id: str
    name: str
    local_id: str
    is_own: bool
    is_preferred: bool


def suggest_organizations(text: str, organizations: Sequence[Named]) -> list[Suggestion]:
    """Return NEO organization IDs that `text` may have been meant to be; `organizations` are those of the right kind.

    The row's own SAU and its schools go first, then CTE schools where the column asks for one.
    """
    candidates = [candidate for each in organizations for candidate in _candidates(text.strip(), each)]
    best = max((candidate.score for candidate in candidates), default=0)
    first = {candidate.value for candidate in candidates if candidate.score > best - 6}
    return rank(c._replace(is_sure=len(first) == 1 and c.score == best >= 85) for c in candidates)


def _candidates(text: str, each: Named) -> Iterator[Candidate]:
    for score, why in _scores(text, each):
        bonus = _OWN * each.is_own + _PREFERRED * each.is_preferred
        yield Candidate(score + bonus, each.id, f"{each.name}{why}")


def _scores(text: str, each: Named) -> Iterator[tuple[float, str]]:
    """Yield how near the organization is, and why."""
    plain, local = _fold(text), _fold(each.local_id)
    if local and plain == local:
        yield 86, f", whose local ID is {each.local_id}"
    yield from _by_neo_id(text, each)
    if re.search("[A-Za-z]{4}", text):
        score = _name_score(text, each.name)
        if score >= _NEAR_NAME:
            yield score * 0.9, ", by its name"
    if len(plain) >= 3 and plain.isdigit() and OSA.distance(plain, each.id, score_cutoff=1) == 1:
        is_swap = sorted(plain) == sorted(each.id)
        yield 70 + 5 * is_swap, ", two digits swapped" if is_swap else ", one digit differs"
    if len(local) >= (3 if each.is_own else 4) and OSA.distance(plain, local, score_cutoff=1) == 1:
        yield 68, f", whose local ID is {each.local_id}"


def _by_neo_id(text: str, each: Named) -> Iterator[tuple[float, str]]:
    neo_id = each.id.lstrip("0")
    if _fold(text) == neo_id:
        yield 90, ""
    elif _fold(as_digits(text)) == neo_id:
        yield 89, ", with digits for letters that look like them"


def _name_score(text: str, name: str) -> float:
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    if text.upper() == initials:
        return 96
    return max(
        fuzz.token_sort_ratio(text.lower(), name.lower()), 0.97 * fuzz.token_set_ratio(text.lower(), name.lower())
    )


def _fold(text: str) -> str:
    """Return an ID without case, signs, zeros in front, and the `.0` that some programs add."""
    return re.sub(r"[\W_]", "", re.sub(r"\.0*$", "", text)).lstrip("0").upper()
