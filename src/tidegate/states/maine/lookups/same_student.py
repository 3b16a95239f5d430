"""The look-up that compares the names and the birth date of a row with those of the student who has its number."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.lookups.lookup import Join, Lookup
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.reference.fold_person import fold, person_key
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import ReferenceFile

_NAMES = {"last_name": "last_name", "first_name": "first_name", "date_of_birth": "date_of_birth"}


class SameStudentLookup(Lookup, frozen=True, tag="same_student"):
    """Whether the student who has the number has these names and this birth date, too.

    Names are compared folded: case, spaces, punctuation and accents do not matter. Nothing is found where the number is
    nobody's, or the row lacks a name or the birth date. What the state has on file is not told.
    """

    gives: ClassVar = {"is_named": "whether the names and the birth date are those of the student with the number"}

    student: str
    last_name: str
    first_name: str
    date_of_birth: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with the number, the names and the birth date."""
        return (self.student, self.last_name, self.first_name, self.date_of_birth)

    @property
    def student_column(self) -> str:
        """The column with the student's number."""
        return self.student

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of students."""
        return (Students.file,)

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join of the answer."""
        return lambda rows: left_join_one(rows, self._find(name, rows, sources), on=["row"])

    def _find(self, name: str, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame:
        """Return `row` and the answer for each row that asks."""
        last, first, day = (f"{column}:value" for column in self.columns[1:])
        asked = rows.filter(pl.col(STUDENT).is_not_null()).select(
            "row",
            pl.col(f"{self.student}:value").alias("student_number"),
            fold(last).alias("last_name"),
            fold(first).alias("first_name"),
            pl.col(day).alias("date_of_birth"),
            person_key(last_name=last, first_name=first, date_of_birth=day).alias("key"),
        )
        asked = asked.drop_nulls("key")
        people = sources.tables.people(asked.select(*_NAMES).unique())
        known = people.select("student_number", person_key(**_NAMES).alias("key")).unique()
        known = known.with_columns(pl.lit(True).alias(f"{name}.is_named"))
        found = asked.join(known, on=["student_number", "key"], how="left").unique("row")
        return found.select("row", pl.col(f"{name}.is_named").fill_null(False))

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:  # noqa: ARG002 - the same for any row
        """Return that the names agree."""
        return {"is_named": True}
