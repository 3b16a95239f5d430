"""A suggestion: a value that may have been meant, and why."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import msgspec
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from tidegate.core.layouts.column_types import Choice, Day
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.exchanged_days import Exchanged

MAX_SUGGESTIONS = 3
"""How many suggestions a finding has at most."""


class Suggestion(NamedTuple):
    """A value that may have been meant.

    `reason` says what it is and why it is near. `is_sure`: nothing else is nearly as near.
    """

    value: str
    reason: str
    is_sure: bool = False


class Candidate(NamedTuple):
    """A possible suggestion, before ranking. `score` is from 0 to 100: the higher, the nearer."""

    score: float
    value: str
    reason: str
    is_sure: bool = False


def rank(candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Return the nearest of the candidates, each value once.

    Only the first can be sure, and only if no other candidate is.
    """
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
    """Return the suggestions as one text, for the column `suggestions` of FINDINGS; blank
    without any."""
    return msgspec.json.encode([list(suggestion) for suggestion in suggestions]).decode() if suggestions else ""


def from_text(text: str) -> list[Suggestion]:
    """Return the suggestions that `to_text` has written."""
    return [Suggestion(*parts) for parts in msgspec.json.decode(text)] if text else []


def suggestions_in_words(text: str, *, said: str = "") -> str:
    """Return the text of the column `suggestions` as a question; blank if there is none, or if the message `said` ends
    with the only one already."""
    found = from_text(text)
    if len(found) == 1 and said.endswith(f" {found[0].value}"):
        return ""
    options = [f'"{value}"{f" ({reason})" if reason else ""}' for value, reason, _ in found]
    if not options:
        return ""
    *first, last = options
    return f"Did you mean {', '.join(first)} or {last}?" if first else f"Did you mean {last}?"


MAX_VALUES = 2_000
"""Largest number of distinct values of a column that get suggestions, the most frequent first. A
column with more unknown values is not mistyped, it is another column."""

SCOPE = "scope"
"""The column with what a suggestion depends on in addition to the value: the ID of the row's
school, district or focus, or null."""

ASKED = "asked"
"""The column that says what suggests for a finding: a look-up or, after `form:`, a column;
blank: nothing."""
ASKED_KEY = [ASKED, "value", SCOPE]
"""The columns on which a suggestion depends."""
_NEAR = "near"

Suggest = Callable[[str, int | None], Sequence[Suggestion]]
"""Returns what a value may have been meant to be, given its scope."""


def suggest_by_value(unknown: pl.DataFrame, suggest: Suggest) -> pl.DataFrame:
    """Return `value`, `scope` and `suggestions` for distinct pairs of value and scope, the most frequent first."""
    unknown = unknown.select("value", SCOPE).head(MAX_VALUES)
    texts = [to_text(suggest(value, scope)) for value, scope in unknown.iter_rows()]
    answers = unknown.with_columns(pl.Series("suggestions", texts, dtype=pl.String))
    return answers.filter(pl.col("suggestions") != "")


