"""How old a student is, and when the students of a grade were born: what the rules about birth dates share."""

from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Ages
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.rules.expressions import context, value

_LAYOUT = load_layout(Path(__file__).parent / "layout.toml")
_YOUNGEST, _OLDEST = 0, 1


def _ages() -> Ages:
    assert _LAYOUT.ages is not None  # it is in the layout next to this module
    return _LAYOUT.ages


AGES = _ages()
Limits = tuple[pl.Expr, pl.Expr]
"""The youngest and the oldest age, in whole years on the layout's day."""


def any_grade() -> Limits:
    """Return how old a student can be at all."""
    youngest, oldest = AGES.of_any_grade
    return pl.lit(youngest, dtype=pl.Int32), pl.lit(oldest, dtype=pl.Int32)


def possible_in_grade() -> Limits:
    """Return how old a student of the row's grade can be; null where the grade is not known."""
    limits = {grade: ages.possible for grade, ages in AGES.grades.items()}
    return _of_grade(limits, _YOUNGEST), _of_grade(limits, _OLDEST)


def usual_in_grade() -> Limits:
    """Return how old most students of the row's grade are; null where the grade is not known."""
    limits = {grade: ages.usual for grade, ages in AGES.grades.items()}
    return _of_grade(limits, _YOUNGEST), _of_grade(limits, _OLDEST)


def _of_grade(limits: dict[str, tuple[int, int]], which: int) -> pl.Expr:
    ages = {grade: of_grade[which] for grade, of_grade in limits.items()}
    return value(AGES.grade).replace_strict(ages, default=None, return_dtype=pl.Int32)


def is_outside(limits: Limits) -> pl.Expr:
    """Whether the student's age lies outside the limits."""
    youngest, oldest = limits
    born, (month, day) = value(AGES.birth_date), AGES.month_and_day
    had_no_birthday = born.dt.month().cast(pl.Int32) * 100 + born.dt.day() > month * 100 + day
    age = context("first_day").dt.year() - born.dt.year() - had_no_birthday.cast(pl.Int32)
    return (age < youngest) | (age > oldest)


def born_within(limits: Limits) -> dict[str, pl.Expr]:
    """Return the first and the last day on which a student with these limits was born."""
    youngest, oldest = limits
    year, (month, day) = context("first_day").dt.year(), AGES.month_and_day
    first = pl.date(year - oldest - 1, month, day) + pl.duration(days=1)
    return {"first": first, "last": pl.date(year - youngest, month, day)}
