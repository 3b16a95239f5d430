"""The look-up of a student by the state student number, and what a number that lost digits must have been."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

import polars as pl

from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Column
from tidegate.core.lookups.lookup import Join, LabelledLookup, Suggester, lookups_of
from tidegate.core.lookups.organization import OrganizationLookup
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.suggestions.suggestion import Suggestion, as_digits, suggest_by_value

# A number with fewer digits than this has lost too many for its zeros to be restored.
_MIN_DIGITS = 4


class StudentLookup(LabelledLookup, frozen=True, tag="student"):
    """Whether the state student number in column `by` has been given to a student.

    A number that lacks zeros in front gets them back where they give the number of a student who is enrolled in the
    row's district in the school year. A digit that was left out by hand gives another number with zeros as well, but
    hardly one of a student of that district."""

    gives: ClassVar = {"student_number": "the state student number of a known student"}

    @property
    def student_column(self) -> str:
        """The column with the number."""
        return self.by

    def joiner(self, name: str, sources: Sources) -> Join:  # noqa: ARG002 - every row has its STUDENT already
        """Return the join of the number, if a student has it."""
        known_number = pl.when(pl.col(STUDENT).is_not_null()).then(f"{self.by}:value")
        return lambda rows: rows.with_columns(known_number.alias(f"{name}.student_number"))

    def restored(self, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame | None:
        """Return `row` and `value` of every row whose number lost zeros that are certain."""
        of = sources.layout.columns[self.by].type
        lookups = lookups_of(sources.layout).values()
        sau = next((lookup.by for lookup in lookups if isinstance(lookup, OrganizationLookup)), "")
        if not isinstance(of, Digits) or of.min_length != of.max_length or not sau:
            return None
        short = short_numbers(rows, of=of, by=self.by, more_columns=[f"{sau}:value"])
        if short.is_empty():
            return None
        number, sau_id = pl.col("number").cast(pl.UInt32), pl.col(f"{sau}:value").cast(pl.Int32, strict=False)
        short = short.with_columns(number.alias("key"), sau_id.alias("sau_id"))
        enrolled = sources.tables.enrollments(short["key"].unique(), sources.school_year)
        keys = enrolled.select(pl.col("student_number").alias("key"), "sau_id").unique()
        certain = short.join(keys, on=["key", "sau_id"], how="inner", maintain_order="left")
        return certain.select("row", pl.col("number").alias("value"))

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:
        """Return the column's example."""
        return {"student_number": columns[self.by].example}

    def suggester(self, name: str, sources: Sources) -> Suggester:  # noqa: ARG002 - it asks for values, not for rows
        """Return the suggester of known students' numbers."""
        return StudentSuggester(self, sources)


class StudentSuggester(Suggester):
    """Suggests a number with leading zeros, or with digits for letters, if a student has it.

    Nothing else is suggested: a similar number is another student's, which is nobody else's
    business.
    """

    def __init__(self, lookup: StudentLookup, sources: Sources) -> None:
        super().__init__(column=lookup.by, found=f"{lookup.by}:value")
        of = sources.layout.columns[lookup.by].type
        self._length = of.max_length if isinstance(of, Digits) else 0
        self._tables = sources.tables

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Suggest the known number that a text must be."""
        length = self._length
        read = {text: number for text in unknown["value"] if (number := _number_in(text, length))}
        numbers = pl.Series(sorted(set(map(int, read.values()))), dtype=pl.UInt32)
        known = set() if numbers.is_empty() else set(self._tables.students(numbers)["student_number"])

        def suggest(text: str, _: int | None) -> Sequence[Suggestion]:
            number = read.get(text, "")
            if not number or int(number) not in known:
                return []
            is_short = len(number) < length
            reason = "with the zeros in front" if is_short else "with digits for letters that look like them"
            return [Suggestion(number.zfill(length), f"{reason} it is a known number")]

        return suggest_by_value(unknown, suggest)


def short_numbers(rows: pl.DataFrame, *, of: Digits, by: str, more_columns: Sequence[str] = ()) -> pl.DataFrame:
    """Return the rows whose number in the column `by` lacks digits.

    Args:
        rows: Rows with texts and values.
        of: The type of the column, all of whose numbers have the same length.
        by: The name of the column.
        more_columns: Columns of the rows that are returned as well.

    Returns:
        `row`, `number` with zeros in front, and `more_columns`.
    """
    in_doubt = rows.lazy().filter(pl.col(f"{by}:value").is_null() & (pl.col(by) != ""))
    digits = pl.col(by).str.extract(r"^([0-9]+)(?:\.0*)?$")
    short = in_doubt.select("row", digits.alias("number"), *more_columns).collect()
    is_short = pl.col("number").str.len_chars().is_between(_MIN_DIGITS, of.max_length - 1)
    return short.filter(is_short).with_columns(pl.col("number").str.zfill(of.max_length))


def _number_in(text: str, length: int) -> str:
    """Return the digits of a number that may have lost zeros or got letters for digits; blank if
    the text is no such number."""
    digits = as_digits(text.partition(".")[0])
    return digits if re.fullmatch("[0-9]{4,}", digits) and len(digits) <= length else ""