class Suggestions:
    """What the values of a file may have been meant to be. It is worked out when it is to be shown."""

    def __init__(self, frequent: pl.DataFrame, answer: Callable[[str, pl.DataFrame], pl.DataFrame]) -> None:
        """Prepare the suggestions.

        Args:
            frequent: `asked`, `value` and `scope` of the values that may get one.
            answer: Returns `value`, `scope` and `suggestions` of the values of one `asked` to which something is near.
        """
        self._frequent = frequent
        self._answer = answer

    @cached_property
    def every(self) -> pl.DataFrame:
        """All suggestions: `suggestions` for each `asked`, `value` and `scope` to which something is near."""
        return self._to(self._frequent)

    def _to(self, values: pl.DataFrame) -> pl.DataFrame:
        answers = [self._frequent.clear().with_columns(pl.lit("").alias("suggestions"))]
        for (asked,), of_asked in values.partition_by(ASKED, as_dict=True, maintain_order=True).items():
            found = self._answer(str(asked), of_asked).with_columns(pl.lit(asked, values.schema[ASKED]).alias(ASKED))
            answers.append(found.select(*ASKED_KEY, "suggestions"))
        return pl.concat(answers)

    def joined_to(self, noted: pl.DataFrame) -> pl.DataFrame:
        """Return noted findings with the suggestions to each."""
        return _joined(noted, self.every)

    def joined_to_few(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Return a few findings with the suggestions to each, without working out any others. Those that were not noted
        have theirs."""
        if ASKED not in findings.columns:
            return findings
        asked = self._frequent.join(
            findings.select(ASKED_KEY), on=ASKED_KEY, how="semi", nulls_equal=True, maintain_order="left"
        )
        return _joined(findings, self._to(asked))


def _joined(noted: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    # few values have an answer in most files: to look for one takes a fraction of the time of a join
    if answers.is_empty() or not noted["value"].is_in(answers["value"].implode()).any():
        return noted
    near = answers.rename({"suggestions": _NEAR})
    answered = noted.join(near, on=ASKED_KEY, how="left", nulls_equal=True, maintain_order="left")
    of_row = pl.when(pl.col("suggestions") != "").then("suggestions")  # what is known of the very row says more
    return answered.with_columns(pl.coalesce(of_row, _NEAR, pl.lit("")).alias("suggestions")).drop(_NEAR)


_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
# With more letters than this a text is a word.
_MAX_LETTERS = 2


def as_digits(text: str) -> str:
    """Return the text with digits for letters that look like digits; unchanged if it has many
    letters."""
    return text.translate(_DIGITS) if len(re.sub("[^A-Za-z]", "", text)) <= _MAX_LETTERS else text


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
    is_code = not code.isdigit() and len(text) >= 2 and len(code) > 1
    if is_code and OSA.distance(text.upper(), code.upper(), score_cutoff=1) <= 1:
        yield Candidate(70, code, label)


def _is_near_word(text: str, word: str) -> bool:
    return len(text) >= 4 and len(word) >= 4 and fuzz.ratio(text.lower(), word.lower()) >= _MIN_LABEL_SCORE


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"([0-9]{1,4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,4})")
_TIME_OF_DAY = re.compile(r"[ T:][0-9]{1,2}[:.][0-9]{2}(?![0-9]).*")
_DAY_ZERO = date(1899, 12, 30)
_DAYS_TO_1904 = 1462
# The score from which on a text has the form of one day alone, so that no other order of its
# numbers is suggested.
_ONE_ORDER_SCORE = 92

# How near the day with day and month exchanged is: nearer than any other only where the column's
# dates tell.
_SCORES = {Exchanged.PERHAPS: 87, Exchanged.CERTAIN: 97}


def suggest_days(
    text: str, of: Day, school_year: SchoolYear, *, exchanged: Exchanged = Exchanged.NOT
) -> list[Suggestion]:
    """Return days that `text` may have been meant to be, as YYYY-MM-DD.

    They lie in the school year if the column's days must, else in the hundred years before its end.

    Args:
        text: The text of the cell.
        of: The type of the column.
        school_year: The school year.
        exchanged: Whether day and month were exchanged before the date was written in a form of
            one meaning: then it is not the day that it seems to be.
    """
    begins = school_year.first_day
    first = begins if of.within_school_year else begins.replace(year=begins.year - 99)
    candidates = [
        candidate
        for candidate in _read(_TIME_OF_DAY.sub("", text.strip()), school_year, exchanged)
        if first <= date.fromisoformat(candidate.value) <= school_year.last_day
    ]
    days = {candidate.value for candidate in candidates}
    ranked = rank(candidate._replace(is_sure=len(days) == 1 and candidate.score >= 80) for candidate in candidates)
    return [suggestion for suggestion in ranked if suggestion.value != text]


def _read(text: str, school_year: SchoolYear, exchanged: Exchanged) -> Iterator[Candidate]:
    as_written = [*_year_first(text), *_with_month_name(text), *_without_signs(text)]
    if any(candidate.score >= _ONE_ORDER_SCORE for candidate in as_written):
        yield from as_written
        # The day is as it should be: if it is not that one, the year is wrong.
        for candidate in as_written:
            day = date.fromisoformat(candidate.value)
            yield from _in_this_year(day.month, day.day, school_year, score=88)
            if score := _SCORES.get(exchanged):
                yield from _day(day.year, day.day, day.month, score=score, reason="day and month exchanged")
        return
    yield from as_written
    yield from _counted(text)
    parts = _NUMBERS.match(text)
    if parts:
        yield from _in_orders(parts.groups())
        one, two, three = parts.groups()
        month, day_of_month = (two, three) if len(one) == 4 else (one, two)
        yield from _in_this_year(int(month), int(day_of_month[:2]), school_year, score=55)


def _day(year: int, month: int, day: int, *, score: float, reason: str) -> Iterator[Candidate]:
    """Yield a day if there is one.

    Args:
        year: The year, in four or two digits.
        month: The month.
        day: The day of the month.
        score: How likely it is meant.
        reason: Why it may be meant.
    """
    year = year if year > 99 else year + (1900 if year > 50 else 2000)
    try:
        yield Candidate(score, date(year, month, day).isoformat(), reason)
    except ValueError:
        return


def _year_first(text: str) -> Iterator[Candidate]:
    """Yield the day of `2020-09-01`, `2020/9/1` and similar texts, which have one meaning."""
    parts = re.match(r"([0-9]{4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})(?![0-9])", text)
    if parts:
        yield from _day(int(parts[1]), int(parts[2]), int(parts[3]), score=95, reason="year, month, day")


def _in_orders(texts: tuple[str, ...]) -> Iterator[Candidate]:
    """Yield the days that three numbers can be, in the orders in which people write them."""
    one, two, three = (int(text) for text in texts)
    if len(texts[0]) == 4:
        yield from _day(one, three, two, score=85, reason="day and month in the other order")
    elif len(texts[2]) in (2, 4):
        yield from _day(three, one, two, score=90, reason="month, day, year")
        yield from _day(three, two, one, score=85, reason="day and month in the other order")
        if len(texts[0]) == len(texts[2]) == 2:
            yield from _day(one, two, three, score=60, reason="year, month, day")


def _in_this_year(month: int, day: int, school_year: SchoolYear, *, score: float) -> Iterator[Candidate]:
    """Yield the same day and month in the school year, in case the year is wrong.

    Args:
        month: The month.
        day: The day of the month.
        school_year: The school year.
        score: How likely it is meant.
    """
    begins = school_year.first_day
    year = school_year.first + ((month, day) < (begins.month, begins.day))
    yield from _day(year, month, day, score=score, reason=f"the same day in {school_year.name}")


def _with_month_name(text: str) -> Iterator[Candidate]:
    """Yield the day of `1-Sep-20`, `Sep 1, 2020` and similar texts."""
    words = [word[:3].lower() for word in re.findall(r"[A-Za-z]{3,9}", text)]
    months = [_MONTHS.index(word) + 1 for word in words if word in _MONTHS]
    numbers = [int(number) for number in re.findall("[0-9]+", text)]
    if not months or len(numbers) != 2:
        return
    day, year = (numbers[1], numbers[0]) if numbers[0] > 31 else numbers
    yield from _day(year, months[0], day, score=95, reason="the month by its name")


def _without_signs(text: str) -> Iterator[Candidate]:
    """Yield the day of `20200901` and `09012020`."""
    if not re.fullmatch("[0-9]{8}", text):
        return
    yield from _day(int(text[:4]), int(text[4:6]), int(text[6:]), score=92, reason="year, month, day without signs")
    yield from _day(int(text[4:]), int(text[:2]), int(text[2:4]), score=90, reason="month, day, year without signs")


def _counted(text: str) -> Iterator[Candidate]:
    """Yield the day of `44075`, which a spreadsheet counts from 1900 or from 1904."""
    if not re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        return
    day = _DAY_ZERO + timedelta(days=int(text[:5]))
    yield Candidate(85, day.isoformat(), "the days that a spreadsheet counts")
    yield Candidate(
        60, (day + timedelta(days=_DAYS_TO_1904)).isoformat(), "the days that a spreadsheet counts from 1904"
    )
