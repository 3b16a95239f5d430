"""The stored lines of other file types that rest on those of a file's students: `[[resting]]` of the layout."""

from collections.abc import Collection, Iterable
from functools import cache

import polars as pl

from tidegate.core.checking.check_result import STUDENTS_PER_QUESTION
from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.layout import VALUE, Layout, RestingLines
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.enrollment import EnrollmentLookup
from tidegate.core.lookups.lookup import lookups_of
from tidegate.core.lookups.school import first_school_field
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.stored_lines import LineTable, line_table
from tidegate.core.rules.resting_line_rule import FindResting

RESTING = pl.Schema(
    {
        "line": pl.UInt32,
        "student": pl.Int64,
        "enrollment_type": pl.String,
        "narrowed_by": pl.String,
        "narrow": pl.Int32,
        "day": pl.Date,
        "noun": pl.String,
        "nouns": pl.String,
        "words": pl.String,
    }
)
"""The lines as `RestingLineRule.rows_with_orphans` has them."""


def resting_line_finder(
    layout: Layout, others: Iterable[Layout], *, tables: ReferenceData, school_year: SchoolYear
) -> FindResting:
    """Return what finds the lines that rest on those of some students.

    Args:
        layout: The layout of the file.
        others: The layouts of the school year; they are read when the first line is asked for.
        tables: The state's reference data.
        school_year: The school year.
    """

    @cache
    def tables_by_name() -> dict[str, list[_RestingLineTable]]:
        stored = {other.on_file.table: other for other in others if other.on_file is not None}
        found: dict[str, list[_RestingLineTable]] = {}
        for resting in layout.resting:
            if resting.table in stored:
                found.setdefault(resting.table, []).append(_RestingLineTable(resting, stored[resting.table]))
        return found

    def find(students: pl.Series) -> pl.DataFrame:
        names = tables.organizations().select(pl.col("id").alias("organization"), pl.col("name").alias("at"))
        found, count = [RESTING.to_frame()], 0
        for some in students.drop_nulls().sort().to_frame().iter_slices(STUDENTS_PER_QUESTION):
            for of_table in tables_by_name().values():
                lines = tables.lines(of_table[0].lines, some.to_series(), school_year)
                lines = lines.with_row_index("line", offset=count)
                count += lines.height
                found += [table.shape(lines, names) for table in of_table]
        return pl.concat(found, how="vertical_relaxed")

    return find


def problem_of_resting(layout: Layout, others: Collection[Layout]) -> str:
    """Return what is wrong with the `[[resting]]` of a layout, compared with the other layouts; blank if nothing is."""
    stored = {other.on_file.table: other for other in others if other.on_file is not None}
    for resting in layout.resting:
        if resting.table not in stored:
            return f'[[resting]] no file type stores lines in the table "{resting.table}"'
        try:
            _RestingLineTable(resting, stored[resting.table])
        except BrokenLayout as error:
            return str(error)
    return ""


class _RestingLineTable:
    """The lines of one table that rest on an enrollment by one look-up."""

    def __init__(self, resting: RestingLines, other: Layout) -> None:
        lookup = lookups_of(other).get(resting.by)
        if not isinstance(lookup, EnrollmentLookup) or other.on_file is None:
            raise BrokenLayout(f'[[resting]] {other.name} has no look-up "{resting.by}" of an enrollment')
        self.lines: LineTable = line_table(other, other.on_file)
        self._type = lookup.enrollment_type
        self._narrowed_by = "school_id" if lookup.school else "sau_id" if lookup.sau else ""
        self._narrow = f"{lookup.school or lookup.sau}.id" if self._narrowed_by else ""
        self._day = f"{lookup.covering}{VALUE}" if resting.covers else ""
        self._noun = other.on_file.noun
        self._code = next((each.row for each in self.lines.columns if each.is_code), "")
        self._first_day = f"{lookup.covering}{VALUE}"
        school = first_school_field(other)
        self._organization = school if school in other.on_file.columns else self._narrow
        if unknown := {self._narrow, self._first_day} - {"", *other.on_file.columns}:
            raise BrokenLayout(f"[[resting]] {other.name} does not store {', '.join(sorted(unknown))}")

    def shape(self, lines: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
        """Return stored lines in the columns of `RESTING`; `names` has the names of organizations."""
        noun, nouns = self._noun
        found = lines.select(
            "line",
            pl.col(self.lines.student).alias("student"),
            pl.lit(self._type).alias("enrollment_type"),
            pl.lit(self._narrowed_by).alias("narrowed_by"),
            (pl.col(self._narrow) if self._narrow else pl.lit(0)).cast(pl.Int32).alias("narrow"),
            (pl.col(self._day) if self._day else pl.lit(None)).cast(pl.Date).alias("day"),
            pl.lit(noun).alias("noun"),
            pl.lit(nouns).alias("nouns"),
            (pl.col(self._code) if self._code else pl.lit(noun)).alias("called"),
            pl.col(self._first_day).cast(pl.String).alias("from"),
            (pl.col(self._organization) if self._organization else pl.lit(None)).cast(pl.Int32).alias("organization"),
        ).join(names, on="organization", how="left", maintain_order="left")
        at = pl.when(pl.col("at").is_not_null()).then(" at " + pl.col("at")).otherwise(pl.lit(""))
        words = pl.col("called") + at + " from " + pl.col("from")
        # A line that may rest on an enrollment anywhere is perhaps another organization's: it is counted, not named.
        named = (words if self._narrow else pl.lit(None, pl.String)).alias("words")
        return found.with_columns(named).drop("called", "from", "organization", "at")
