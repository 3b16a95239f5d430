"""The indicators of a snapshot beside those of last year's: what is published of a year and sent to the Department is
seen by the people who sign it, and a number that moved by much is unusual as any other."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from tidegate.accountability.explanations.comparison import Beside, ComparedCount, have_same_programs, last_years
from tidegate.accountability.frozen_lines.definition import has_definition
from tidegate.accountability.indicators import CountedIndicator, count_indicators
from tidegate.accountability.indicators.indicator import ALL, Indicator, IndicatorCount
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.reports.report import Count

_WATCHED = (ALL, "school", "program")
"""What is watched of an indicator: what moves a number by sex, race or a special population moves one of these, too, or
is a blank that its line is warned of."""
_WITHOUT_PROGRAMS = (ALL, "school")
_NUMERATOR, _DENOMINATOR = "numerator", "denominator"


class ComparedIndicator(NamedTuple):
    """The total of an indicator beside last year's; None where there is no snapshot of last year. `watched` are its
    numbers of students beside last year's."""

    indicator: Indicator
    why_no_data: str
    now: IndicatorCount
    last_year: IndicatorCount | None
    watched: tuple[ComparedCount, ...]


def has_indicators(snapshot: Snapshot) -> bool:
    """Whether a snapshot is one of indicators: it froze a definition, or they are published of its period."""
    period = find_periods().get(snapshot.period)
    publication = period.file.publication if period else None
    return has_definition(snapshot) or bool(publication and publication.indicators)


def compared_indicators(snapshot: Snapshot, beside: Beside | None = None) -> list[ComparedIndicator]:
    """Return the indicators of a snapshot beside last year's, in the order of the codes; none where it has none."""
    if not has_indicators(snapshot):
        return []
    last_year = last_years(snapshot) if beside is None else beside.last_years
    before: dict[str, Sequence[IndicatorCount]] = {}
    if last_year is not None and has_indicators(last_year):
        before = {each.indicator.code: each.counts for each in count_indicators(last_year)}
    names: Collection[str] = _WATCHED
    # Of a snapshot without a definition no indicator has data that is counted by one.
    if last_year is not None and has_definition(snapshot) and has_definition(last_year):
        names = _WATCHED if have_same_programs(snapshot, last_year) else _WITHOUT_PROGRAMS
    return [_compared(each, before.get(each.indicator.code, ()), names) for each in count_indicators(snapshot)]


def watched_counts(indicators: Sequence[ComparedIndicator]) -> list[ComparedCount]:
    """Return the numbers of indicators that are watched as those of reports are."""
    return [count for each in indicators for count in each.watched]


def _compared(counted: CountedIndicator, before: Sequence[IndicatorCount], names: Collection[str]) -> ComparedIndicator:
    watched = tuple(_watched(counted, before, names))
    last_year = before[0] if before else None
    return ComparedIndicator(counted.indicator, counted.why_no_data, counted.counts[0], last_year, watched)


def _watched(
    counted: CountedIndicator, before: Sequence[IndicatorCount], names: Collection[str]
) -> Iterator[ComparedCount]:
    """Yield numerators and denominators by some categories, those included that are 0 now and were not last year; none
    where either year has no data."""
    if counted.why_no_data or not before or before[0].denominator is None:
        return
    now, was = ({(each.category, each.key): each for each in counts} for counts in (counted.counts, before))
    indicator = counted.indicator
    for of, named in {**was, **now}.items():
        if named.category not in names:
            continue
        is_total = named.category == ALL
        for part in (_NUMERATOR, _DENOMINATOR):
            count = Count(
                f"{indicator.code} {indicator.title}, {part}{'' if is_total else f' by {named.category}'}",
                () if is_total else (named.key,),
                () if is_total else (named.name,),
                _number(now.get(of), part),
                () if is_total else (named.category,),
                part,
            )
            yield ComparedCount(f"{indicator.code}:{part}", count, _number(was.get(of), part), None)


def _number(count: IndicatorCount | None, part: str) -> int:
    """Return a part of a pair of numbers; of who is not there it is 0."""
    if count is None:
        return 0
    return (count.numerator if part == _NUMERATOR else count.denominator) or 0
