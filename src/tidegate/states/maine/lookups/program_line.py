"""The look-up of a student's CTE lines on file in a program at a CTE school, of this and earlier school years."""

from collections.abc import Mapping
from functools import cache
from typing import ClassVar

import polars as pl

from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import Join, Lookup
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.reference.stored_lines import YEARS_OF_PROGRAM, LineTable, line_table
from tidegate.core.reference.table import ReferenceFile
from tidegate.file_types import find

_STUDENT, _SCHOOL, _CODE, _START = "StateStudentID:value", "school.id", "code.code", "StartDate:value"


class ProgramLineLookup(Lookup, frozen=True, tag="program_line"):
    """The CTE line on file that began last, of the student in the program at the CTE school, in this school year or one
    of the twelve before."""

    gives: ClassVar = {"start_date": "its first day"}

    student: str
    school: str
    code: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column with the student's number."""
        return (self.student,)

    @property
    def other_lookups(self) -> tuple[str, ...]:
        """The look-ups of the school and of the code."""
        return (self.school, self.code)

    @property
    def student_column(self) -> str:
        """The column with the student's number."""
        return self.student

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of CTE lines."""
        return (_cte_lines().file,)

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join of the line."""
        return lambda rows: left_join_one(rows, self._find(name, rows, sources), on=["row"])

    def _find(self, name: str, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame:
        """Return `row` and the first day for each row of a known student with a line."""
        number, school, code = f"{self.student}:value", f"{self.school}.id", f"{self.code}.code"
        known = rows.filter(pl.col(STUDENT).is_not_null())
        # Rows have the number as a text; lines on file have it as the integer that `number` makes of it.
        asked = known.select("row", student_numbers().number(pl.col(number)), school, code).drop_nulls()
        by, key = [number, school, code], [_STUDENT, _SCHOOL, _CODE]
        found = []
        # Nearly all have a line in the first years: of the others alone the earlier ones are read.
        for first in range(sources.school_year.first, sources.school_year.first - YEARS_OF_PROGRAM, -1):
            lines = sources.tables.lines(_cte_lines(), asked[number].unique(), SchoolYear(first), only_several=False)
            last = lines.group_by(key).agg(pl.col(_START).max().alias(f"{name}.start_date"))
            found.append(asked.join(last, left_on=by, right_on=key, how="inner").select("row", f"{name}.start_date"))
            asked = asked.join(last, left_on=by, right_on=key, how="anti")
            if asked.is_empty():
                break
        return pl.concat(found)

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:  # noqa: ARG002 - the same for any row
        """Return the first day of the guide's line."""
        return {"start_date": "2020-09-01"}


@cache
def _cte_lines() -> LineTable:
    layout = find("cte").layout
    assert layout.on_file is not None  # it is in the layout of CTE lines
    return line_table(layout, layout.on_file)
