"""What is stored about the students of one file: asked once for each, whatever the number of slices and rows."""

from typing import Protocol

import polars as pl

from tidegate.core.frames.dictionary import IntIndex
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.source import ReferenceData

STUDENT = "student.key"
"""The column in which rows and enrollments name a known student by a small number, which is fast to compare: the first
known student is 0."""

_MAX_STUDENTS_KEPT = 1_000_000
"""A file of more students than this forgets those whom it asked for first, unless each is to be asked for once."""
_MIN_STUDENTS_TO_ASK_FOR_ALL = 10_000
"""A file whose first slice has this many students will hold most others, too."""
_NOBODY = pl.Series(dtype=pl.UInt32)


class EnrollmentsFollower(Protocol):
    """What is given the enrollments of a file's students."""

    def forget(self) -> None:
        """Forget all enrollments: STUDENT begins at 0 again."""
        ...

    def add(self, enrollments: pl.DataFrame, *, count: int) -> None:
        """Add the enrollments of newly known students: the columns of `Enrollments.schema` and STUDENT, in the order of
        STUDENT. `count` is the number of students that are known now."""
        ...


class KnownStudents:
    """The known students of one file, and their enrollments.

    Numbers are UInt32, as in `ReferenceData`. With `asks_once` no student is forgotten, so that each enrollment is
    given to the followers once.
    """

    def __init__(self, tables: ReferenceData, school_year: SchoolYear, *, asks_once: bool) -> None:
        self.tables = tables
        self.school_year = school_year
        self.asks_once = asks_once
        self._followers: list[EnrollmentsFollower] = []
        self._forget()

    def follow(self, follower: EnrollmentsFollower) -> None:
        """Give all enrollments to `follower`; without followers none are asked for. Call it before `keys`."""
        self._followers.append(follower)

    def _forget(self) -> None:
        self._unknown = _NOBODY
        self._known = _NOBODY
        self._index = IntIndex(_NOBODY)

    def keys(self, numbers: pl.Series) -> pl.Series:
        """Return the STUDENT of each state student number, null where it is not known."""
        keys = self._index.places(numbers)
        new = _without(numbers.filter(keys.is_null()).drop_nulls().unique(), self._unknown)
        if new.is_empty():
            return keys
        if self.count + self._unknown.len() > _MAX_STUDENTS_KEPT and not self.asks_once:
            self._forget()
            for follower in self._followers:
                follower.forget()
            new = numbers.drop_nulls().unique()
        enrollments = self._ask(self._with_all_others(new).sort())  # an index is walked faster in its own order
        for follower in self._followers:
            follower.add(enrollments, count=self.count)
        return self._index.places(numbers)

    def _with_all_others(self, numbers: pl.Series) -> pl.Series:
        """Return the numbers, and those of all other students where that spares many questions."""
        if self.asks_once or numbers.len() < _MIN_STUDENTS_TO_ASK_FOR_ALL or self.count:
            return numbers
        everybody = self.tables.everybody()
        if everybody is None or everybody.len() > _MAX_STUDENTS_KEPT // 2:
            return numbers
        return pl.concat([numbers, everybody]).unique()

    def _ask(self, numbers: pl.Series) -> pl.DataFrame:
        """Ask for students who were not asked for, remember who is known, and return their enrollments."""
        found = self.tables.students(numbers)["student_number"]
        enrollments = Enrollments.schema.to_frame()
        if self._followers:
            enrollments = self.tables.enrollments(numbers, self.school_year)
        positions = IntIndex(found).places(enrollments["student_number"])
        if positions.has_nulls():  # an enrolled student is known, whatever the list of students says
            found = pl.concat([found, enrollments["student_number"]]).unique()
            positions = IntIndex(found).places(enrollments["student_number"])
        keyed = _in_order(enrollments.with_columns((positions + self.count).alias(STUDENT)))
        self._unknown = pl.concat([self._unknown, _without(numbers, found)], rechunk=True)
        self._known = pl.concat([self._known, found], rechunk=True)
        self._index = IntIndex(self._known)
        return keyed

    @property
    def count(self) -> int:
        """The number of known students."""
        return self._known.len()


def _without(numbers: pl.Series, others: pl.Series) -> pl.Series:
    """Return the numbers that are not among the others."""
    return numbers if others.is_empty() else numbers.filter(~numbers.is_in(others.implode()))


def _in_order(enrollments: pl.DataFrame) -> pl.DataFrame:
    """Return the enrollments in the order of STUDENT."""
    return enrollments if enrollments[STUDENT].is_sorted() else enrollments.sort(STUDENT)
