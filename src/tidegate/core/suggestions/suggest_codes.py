"""Suggests CTE codes: by their digits, within the family, by title words and by edit distance; this school's first."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from tidegate.core.suggestions.look_alikes import as_digits
from tidegate.core.suggestions.suggestion import Candidate, Suggestion, rank

_TAUGHT = ", taught at this school"
_NEAR_TITLE = 78
_SAME_TITLE = 95


def suggest_codes(text: str, titles: Mapping[str, str], taught: AbstractSet[str]) -> list[Suggestion]:
    """Return codes that `text` may have been meant to be. `titles` are those valid in the school year, by code;
    `taught` are those that the school has reported. Nothing where nothing is near."""
    candidates = [*_with_these_digits(text, titles, taught), *_in_family(text, titles), *_by_title(text, titles)]
    if not any(candidate.is_sure for candidate in candidates):
        candidates += _near(text, titles, taught)
    return rank(_prefer_taught(candidate, taught) for candidate in candidates)


def _prefer_taught(candidate: Candidate, taught: AbstractSet[str]) -> Candidate:
    if candidate.value not in taught:
        return candidate
    return candidate._replace(score=candidate.score + 12, reason=candidate.reason + _TAUGHT)


def _digits(text: str) -> str:
    """Return the text's digits, letters that look like digits among them read as such."""
    return re.sub(r"\D", "", as_digits(text))


def _with_these_digits(text: str, titles: Mapping[str, str], taught: AbstractSet[str]) -> Iterator[Candidate]:
    """Yield the codes that have all digits of the text, zeros at the ends aside: 430107, 43-0107, 10205.

    With zeros it is sure only where the school teaches it or no other code is one digit away: one may be left out.
    """
    written = re.search(r"(?<![0-9])[0-9]{2}\.[0-9]{4}(?![0-9])", text)
    digits = written[0].replace(".", "") if written else _digits(text)
    if len(digits) < 3:
        return
    by_digits = {_bare(code): code for code in titles}
    if code := by_digits.get(digits):
        yield Candidate(100, code, f"{titles[code]}, the same digits", is_sure=True)
    forms = dict.fromkeys((digits.zfill(6), digits.ljust(6, "0"), f"0{digits}".ljust(6, "0")))
    for form in forms.keys() & by_digits.keys() - {digits}:
        code = by_digits[form]
        is_sure = len(digits) >= 5 and (code in taught or len(_one_away(digits, titles)) == 1)
        yield Candidate(94, code, f"{titles[code]}, the same digits without their zeros", is_sure=is_sure)


def _in_family(text: str, titles: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield the codes that begin like the text: those of the family for `43`, of the series for `43.01`."""
    begins = re.fullmatch(r"([0-9]{1,2})\.?|([0-9]{2}\.[0-9]{1,3})|([0-9]{3,4})", text)
    if not begins:
        return
    family, series, bare = begins.groups()
    start = f"{family.zfill(2)}." if family else series or f"{bare[:2]}.{bare[2:]}"
    for code, title in titles.items():
        if code.startswith(start):
            yield Candidate(70, code, f"{title}, family {code[:2]}")


def _by_title(text: str, titles: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield the codes whose titles have the words of the text, also misspelt ones."""
    words = re.sub(r"[^a-z ]", " ", text.lower()).strip()
    if len(words) < 4:
        return
    lowered = {code: title.lower() for code, title in titles.items()}
    near = process.extract(words, lowered, scorer=_title_score, score_cutoff=_NEAR_TITLE, limit=12)
    best = near[0][1] if near else 0
    is_alone = sum(score > best - 8 for _, score, _ in near) == 1
    for _, score, code in near:
        is_sure = is_alone and score == best >= _SAME_TITLE and len(words) >= 8
        yield Candidate(score * 0.9, code, f"{titles[code]}, words of the title", is_sure=is_sure)


def _title_score(words: str, title: str, *, score_cutoff: float | None = None) -> float:
    """Return how much of the words the title has, each word at its best place; longer words count more."""
    theirs = [word for word in re.split(r"[^a-z]+", title) if len(word) > 2]
    mine = [word for word in words.split() if len(word) > 2 and word != "and"]
    if not mine or not theirs:
        return 0
    found = sum(max(_word_score(word, other) for other in theirs) * len(word) for word in mine) / sum(map(len, mine))
    coverage = fuzz.token_set_ratio(words, title) / 100
    score = found * 0.94 + coverage * 6
    return score if score_cutoff is None or score >= score_cutoff else 0


def _word_score(word: str, other: str) -> float:
    """Return how near two words are; a word of four letters or more may be the other's beginning."""
    if len(word) >= 4 and (other.startswith(word) or word.startswith(other[: max(5, len(other) - 3)])):
        return 97
    return fuzz.ratio(word, other)


def _near(text: str, titles: Mapping[str, str], taught: AbstractSet[str]) -> Iterator[Candidate]:
    """Yield the codes that are one or two slips of a finger away; two only within the family or the school."""
    digits = _digits(text)
    if not 5 <= len(digits) <= 7:
        return
    ones = _one_away(digits, titles)
    for code in titles:
        is_same_family = code[:2] == digits[:2]
        if code in ones:
            is_sure = len(ones) == 1 and (is_same_family or code in taught)
            is_swap = _is_swap(digits, code)
            slip = "two digits swapped" if is_swap else "one digit differs"
            yield Candidate(80 + 4 * is_same_family + 5 * is_swap, code, f"{titles[code]}, {slip}", is_sure=is_sure)
        elif (is_same_family or code in taught) and OSA.distance(digits, _bare(code), score_cutoff=2) == 2:
            yield Candidate(52 + 4 * is_same_family, code, f"{titles[code]}, two digits differ")


def _one_away(digits: str, titles: Mapping[str, str]) -> set[str]:
    return {code for code in titles if OSA.distance(digits, _bare(code), score_cutoff=1) == 1}


def _bare(code: str) -> str:
    return code.replace(".", "")


def _is_swap(digits: str, code: str) -> bool:
    return len(digits) == 6 and sorted(digits) == sorted(_bare(code))
