"""What is stored of the students of one file: asked once for each, whatever the number of slices and rows."""

import polars as pl

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.stored.tables import ENROLLMENTS, StoredTables

STUDENT = "student.place"
"""The column in which rows and enrollments name a known student by a small number of ours, which is fast to compare."""

_MOST_KEPT = 1_000_000
"""A file of more students than this forgets those whom it asked for first, unless each is to be asked for once."""
_NUMBER = "number"
_NOBODY = pl.DataFrame(schema={_NUMBER: pl.UInt32})


class KnownStudents:
    """The known students among those asked for.

    Numbers are UInt32, as in `StoredTables`. With `asks_once` nobody is forgotten, so that each enrollment is answered
    once.
    """

    def __init__(
        self, tables: StoredTables, school_year: SchoolYear, *, has_enrollments: bool, asks_once: bool
    ) -> None:
        self.tables = tables
        self.school_year = school_year
        self.has_enrollments = has_enrollments
        self.asks_once = asks_once
        self._forget()

    def _forget(self) -> None:
        self._asked = _NOBODY
        self._known = _NOBODY

    def ask(self, numbers: pl.Series) -> tuple[pl.DataFrame, bool] | None:
        """Ask for those of the numbers that were not asked for. Return the enrollments of who is known now and was not,
        with the columns of `ENROLLMENTS` and STUDENT, and whether everybody else is forgotten; None where nobody was
        asked for."""
        asked = numbers.drop_nulls().unique().rename(_NUMBER).to_frame()
        new = asked.join(self._asked, on=_NUMBER, how="anti")
        if new.is_empty():
            return None
        if forgets := self._asked.height > _MOST_KEPT and not self.asks_once:
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
        places = self._known.with_row_index(STUDENT)
        return enrollments.join(places, left_on="student_number", right_on=_NUMBER, how="inner"), forgets

    @property
    def count(self) -> int:
        """How many places there are."""
        return self._known.height

    def places(self, numbers: pl.Series) -> pl.Series:
        """Return the place of each number, null where it is not known."""
        known = self._known.with_row_index(STUDENT)
        rows = numbers.rename(_NUMBER).to_frame()
        return rows.join(known, on=_NUMBER, how="left", maintain_order="left")[STUDENT]
