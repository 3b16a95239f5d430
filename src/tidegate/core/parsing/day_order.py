"""Finds out whether a file's dates have the day or the month first.

What the rules are, and why: docs/decisions/0024-order-of-day-and-month.md.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

import msgspec
import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.day_forms import MONTH_FIRST, in_other_order
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.exchanged_days import DaysSeen, Exchange, ExchangeEvidence

# Two numbers that are the day and the month, in one order or the other, and a year; a time of day
# may follow.
_PARTS = r"^([0-9]{1,2})([-/.])([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})(?:[ T].*)?$"
AS_BEFORE = "it is written the same way as before"
# Of the dates that fit one order only, the smallest percentage that must fit the same one.
_MIN_PERCENT_ALIKE = 95


class ParsedTexts(NamedTuple):
    """What some texts were read as.

    `value` has the values. `numbers` has the numbers of the distinct texts if these are few, else
    None. `new` has the texts that are new, and `new_values` their values: each once if distinct
    texts are few, else all of them.
    """

    value: pl.Series
    numbers: pl.Series | None
    new: pl.Series
    new_values: pl.Series


class Orders(IntEnum):
    """The orders of day and month in which a date can be read.

    NONE: the date says nothing about the order, as `2020-09-08` and `5/5/2020`. IN_YEAR: both
    orders give a day, but only one of them lies in the school year, as the column's dates must.
    """

    NONE = 0
    DAY_FIRST = 1
    MONTH_FIRST = 2
    DAY_FIRST_IN_YEAR = 3
    MONTH_FIRST_IN_YEAR = 4
    EITHER = 5


OrderCounts = Mapping[Orders, int]
"""The number of a column's dates by the orders in which they can be read."""


MonthsAndDays = frozenset[tuple[int, int]]


class DaysInDoubt(NamedTuple):
    """The months and days that a fix file's notes ask about.

    They are of dates that were read with the month first, and of dates in a form of one meaning,
    whose day and month may have been exchanged before.
    """

    month_first: MonthsAndDays = frozenset()
    exchanged: MonthsAndDays = frozenset()


class DayOrder(msgspec.Struct, frozen=True):
    """What is known about the order of day and month in a file's dates.

    `questioned` are the dates that a finding reports, and `reasons` say why for each column, in
    words that complete a message. `exchanged` says the same about columns whose day and month were
    exchanged before. `in_doubt` are the days that a fix file's notes ask about.
    """

    questioned: frozenset[Orders] = frozenset()
    reasons: tuple[tuple[str, str], ...] = ()
    exchanged: tuple[tuple[str, str], ...] = ()
    in_doubt: DaysInDoubt = msgspec.field(default_factory=DaysInDoubt)


