"""Finds dates whose day and month a program has exchanged and saved in a form that hides it.

What the rules are, and why: docs/decisions/0024-order-of-day-and-month.md.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import NamedTuple

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.day_forms import MONTH_FIRST, begins_with_year, in_other_order, year_day_month
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear

# Largest percentage of a column's different dates against an exchange: some may have been corrected by
# hand.
_MAX_PERCENT_AGAINST = 5
# Smallest number of different dates in the school year only when exchanged: one may have a wrong
# year.
_MIN_TELLING_DATES = 2
# Largest number of different dates with either order that one of those puts in question.
_MAX_QUESTIONED_PER_TELLING = 5
# Smallest number of different dates on each side of a split (see `_Tally.is_split`); with the
# second, by chance in one of 5,000 columns.
_MIN_PER_SIDE_OF_A_SPLIT, _SURE_PER_SIDE_OF_A_SPLIT = 3, 6
# Different dates from which on no day above 12 happens by chance in one of 60,000 columns.
_MIN_DATES_WITHOUT_LATE_DAYS = 12
# A hundred years have fewer days: a column with more is none of dates, and no more of it is kept.
_MAX_DIFFERENT_DAYS = 40_000

_LAST_MONTH = 12
# Whether a day is another one when day and month are exchanged.
_HAS_BOTH = pl.col("other").is_not_null() & (pl.col("other") != pl.col("day"))


class DaysSeen(NamedTuple):
    """The distinct days of a column.

    They are those written with the month first, as `9/8/2020`, those in any other form, and those
    that were not read because they are days only with the day between year and month: `2020-28-09`.
    """

    month_first: pl.Series
    others: pl.Series
    day_between: pl.Series


def days_seen(text: pl.Series, value: pl.Series) -> DaysSeen:
    """Return the distinct days that the texts were read as, and those in a form that is not
    read."""
    if value.null_count() == value.len():  # of odd texts few begin with a year, so that most need not be compared
        return DaysSeen(value.clear(), value.clear(), _days_between(text.filter(begins_with_year(text)).unique()))
    first = text.arg_unique()  # what follows is asked once of each distinct text
    text, value = text.gather(first), value.gather(first)
    odd = text.filter(value.is_null())
    day_between = _days_between(odd.filter(begins_with_year(odd)))
    is_month_first = text.str.contains("/", literal=True)
    if not is_month_first.any():
        return DaysSeen(value.clear(), value.unique().drop_nulls(), day_between)
    is_month_first = text.str.contains(MONTH_FIRST)
    month_first, others = (value.filter(mask).unique().drop_nulls() for mask in (is_month_first, ~is_month_first))
    return DaysSeen(month_first, others, day_between)


def _days_between(texts: pl.Series) -> pl.Series:
    if texts.is_empty():
        return pl.Series(dtype=pl.Date)
    day = year_day_month(pl.col("text")).alias("day")
    return texts.alias("text").to_frame().select(day).to_series().unique().drop_nulls()


class Hint(NamedTuple):
    """The days of a column that may have been exchanged, and the reason to think so."""

    column: str
    days: pl.Series
    how: str


class Exchanged(Enum):
    """Whether day and month of a column's dates were exchanged."""

    NOT = auto()
    PERHAPS = auto()
    CERTAIN = auto()


class Exchange(msgspec.Struct, frozen=True):
    """What is known about exchanges of day and month.

    Dates of the columns in `reasons` are questioned, and the reason completes the message. A notice
    names some dates of the columns in `hints`. `possible` are the columns without a date that
    speaks against an exchange.
    """

    reasons: tuple[tuple[str, str], ...] = ()
    hints: tuple[Hint, ...] = ()
    possible: frozenset[str] = frozenset()

    def of(self, column: str) -> Exchanged:
        """Return what is known about a column."""
        if column in dict(self.reasons):
            return Exchanged.CERTAIN
        return Exchanged.PERHAPS if column in self.possible else Exchanged.NOT


