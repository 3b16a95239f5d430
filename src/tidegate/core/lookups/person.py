"""The look-up of a person by names and birth date, and of what was answered to the same request before."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.lookups.lookup import Join, Lookup
from tidegate.core.lookups.sources import Sources
from tidegate.core.reference.fold_person import fold, person_key, request_key
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import ReferenceFile

_NAMES = {"last_name": "last_name", "first_name": "first_name", "date_of_birth": "date_of_birth"}


class PersonLookup(Lookup, frozen=True, tag="person"):
    """Whether a student of these names and this date of birth is known, and what was answered to this very request.

    Names are compared folded: case, spaces, punctuation, accents and letters such as Đ do not matter. A row without a
    last name, a first name or a birth date asks for nobody.
    """

    gives: ClassVar = {
        "person_key": "the folded names and the birth date",
        "request_key": "the district, its number for the student and all names with the birth date, folded",
        "known_count": "how many known students have these names and this birth date",
        "answer": "the number that the same request got before, null where it got none",
    }

    sau: str
    school_student_id: str
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    date_of_birth: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that make up a request, in order."""
        names = (self.last_name, self.first_name, self.middle_name, self.suffix, self.date_of_birth)
        return (self.sau, self.school_student_id, *names)

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of students; where that of earlier requests is missing, none was made."""
        return (Students.file,)

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join of the person's fields."""
        keys = [f"{column}:value" for column in self.columns]
        return lambda rows: left_join_one(rows, self._find(name, rows, sources.tables), on=keys, nulls_equal=True)

    def _find(self, name: str, rows: pl.DataFrame, tables: ReferenceData) -> pl.DataFrame:
        """Return one line per distinct request: its columns, and the fields found."""
        columns = [f"{column}:value" for column in self.columns]
        last, first, day = (f"{column}:value" for column in (self.last_name, self.first_name, self.date_of_birth))
        requests = rows.select(columns).unique(maintain_order=True).drop_nulls([last, first, day])
        requests = requests.with_columns(
            person_key(last_name=last, first_name=first, date_of_birth=day).alias(f"{name}.person_key"),
            request_key(columns).alias(f"{name}.request_key"),
        )
        names = requests.select(fold(last).alias("last_name"), fold(first).alias("first_name"), date_of_birth=day)
        known = tables.people(names.unique()).select(person_key(**_NAMES).alias(f"{name}.person_key"))
        counted = known.group_by(f"{name}.person_key").agg(pl.len().cast(pl.Int32).alias(f"{name}.known_count"))
        answers = tables.number_requests(requests[f"{name}.request_key"].unique()).rename(
            {"request_key": f"{name}.request_key", "student_number": f"{name}.answer"}
        )
        found = requests.join(counted, on=f"{name}.person_key", how="left")
        found = found.with_columns(pl.col(f"{name}.known_count").fill_null(0))
        return found.join(answers, on=f"{name}.request_key", how="left")

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:  # noqa: ARG002 - the same for any row
        """Return a request that nobody has made before, of a student who is not known."""
        return {"person_key": "example", "request_key": "1000 example", "known_count": 0, "answer": None}