def day_as_read(text: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Return the value of a text that was read with the month first; null for any other text."""
    return pl.when(text.str.contains(MONTH_FIRST)).then(value)


def may_be(day: pl.Expr) -> pl.Expr:
    """Return e.g. `may be October 11 or November 10`, as fix files ask about a day (see `days_in_doubt`)."""
    days = (each.dt.strftime("%B %-d") for each in (day, in_other_order(day)))
    return "may be " + pl.concat_str(*days, separator=" or ")


def orders_of(month_first: pl.Expr, day_first: pl.Expr, in_year: tuple[pl.Expr, pl.Expr] | None) -> pl.Expr:
    """Return the `Orders` of dates as numbers, given the day of each date in each order.
    `in_year` are the first and last day of the school year, None if the days need not be in it."""
    as_written, other = (
        day.is_not_null() if in_year is None else day.is_between(*in_year) for day in (month_first, day_first)
    )
    return (
        pl.when((month_first.is_null() & day_first.is_null()) | (month_first == day_first)).then(Orders.NONE)
        .when(month_first.is_null()).then(Orders.DAY_FIRST)
        .when(day_first.is_null()).then(Orders.MONTH_FIRST)
        .when(as_written & other).then(Orders.EITHER)
        .when(other).then(Orders.DAY_FIRST_IN_YEAR)
        .when(as_written).then(Orders.MONTH_FIRST_IN_YEAR)
        .otherwise(Orders.NONE).cast(pl.Int8)
    )  # fmt: skip


def orders_of_read(day: pl.Expr, in_year: tuple[pl.Expr, pl.Expr] | None) -> pl.Expr:
    """Return the `Orders` of days that were read with the month first; each distinct day is
    computed once."""
    return pl.map_batches([day, *(in_year or ())], _orders_of_read, return_dtype=pl.Int8)


def _orders_of_read(columns: Sequence[pl.Series]) -> pl.Series:
    read, *bounds = columns
    if read.is_empty():
        return pl.Series(dtype=pl.Int8)
    days = pl.DataFrame({"day": read.unique()}).with_columns(in_other_order(pl.col("day")).alias("other"))
    in_year = (pl.lit(bounds[0][0]), pl.lit(bounds[1][0])) if bounds else None
    orders = days.select(orders_of(pl.col("day"), pl.col("other"), in_year)).to_series()
    return read.replace_strict(days["day"], orders, default=None, return_dtype=pl.Int8)


class OrderCounter:
    """Counts the dates of one column by the orders in which they can be read, slice by slice."""

    def __init__(self, of: Day, school_year: SchoolYear | None) -> None:
        """Take the type of the column. Without a school year only the calendar is used."""
        self._in_year: tuple[pl.Expr, pl.Expr] | None = None
        if of.within_school_year and school_year is not None:
            self._in_year = (pl.lit(school_year.first_day), pl.lit(school_year.last_day))
        self._known = pl.Series(dtype=pl.Int8)
        self._met: list[Orders] = []

    def count(self, text: pl.Series, read: ParsedTexts) -> OrderCounts:
        """Return the number of a slice's texts by their orders; `read` has what they were read
        as."""
        if read.numbers is None:
            return self._count_each(text, read.value)
        if not read.new.is_empty():
            self._known = pl.concat([self._known, self.orders(read.new)], rechunk=True)
            self._met = [Orders(number) for number in self._known.unique() if number]
        if not self._met:
            return {}
        of_each = self._known.gather(read.numbers)
        return {orders: int((of_each == orders).sum()) for orders in self._met}

    def orders(self, text: pl.Series) -> pl.Series:
        """Return the `Orders` of each text, as numbers."""
        telling = text.str.contains(_PARTS)
        if not telling.any():
            return pl.repeat(Orders.NONE, text.len(), dtype=pl.Int8, eager=True)
        month_first, day_first = _readings(pl.col("text"))
        days = text.alias("text").to_frame().select(month_first.alias("day"), day_first.alias("other"))
        return self._orders_of_days(days)  # a frame of their own, so that each date is read once

    def _count_each(self, text: pl.Series, value: pl.Series) -> OrderCounts:
        """Count without a cache; each distinct day is computed once."""
        # A text that was read and has no slash is written as 2020-09-08.
        days = pl.DataFrame({"text": text, "value": value})
        read = days.filter(pl.col("text").str.contains("/", literal=True))
        read = read.select(day_as_read(pl.col("text"), pl.col("value")).alias("day")).drop_nulls()
        odd = days.filter(pl.col("value").is_null() & pl.col("text").str.contains(_PARTS))["text"]
        counts = Counter[Orders]()
        if not read.is_empty():
            different = read["day"].value_counts()
            days = different.with_columns(in_other_order(pl.col("day")).alias("other"))
            _add(counts, self._orders_of_days(days), different["count"])
        if not odd.is_empty():
            different = odd.value_counts()
            _add(counts, self.orders(different["text"]), different["count"])
        return counts

    def _orders_of_days(self, days: pl.DataFrame) -> pl.Series:
        return days.select(orders_of(pl.col("day"), pl.col("other"), self._in_year).alias("orders")).to_series()


def _readings(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Read texts as days in both orders.

    Returns:
        The day with the month first, and the day with the day first; null if there is none.
    """
    parts = text.str.extract_groups(_PARTS)
    first, second, digits = (parts.struct.field(group) for group in ("1", "3", "4"))
    year = pl.when(digits.str.len_bytes() == 2).then(pl.lit("20") + digits).otherwise(digits)
    month_first, day_first = (
        pl.concat_str(year, *numbers, separator="-").str.to_date("%Y-%m-%d", strict=False)
        for numbers in ((first, second), (second, first))
    )
    return month_first, day_first


def _add(counts: Counter[Orders], orders: pl.Series, how_many: pl.Series) -> None:
    counted = pl.DataFrame({"orders": orders, "count": how_many}).group_by("orders").agg(pl.col("count").sum())
    counts.update({Orders(number): count for number, count in counted.iter_rows() if number})


class DayOrderEvidence:
    """Gathers, slice by slice, what a file's dates say about their order.

    All columns count together, since one program writes them.
    """

    def __init__(
        self, layout: Layout, school_year: SchoolYear | None = None, in_doubt: DaysInDoubt | None = None
    ) -> None:
        """`in_doubt` is what a fix file's notes ask about (see `days_in_doubt`)."""
        self._in_doubt = in_doubt or DaysInDoubt()
        self._exchange = ExchangeEvidence(layout, school_year)
        self._by_column = {
            column.name: Counter[Orders]() for column in layout.columns.values() if _has_days(column.type)
        }

    def add(self, counts: Mapping[str, OrderCounts], seen: Mapping[str, DaysSeen] | None = None) -> None:
        """Add the counts of a slice's dates by column, and its distinct days."""
        for column, of_column in counts.items():
            self._by_column[column].update(of_column)
        self._exchange.add(seen or {})

    def exchange(self) -> Exchange:
        """Return what is known by now about exchanged days and months."""
        return self._exchange.exchange()

    def order(self) -> DayOrder:
        """Return what is known by now about the order."""
        all_dates = Counter[Orders]()
        for of_column in self._by_column.values():
            all_dates.update(of_column)
        if all_dates[Orders.DAY_FIRST]:
            return self._by_calendar(all_dates)
        return self._by_school_year(all_dates)

    def _by_calendar(self, dates: Counter[Orders]) -> DayOrder:
        """Question other dates because some can only have the day first, unless nearly all dates
        that fit one order only have the month first."""
        day, month, month_in_year = (
            dates[orders] for orders in (Orders.DAY_FIRST, Orders.MONTH_FIRST, Orders.MONTH_FIRST_IN_YEAR)
        )
        questioned = set()
        if not _is_enough(month, of=month + day):
            questioned.add(Orders.EITHER)
        if not _is_enough(month + month_in_year, of=month + month_in_year + day):
            questioned.add(Orders.MONTH_FIRST_IN_YEAR)
        is_day_first = _is_enough(day, of=month + day)
        if is_day_first and month:
            questioned.add(Orders.MONTH_FIRST)
        both = "" if is_day_first else "some dates in this file put the day first and some the month"
        return self._because(questioned, Orders.DAY_FIRST, "put the day first", both)

    def _by_school_year(self, dates: Counter[Orders]) -> DayOrder:
        """Question dates that fit either order because some lie in the school year only with the
        day first.

        A wrong year looks the same, so nothing is questioned if more dates say that the month is
        first.
        """
        day = dates[Orders.DAY_FIRST_IN_YEAR]
        questioned = set()
        if day and day >= dates[Orders.MONTH_FIRST] + dates[Orders.MONTH_FIRST_IN_YEAR]:
            questioned.add(Orders.EITHER)
        return self._because(questioned, Orders.DAY_FIRST_IN_YEAR, "are in the school year only with the day first")

    def _because(self, questioned: set[Orders], telling: Orders, what: str, both: str = "") -> DayOrder:
        """Return the order of the dates, with the reason in each column.

        Args:
            questioned: The orders of dates that may not be meant as they are read.
            telling: The order of the dates that say so.
            what: What these dates do, in words.
            both: The reason in words where the file has dates of both orders; blank if it has not.
        """
        most = max(self._by_column, key=lambda column: self._by_column[column][telling], default="")
        reasons = []
        for column, counts in self._by_column.items():
            words = both or (f"other dates in this column {what}" if counts[telling] else f"dates in {most} {what}")
            if questioned or self._in_doubt.month_first:
                reasons.append((column, words if questioned else AS_BEFORE))
        return DayOrder(frozenset(questioned), tuple(reasons), self.exchange().reasons, self._in_doubt)


def _has_days(of: object) -> bool:
    return isinstance(of, Day)


def _is_enough(count: int, *, of: int) -> bool:
    return count * 100 >= of * _MIN_PERCENT_ALIKE


QUESTIONED = (Orders.EITHER, Orders.MONTH_FIRST_IN_YEAR, Orders.MONTH_FIRST)
"""The dates that an order can put in question."""


def day_order_context(layout: Layout, order: DayOrder) -> list[pl.Expr]:
    """Return the order as columns for rules: the questioned dates, the days that a fix file's
    notes ask about, and each column's reason, blank if it has none."""
    columns = [column.name for column in layout.columns.values() if _has_days(column.type)]
    reasons, exchanged = dict(order.reasons), dict(order.exchanged)
    as_before = AS_BEFORE if order.in_doubt.exchanged else ""
    message_values: dict[str, str | bool] = {f"questioned.{each.name}": each in order.questioned for each in QUESTIONED}
    message_values |= {f"{name}_in_doubt": _in_digits(days) for name, days in order.in_doubt._asdict().items()}
    message_values |= {f"day_order.{name}": reasons.get(name, "") for name in columns}
    message_values |= {f"is_exchanged.{name}": name in exchanged for name in columns}
    message_values |= {f"exchanged.{name}": exchanged.get(name, as_before) for name in columns}
    return [pl.lit(fact).alias(f"context.{name}") for name, fact in message_values.items()]


def _in_digits(days: MonthsAndDays) -> str:
    return " ".join(f"{month:02}-{day:02}" for month, day in sorted(days))