class _Tally(msgspec.Struct, frozen=True):
    """Numbers of distinct dates of a column.

    The first four lie in the school year only with day and month exchanged, only as they are
    written, either way, or neither way. `late` lie in the year and have a day above 12, so that
    they fit one order only; `same` have equal day and month. `month_first` and `late_month_first`
    are written as `9/8/2020`.
    """

    only_exchanged: int = 0
    only_as_written: int = 0
    either: int = 0
    neither: int = 0
    late: int = 0
    same: int = 0
    month_first: int = 0
    late_month_first: int = 0

    @property
    def early(self) -> int:
        """Dates whose day is 12 or less."""
        return self.only_exchanged + self.only_as_written + self.either + self.same

    @property
    def is_refuted(self) -> bool:
        """Whether too many dates lie in the school year only as they are written."""
        return self.only_as_written * 100 > _MAX_PERCENT_AGAINST * (self.only_as_written + self.only_exchanged)

    @property
    def has_late(self) -> bool:
        """Whether there are dates with a day above 12: then the column was not exchanged as a
        whole."""
        return self.late * 100 > _MAX_PERCENT_AGAINST * (self.late + self.early)

    @property
    def is_certain(self) -> bool:
        """Whether more dates lie in the year only when exchanged than wrong years can explain."""
        is_much = (
            self.only_exchanged * _MAX_QUESTIONED_PER_TELLING >= self.either and self.only_exchanged > self.neither
        )
        return self.only_exchanged >= _MIN_TELLING_DATES and is_much

    @property
    def is_split(self) -> bool:
        """Whether dates with a day above 12 have another form than the others.

        A spreadsheet that puts the day first takes 9/8/2020 for August 9 and saves it in its own
        form; it leaves 9/25/2020 as it is.
        """
        all_are_late = self.month_first == self.late_month_first and not self.late
        return all_are_late and min(self.late_month_first, self.early) >= _MIN_PER_SIDE_OF_A_SPLIT

    @property
    def is_certain_by_form(self) -> bool:
        """Whether the column is split, and chance does not explain it."""
        is_sure = min(self.late_month_first, self.early) >= _SURE_PER_SIDE_OF_A_SPLIT
        return self.is_split and (is_sure or self.only_exchanged > self.neither)

    def __add__(self, other: "_Tally") -> "_Tally":
        names = ("only_exchanged", "either", "neither")
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in names})


