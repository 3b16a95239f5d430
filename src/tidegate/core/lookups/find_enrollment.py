"""Finds the enrollment that a row rests on, among the student's stored ones."""

from collections.abc import Collection

import polars as pl

from tidegate.core.errors import BrokenLayout
from tidegate.core.frames.dictionary import no_positions
from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.lookup_settings import EnrollmentLookup
from tidegate.core.lookups.known_students import STUDENT

_FIELDS = ("sau_id", "entry_date", "exit_date")
_KEY = "enrollment.key"
_NARROW = "enrollment.narrow"


class EnrollmentFinder:
    """Finds for rows what one `[stored]` table of the layout asks for: those wanted of `sau_id`, `entry_date` and
    `exit_date`, null where there is none. Of several enrollments one that covers the day is taken, else the one that
    began last; of two that are alike that of the lower SAU ID.

    Nearly everybody has one enrollment of a kind at a school. Those stand in the order of the students' places, so that
    a row's is found by counting; the others are ranked, row by row.
    """

    def __init__(self, name: str, find: EnrollmentLookup, *, wanted: Collection[str] | None = None) -> None:
        """Take the look-up, which names a school or a SAU or neither, and the columns that are wanted of it and others,
        None where all are. BrokenLayout where it names both."""
        if find.school and find.sau:
            raise BrokenLayout(
                f"[stored.{name}] names a school and a SAU: an enrollment is narrowed down by one of them"
            )
        self.name = name
        self.find = find
        self._narrowed_by = find.school or find.sau
        self._fields = [f"{name}.{field}" for field in _FIELDS]
        self._wanted = [field for field in self._fields if wanted is None or field in wanted]
        self.forget()

    def forget(self) -> None:
        """Forget everybody."""
        kinds = dict(zip(self._fields, (pl.Int32, pl.Date, pl.Date), strict=True))
        self._several = pl.DataFrame(schema={_KEY: pl.Int64, **kinds})
        self._only = pl.DataFrame(schema={STUDENT: pl.UInt32, _NARROW: pl.Int32, **kinds})
        self._begins = pl.Series(dtype=pl.UInt32)
        self._most = 0

    def add(self, enrollments: pl.DataFrame, *, count: int) -> None:
        """Take the enrollments of students who were not known, in the order of their places; `count` is how many are
        known now."""
        if self.find.enrollment_type:
            enrollments = enrollments.filter(pl.col("enrollment_type") == self.find.enrollment_type)
        narrow = pl.col("school_id" if self.find.school else "sau_id") if self._narrowed_by else pl.lit(0, pl.Int32)
        candidates = enrollments.select(
            _key(narrow),
            pl.col(STUDENT),
            narrow.alias(_NARROW),
            *(pl.col(field).alias(named) for field, named in zip(_FIELDS, self._fields, strict=True)),
        ).drop_nulls(_KEY)
        if not candidates[_KEY].is_sorted():
            candidates = candidates.sort(_KEY)
        key = candidates[_KEY]
        is_again = (key == key.shift(1)).fill_null(False)
        if is_again.any():
            is_one_of_several = is_again | is_again.shift(-1, fill_value=False)
            several = candidates.filter(is_one_of_several)
            self._several = pl.concat([self._several, several.select(self._several.columns)])
            candidates = candidates.filter(~is_one_of_several)
        self._note_begins(candidates[STUDENT], count)
        self._only = pl.concat([self._only, candidates.select(self._only.columns)], rechunk=True)

    def _note_begins(self, students: pl.Series, count: int) -> None:
        """Note where each new student's enrollments begin, null where there are none. `students` has the place of each
        one's student, in order."""
        begins = (students != students.shift(1)).fill_null(True).arg_true()
        lengths = begins.shift(-1, fill_value=students.len()) - begins
        self._most = max(self._most, int(lengths.max() or 0))  # type: ignore[arg-type]
        known = self._begins.len()
        of_new = no_positions(count - known).scatter(
            students.gather(begins) - known, (begins + self._only.height).cast(pl.UInt32)
        )
        self._begins = pl.concat([self._begins, of_new], rechunk=True)

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows`, which have STUDENT, with what was found."""
        found = self._only.select(self._wanted).select(pl.all().gather(self._places(rows)))
        rows = rows.hstack(found)
        return rows if self._several.is_empty() else self._with_best(rows)

    def _places(self, rows: pl.DataFrame) -> pl.Series:
        """Return for each row where its enrollment stands, null where it has none."""
        begins = self._begins.gather(rows[STUDENT])
        if not self._narrowed_by:
            return begins
        wanted = rows[f"{self._narrowed_by}.id"]
        places = begins.set((self._only[_NARROW].gather(begins) != wanted).fill_null(True), None)
        for step in range(1, self._most):
            there = (begins + step).clip(0, self._only.height - 1).cast(pl.UInt32)
            is_it = (self._only[STUDENT].gather(there) == rows[STUDENT]) & (self._only[_NARROW].gather(there) == wanted)
            places = there.zip_with(is_it.fill_null(False), places)
        return places

    def _with_best(self, rows: pl.DataFrame) -> pl.DataFrame:
        narrow = pl.col(f"{self._narrowed_by}.id") if self._narrowed_by else pl.lit(0)
        asked = rows.select("row", _key(narrow), f"{self.find.covering}:value")
        best = self._best(asked.join(self._several, on=_KEY, how="inner"))
        best = best.select("row", *(pl.col(field).alias(f"best {field}") for field in self._wanted))
        rows = left_join_one(rows, best, on=["row"])
        chosen = [pl.coalesce(field, f"best {field}").alias(field) for field in self._wanted]
        return rows.with_columns(chosen).drop(f"best {field}" for field in self._wanted)

    def _best(self, found: pl.DataFrame) -> pl.DataFrame:
        """Return the best of each row's candidates."""
        day, entry = pl.col(f"{self.find.covering}:value"), pl.col(f"{self.name}.entry_date")
        exit_ = pl.col(f"{self.name}.exit_date")
        covers = (entry <= day) & (exit_.is_null() | (exit_ >= day))
        by = [covers.fill_null(False), entry, exit_, pl.col(f"{self.name}.sau_id")]
        ranked = found.sort(by, descending=[True, True, True, False], nulls_last=False)
        return ranked.unique("row", keep="first", maintain_order=True)


def _key(narrow: pl.Expr) -> pl.Expr:
    """Return the student and what narrows the look-up down as one number."""
    return (pl.col(STUDENT).cast(pl.Int64) * 2**32 + narrow).alias(_KEY)
