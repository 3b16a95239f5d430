"""Further forms in which programs write a day: each has one meaning, or needs the school year."""

from typing import TypeVar

import polars as pl

T = TypeVar("T", pl.Expr, pl.Series)

MONTH_FIRST = r"^[0-9]{1,2}/[0-9]{1,2}/"
"""The beginning of a date that is read with the month first."""

_YEAR = "(?:19|20)[0-9]{2}"
_DAY_OR_MONTH = "[0-9]{1,2}"
_YEAR_FIRST = "|".join(rf"^{_YEAR}{sign}{_DAY_OR_MONTH}{sign}{_DAY_OR_MONTH}$" for sign in ("-", "/", r"\."))
# 20200908, and 20200908.0 as a program writes a column of whole numbers with gaps.
_EIGHT_DIGITS = rf"^({_YEAR})([0-9]{{2}})([0-9]{{2}})(?:\.0*)?$"

_LATE_DAY = "(1[3-9]|2[0-9]|3[01])"
_YEAR_DAY_MONTH = rf"^({_YEAR})[-/.]?{_LATE_DAY}[-/.]?({_DAY_OR_MONTH})$"

_ORDINAL = "(?:ST|ND|RD|TH)?"
_NAME = r"([A-Z]{3,9})\.?"
_NAMED_DAY_FIRST = rf"^({_DAY_OR_MONTH}){_ORDINAL}[-/., ]*{_NAME}[-/, ]*({_YEAR}|[0-9]{{2}})$"
# Day and year never touch here: SEP2020 is a month, not September 20, 2020.
_NAMED_MONTH_FIRST = rf"^{_NAME}[-/ ]*({_DAY_OR_MONTH}){_ORDINAL}[-/, ]+({_YEAR}|[0-9]{{2}})$"
_NAMED_YEAR_FIRST = rf"^({_YEAR})[-/. ]*{_NAME}[-/ ]*({_DAY_OR_MONTH})$"
_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
    "DECEMBER",
)  # fmt: skip
_MONTH_NUMBERS = (
    {name: str(number) for number, name in enumerate(_MONTHS, start=1)}
    | {name[:3]: str(number) for number, name in enumerate(_MONTHS, start=1)}
    | {"SEPT": "9"}
)
# A long s is an S as a capital.
_MAY_NAME_A_MONTH = [*sorted({name[:3] for name in _MONTHS}), "ſ"]
_WEEKDAY = r"^(MON|TUE|WED|THU|FRI|SAT|SUN)(?:DAY|S|SDAY|NESDAY|R|RS|RSDAY|URDAY)?[,.]? +"  # Tue, Tues., Thursday,

_ZONE = r"(?: ?(?:Z|[A-Z]{3,4}|[A-Z_]+/[A-Z_/]+))?(?: ?[+-][0-9]{1,2}(?::?[0-9]{2})?)?(?: \([A-Z ]+\))?"
_HOUR_ZERO = r"(?:0?0(?:[:.]00){1,2}(?:[.,]0+)?(?: ?AM)?|12(?:[:.]00){0,2}(?:[.,]0+)? ?AM)"
# 2020-09-08T00:00:00.000Z, 9/8/2020, 12:00:00 AM (JavaScript), 01SEP2020:00:00:00 (SAS), 10-SEP-20
# 12.00.00.000000000 AM (Oracle).
_MIDNIGHT = rf"^(.*?[0-9])(?:,? +|[T:]+){_HOUR_ZERO}{_ZONE}$"
_MIDNIGHT_IN_DIGITS = r"^([0-9]{8})T?0{4}(?:0{2})?Z?$"
# Tue Sep 8 00:00:00 EDT 2020, as C and Java write it.
_MIDNIGHT_BEFORE_THE_YEAR = rf"^(.*?[A-Z]{{3}} +[0-9]{{1,2}}) {_HOUR_ZERO}(?: [A-Z]{{3,4}})? ([0-9]{{4}})$"

# Tests that cost little before patterns that cost more: each is true of every text that the pattern finds.


def begins_with_year(text: T) -> T:
    """Return whether the text begins as a year of four digits does."""
    return text.str.starts_with("19") | text.str.starts_with("20")