class ExchangeEvidence:
    """Gathers, slice by slice, what a file's dates say about an exchange of day and month."""

    def __init__(self, layout: Layout, school_year: SchoolYear | None) -> None:
        """Without a school year only the forms of dates are used."""
        self._school_years: dict[str, SchoolYear | None] = {
            column.name: school_year if column.type.within_school_year else None
            for column in layout.columns.values()
            if isinstance(column.type, Day)
        }
        none = pl.Series(dtype=pl.Date)
        self._seen = {name: DaysSeen(none, none, none) for name in self._school_years}
        self._known: Exchange | None = Exchange()

    def add(self, seen: Mapping[str, DaysSeen]) -> None:
        """Add the distinct days of a slice, by column."""
        for name, days in seen.items():
            known = self._seen[name]
            if known.others.len() > _MAX_DIFFERENT_DAYS:
                continue
            both = DaysSeen(*(pl.concat(pair).unique() for pair in zip(known, days, strict=True)))
            if [each.len() for each in both] != [each.len() for each in known]:
                self._seen[name], self._known = both, None

    def exchange(self) -> Exchange:
        """Return what is known by now."""
        if self._known is None:
            tallies = {name: self._tally(name) for name in self._seen}
            open_ones = {name: tally for name, tally in tallies.items() if not tally.is_refuted}
            self._known = self._by_calendar() or self._decide(open_ones)
        return self._known

    def _by_calendar(self) -> Exchange | None:
        """Return that all columns have the day between year and month; None if too few dates say so.

        Enough dates must be days only in this order, and of the dates with the year first not nearly all may be days
        only in the other order.
        """
        between = {name: days.day_between.len() for name, days in self._seen.items()}
        late = sum(int((days.others.dt.day() > _LAST_MONTH).sum()) for days in self._seen.values())
        count = sum(between.values())
        if count < _MIN_TELLING_DATES or count * 100 <= _MAX_PERCENT_AGAINST * (count + late):
            return None
        most = max(between, key=lambda name: between[name])
        telling = {name: "other dates in this column" if between[name] else f"dates in {most}" for name in between}
        reasons = tuple((name, f"{which} have the day before the month") for name, which in telling.items())
        return Exchange(reasons, possible=frozenset(between))

    def _days(self, name: str) -> pl.DataFrame:
        """Return the distinct days of a column that are written in a form of one meaning.

        The columns are `day`, `other` (with day and month exchanged), and whether each of the two
        is in the school year.
        """
        day, other, school_year = pl.col("day"), pl.col("other"), self._school_years[name]
        days = self._seen[name].others.alias("day").sort().to_frame().with_columns(in_other_order(day).alias("other"))
        if school_year is None:
            return days.with_columns(inside=pl.lit(value=True), other_inside=pl.lit(value=True))
        bounds = school_year.first_day, school_year.last_day
        return days.with_columns(inside=day.is_between(*bounds), other_inside=other.is_between(*bounds))

    def _tally(self, name: str) -> _Tally:
        inside, other_inside = pl.col("inside"), pl.col("other_inside")
        only_exchanged = _HAS_BOTH & ~inside & other_inside
        sums = {
            "only_exchanged": only_exchanged,
            "only_as_written": _HAS_BOTH & inside & ~other_inside,
            "either": _HAS_BOTH & inside & other_inside,
            "neither": ~inside & ~only_exchanged,
            "late": pl.col("other").is_null() & inside,
            "same": (pl.col("other") == pl.col("day")) & inside,
        }
        days = self._days(name)
        counts = days.select(each.fill_null(value=False).sum().alias(name) for name, each in sums.items())
        month_first = self._seen[name].month_first
        late = int((month_first.dt.day() > _LAST_MONTH).sum())
        return _Tally(**counts.row(0, named=True), month_first=month_first.len(), late_month_first=late)

    def _decide(self, open_ones: Mapping[str, _Tally]) -> Exchange:
        """Decide about the columns without a date against an exchange.

        Columns without a day above 12 are decided together, since one program wrote them; each of
        the others by itself.
        """
        whole = {name: tally for name, tally in open_ones.items() if not tally.has_late}
        together = sum(whole.values(), _Tally())
        most = max(whole, key=lambda name: whole[name].only_exchanged, default="")
        reasons, hints = [], list[Hint]()
        for name, tally in open_ones.items():
            if (tally if tally.has_late else together).is_certain:
                own = "other dates in this column" if tally.only_exchanged else f"dates in {most}"
                reasons.append((name, f"{own} are in the school year only with the two swapped"))
            elif tally.is_certain_by_form:
                reasons.append((name, "the dates in this column that put the month first all have a day above 12"))
            elif name in whole:
                hints += self._hints(name, tally)
        return Exchange(tuple(reasons), tuple(hints), frozenset(whole))

    def _hints(self, name: str, tally: _Tally) -> Iterable[Hint]:
        if not tally.either or tally.month_first:
            return
        if tally.only_exchanged > tally.neither:
            how = "another date is in the school year only that way"
        elif tally.early >= _MIN_DATES_WITHOUT_LATE_DAYS and not tally.late:
            how = f"none of {tally.early:,} different dates has a day above 12"
        else:
            return
        can_be_either = _HAS_BOTH & pl.col("inside") & pl.col("other_inside")
        yield Hint(name, self._days(name).filter(can_be_either)["day"], how)
