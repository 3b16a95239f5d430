"""What is stored of the students of one file: asked once for each, whatever the number of slices and rows."""

import polars as pl

from tidegate.core.frames.dictionary import IntIndex
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.tables import ENROLLMENTS, ReferenceData

STUDENT = "student.place"
"""The column in which rows and enrollments name a known student by a small number of ours, which is fast to compare."""

_MOST_KEPT = 1_000_000
"""A file of more students than this forgets those whom it asked for first, unless each is to be asked for once."""
_MANY = 10_000
"""A file that begins with so many students will hold most others, too."""
_NOBODY = pl.Series(dtype=pl.UInt32)


class KnownStudents:
    """The known students among those asked for.

    Numbers are UInt32, as in `ReferenceData`. With `asks_once` nobody is forgotten, so that each enrollment is answered
    once.
    """

    def __init__(
        self, tables: ReferenceData, school_year: SchoolYear, *, has_enrollments: bool, asks_once: bool
    ) -> None:
        self.tables = tables
        self.school_year = school_year
        self.has_enrollments = has_enrollments
        self.asks_once = asks_once
        self._forget()

    def _forget(self) -> None:
        self._unknown = _NOBODY
        self._known = _NOBODY
        self._index = IntIndex(_NOBODY)

    def find(self, numbers: pl.Series) -> tuple[pl.Series, pl.DataFrame | None, bool]:
        """Return the place of each number, null where it is not known; the enrollments of who is known now and was not,
        None where nobody had to be asked for; and whether everybody else is forgotten. Enrollments have the columns of
        `ENROLLMENTS` and STUDENT, in the order of the places.
        """
        places = self._index.places(numbers)
        new = _without(numbers.filter(places.is_null()).drop_nulls().unique(), self._unknown)
        if new.is_empty():
            return places, None, False
        if forgets := self.count + self._unknown.len() > _MOST_KEPT and not self.asks_once:
            self._forget()
            new = numbers.drop_nulls().unique()
        enrollments = self._ask(self._with_all_others(new).sort())  # an index is walked faster in its own order
        return self._index.places(numbers), enrollments, forgets

    def _with_all_others(self, numbers: pl.Series) -> pl.Series:
        """Return the numbers, and those of everybody else where that spares many questions."""
        if self.asks_once or numbers.len() < _MANY or self.count:
            return numbers
        everybody = self.tables.everybody()
        if everybody is None or everybody.len() > _MOST_KEPT // 2:
            return numbers
        return pl.concat([numbers, everybody]).unique()

    def _ask(self, wanted: pl.Series) -> pl.DataFrame:
        """Get to know those of the numbers that are stored; return their enrollments."""
        found = self.tables.students(wanted)["student_number"]
        enrollments = ENROLLMENTS.to_frame()
        if self.has_enrollments:
            enrollments = self.tables.enrollments(wanted, self.school_year)
        places = IntIndex(found).places(enrollments["student_number"])
        if places.has_nulls():  # whoever is enrolled is known, whatever the list of students says
            found = pl.concat([found, enrollments["student_number"]]).unique()
            places = IntIndex(found).places(enrollments["student_number"])
        placed = _in_order(enrollments, places + self.count)
        self._unknown = pl.concat([self._unknown, _without(wanted, found)], rechunk=True)
        self._known = pl.concat([self._known, found], rechunk=True)
        self._index = IntIndex(self._known)
        return placed

    @property
    def count(self) -> int:
        """How many places there are."""
        return self._known.len()


def _without(numbers: pl.Series, others: pl.Series) -> pl.Series:
    """Return the numbers that are not among the others."""
    return numbers if others.is_empty() else numbers.filter(~numbers.is_in(others.implode()))


def _in_order(enrollments: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """Return the enrollments with their student's place, in the order of the places."""
    placed = enrollments.with_columns(places.alias(STUDENT))
    return placed if placed[STUDENT].is_sorted() else placed.sort(STUDENT)
