"""Finds the enrollment that a row rests on, among the student's stored ones."""

import polars as pl

from tidegate.core.layouts.finds import FindEnrollment
from tidegate.core.stored.attach import attach
from tidegate.core.stored.known_students import STUDENT, KnownStudents

_FIELDS = ("sau_id", "entry_date", "exit_date")
_KEY = "enrollment.key"


class EnrollmentFinder:
    """Finds for rows what one `[stored]` table of the layout asks for: `sau_id`, `entry_date` and `exit_date`, null where
    there is none. Of several enrollments one that covers the day is taken, else the one that began last.

    Nearly everybody has one enrollment of a kind at a school, so only the others' are ranked, row by row.
    """

    def __init__(self, name: str, find: FindEnrollment) -> None:
        """Take the look-up, which names a school or a SAU or neither."""
        self.name = name
        self.find = find
        self._narrowed_by = find.school or find.sau
        self._fields = [f"{name}.{field}" for field in _FIELDS]

    def prepare(self, students: KnownStudents) -> None:
        """Take what is known now."""
        enrollments = students.enrollments
        if self.find.enrollment_type:
            enrollments = enrollments.filter(pl.col("enrollment_type") == self.find.enrollment_type)
        narrow = pl.col("school_id" if self.find.school else "sau_id") if self._narrowed_by else None
        candidates = enrollments.select(
            _key(narrow), *(pl.col(field).alias(named) for field, named in zip(_FIELDS, self._fields, strict=True))
        )
        is_only = pl.len().over(_KEY) == 1
        self._only, self._several = candidates.filter(is_only), candidates.filter(~is_only)
        if not self._narrowed_by:  # by place alone: no look-up is faster
            places = pl.select(pl.int_range(students.count, dtype=pl.Int64).alias(_KEY))
            self._at_place = attach(places, self._only, on=[_KEY]).select(self._fields)

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows`, which have STUDENT, with what was found."""
        if self._narrowed_by:
            keyed = rows.select(_key(pl.col(f"{self._narrowed_by}.id")))
            rows = rows.hstack(attach(keyed, self._only, on=[_KEY]).select(self._fields))
        else:
            rows = rows.hstack(self._at_place.select(pl.all().gather(rows[STUDENT])))
        return rows if self._several.is_empty() else self._with_best(rows)

    def _with_best(self, rows: pl.DataFrame) -> pl.DataFrame:
        narrow = pl.col(f"{self._narrowed_by}.id") if self._narrowed_by else None
        asked = rows.select("row", _key(narrow), f"{self.find.covering}:value")
        best = self._best(asked.join(self._several, on=_KEY, how="inner"))
        best = best.select("row", *(pl.col(field).alias(f"best {field}") for field in self._fields))
        rows = attach(rows, best, on=["row"])
        chosen = [pl.coalesce(field, f"best {field}").alias(field) for field in self._fields]
        return rows.with_columns(chosen).drop(f"best {field}" for field in self._fields)

    def _best(self, found: pl.DataFrame) -> pl.DataFrame:
        """Return the best of each row's candidates."""
        day, entry = pl.col(f"{self.find.covering}:value"), pl.col(f"{self.name}.entry_date")
        exit_ = pl.col(f"{self.name}.exit_date")
        covers = (entry <= day) & (exit_.is_null() | (exit_ >= day))
        ranked = found.sort(covers.fill_null(False), entry, exit_, descending=True, nulls_last=False)
        return ranked.unique("row", keep="first", maintain_order=True)


def _key(narrow: pl.Expr | None) -> pl.Expr:
    """Return the student and what narrows the look-up down as one number."""
    student = pl.col(STUDENT).cast(pl.Int64)
    return (student if narrow is None else student * 2**32 + narrow).alias(_KEY)