def may_have_midnight(text: pl.Expr) -> pl.Expr:
    """Return whether the text may have the time of day 0:00."""
    return text.str.contains_any([":00", ".00", "0000", "AM"], ascii_case_insensitive=True)


def may_name_a_month(text: pl.Expr) -> pl.Expr:
    """Return whether the text may have the name of a month."""
    return text.str.contains_any(_MAY_NAME_A_MONTH, ascii_case_insensitive=True)


def in_other_order(day: pl.Expr) -> pl.Expr:
    """Return the day with day and month exchanged, null if that is not a day."""
    number = day.dt.day()
    return pl.when(number <= 12).then(pl.date(day.dt.year(), pl.min_horizontal(number, 12), day.dt.month()))


def without_midnight(text: pl.Expr) -> pl.Expr:
    """Return the text (in capitals) without its time of day, null if it has none or another than
    0:00."""
    return pl.coalesce(
        text.str.extract(_MIDNIGHT),
        text.str.extract(_MIDNIGHT_IN_DIGITS),
        pl.when(text.str.contains(_MIDNIGHT_BEFORE_THE_YEAR)).then(
            text.str.replace(_MIDNIGHT_BEFORE_THE_YEAR, "${1} ${2}")
        ),
    )


def year_first(text: pl.Expr) -> pl.Expr:
    """Return the day of `2020/09/08`, `2020-9-8` and `2020.9.8`: after a leading year comes the
    month."""
    found = pl.when(text.str.contains(_YEAR_FIRST)).then(text)
    return _day(found.str.replace_all("[/.]", "-"))


def eight_digits(text: pl.Expr) -> pl.Expr:
    """Return the day of `20200908`. A spreadsheet's day number has five digits."""
    found = pl.when(text.str.contains(_EIGHT_DIGITS)).then(text)
    return _day(found.str.replace(_EIGHT_DIGITS, "${1}-${2}-${3}"))


def year_day_month(text: pl.Expr) -> pl.Expr:
    """Return the day of `2020-28-09`, `2020/28/9` and `20202809`: no day if the month comes
    second."""
    capitals = text.str.to_uppercase()
    stem = pl.coalesce(without_midnight(capitals), capitals)
    parts = stem.str.extract_groups(_YEAR_DAY_MONTH)
    year, day, month = (parts.struct.field(group) for group in ("1", "2", "3"))
    return _day(pl.concat_str(year, month, day, separator="-"))


def with_month_name(text: pl.Expr, *, year_digits: int = 4) -> pl.Expr:
    """Return the day of `10-SEP-2020`, `01SEP2020` or `Sept. 8, 2020`; the text is in capitals.

    The year has `year_digits` digits; two digits are read as 20... Null if the text also names a
    weekday and that is not the day's.
    """
    weekday = text.str.extract(_WEEKDAY)
    stem = text.str.replace(_WEEKDAY, "")
    orders = (
        (_NAMED_DAY_FIRST, ("3", "2", "1")),
        (_NAMED_MONTH_FIRST, ("3", "1", "2")),
        (_NAMED_YEAR_FIRST, ("1", "2", "3")),
    )
    days = [_named_day(stem.str.extract_groups(form), *groups, year_digits=year_digits) for form, groups in orders]
    day = pl.coalesce(days)
    is_that_weekday = weekday.is_null() | (day.dt.strftime("%a").str.to_uppercase() == weekday)
    return pl.when(is_that_weekday).then(day)


def _named_day(parts: pl.Expr, year: str, month: str, day: str, *, year_digits: int) -> pl.Expr:
    """Return the day whose parts have these names in a struct, null if there is none.

    Args:
        parts: The struct; its fields are texts.
        year: The field with the year.
        month: The field with the name of the month.
        day: The field with the day of the month.
        year_digits: How many digits the year must have; two are read as 20...
    """
    digits = parts.struct.field(year)
    whole = digits if year_digits == 4 else pl.lit("20") + digits
    number = parts.struct.field(month).replace_strict(_MONTH_NUMBERS, default=None, return_dtype=pl.String)
    is_asked = digits.str.len_bytes() == year_digits
    return _day(pl.when(is_asked).then(pl.concat_str(whole, number, parts.struct.field(day), separator="-")))


def _day(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False)
