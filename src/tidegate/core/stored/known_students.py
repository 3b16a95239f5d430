"""What is stored of the students of one file: asked once for each, whatever the number of slices and rows."""

import polars as pl

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.stored.tables import ENROLLMENTS, StoredTables

STUDENT = "student.place"
"""The column in which rows and enrollments name a known student by a small number of ours, which is fast to compare."""

_MOST_KEPT = 1_000_000
"""A file of more students than this forgets those whom it asked for first, unless they must all be kept."""
_NUMBER = "number"
_NOBODY = pl.DataFrame(schema={_NUMBER: pl.UInt32})


class KnownStudents:
    """The known students among those asked for, and their enrollments in the school year.

    Numbers are UInt32, as in `StoredTables`. `enrollments` have the columns of `ENROLLMENTS` but the number, and
    STUDENT; they are those of everybody where everybody must be kept, else of those who were asked for last.
    """

    def __init__(
        self, tables: StoredTables, school_year: SchoolYear, *, has_enrollments: bool, keeps_all: bool
    ) -> None:
        self.tables = tables
        self.school_year = school_year
        self.has_enrollments = has_enrollments
        self.keeps_all = keeps_all
        self._forget()

    def _forget(self) -> None:
        self._asked = _NOBODY
        self._known = _NOBODY
        self.enrollments = _placed(ENROLLMENTS.to_frame(), _NOBODY)

    def ask(self, numbers: pl.Series) -> tuple[pl.DataFrame, bool] | None:
        """Ask for those of the numbers that were not asked for. Return the enrollments of who is known now and was not,
        and whether everybody else is forgotten; None where nobody was asked for."""
        asked = numbers.drop_nulls().unique().rename(_NUMBER).to_frame()
        new = asked.join(self._asked, on=_NUMBER, how="anti")
        if new.is_empty():
            return None
        if forgets := self._asked.height > _MOST_KEPT and not self.keeps_all:
            self._forget()
            new = asked
        wanted = new[_NUMBER].sort()  # an index is walked faster in its own order
        found = self.tables.students(wanted)["student_number"]
        enrollments = ENROLLMENTS.to_frame()
        if self.has_enrollments:
            enrollments = self.tables.enrollments(wanted, self.school_year)
            # whoever is enrolled is known, whatever the list of students says
            found = pl.concat([found, enrollments["student_number"]]).unique()
        self._known = pl.concat([self._known, found.rename(_NUMBER).to_frame()], rechunk=True)
        self._asked = pl.concat([self._asked, new], rechunk=True)
        placed = _placed(enrollments, self._known)
        self.enrollments = pl.concat([self.enrollments, placed]) if self.keeps_all else placed
        return placed, forgets

    @property
    def count(self) -> int:
        """How many places there are."""
        return self._known.height

    def places(self, numbers: pl.Series) -> pl.Series:
        """Return the place of each number, null where it is not known."""
        known = self._known.with_row_index(STUDENT)
        rows = numbers.rename(_NUMBER).to_frame()
        return rows.join(known, on=_NUMBER, how="left", maintain_order="left")[STUDENT]

    def numbers_of(self, places: pl.Series) -> pl.Series:
        """Return the number at each place."""
        return self._known[_NUMBER].gather(places)


def _placed(enrollments: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the enrollments with their student's place instead of the number."""
    places = known.with_row_index(STUDENT)
    return enrollments.join(places, left_on="student_number", right_on=_NUMBER, how="inner").drop("student_number")
