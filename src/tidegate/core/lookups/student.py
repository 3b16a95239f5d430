"""The look-up of a student by the state student number, and what a number that lost digits must have been."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

import polars as pl

from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.identifiers import STUDENT_NUMBER, student_numbers
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.lookups.lookup import Join, LabelledLookup, Suggester, known_column, lookups_of, meant_column
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.suggestions.suggestion import Suggestion, as_digits, suggest_by_value

# A number that has fewer digits, or lacks more of them where numbers are short, has lost too many for its zeros to be
# restored.
_MIN_DIGITS = 4
_MAX_LACKING = 4


class StudentLookup(LabelledLookup, frozen=True, tag="student"):
    """Whether the state student number in column `by` has been given to a student.

    A number that lacks zeros in front gets them back where they give the number of a student who is enrolled in the
    row's district in the school year. A digit that was left out by hand gives another number with zeros as well, but
    hardly one of a student of that district.

    Where no student has the number and `local_number` names the column with the student's number in the local SIS, the
    finding says which student of the district of the look-up `within` has that local number."""

    local_number: str = ""
    within: str = ""

    gives: ClassVar = {"student_number": "the state student number of a known student"}
    known_student_field: ClassVar = "student_number"

    @property
    def student_column(self) -> str:
        """The column with the number."""
        return self.by

    @property
    def columns(self) -> tuple[str, ...]:
        """The column with the number, and that with the local one."""
        return (self.by, self.local_number) if self.local_number else (self.by,)

    @property
    def other_lookups(self) -> tuple[str, ...]:
        """The look-up of the district that gives local numbers."""
        return (self.within,)

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join of the number, if a student has it, and of what is known of rows in which nobody has it."""
        known_number = pl.when(pl.col(STUDENT).is_not_null()).then(f"{self.by}:value")
        number = known_number.alias(f"{name}.student_number")
        if not (self.local_number and self.within):
            return lambda rows: rows.with_columns(number)
        return lambda rows: self._with_known(rows.with_columns(number), sources)

    def _with_known(self, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame:
        """Return the rows; those whose number nobody has get a remark with the student to whom the local number
        belongs."""
        sau_id, local = pl.col(f"{self.within}.id"), pl.col(self.local_number)
        is_asked = pl.col(STUDENT).is_null() & (local != "") & sau_id.is_not_null()
        asked = rows.lazy().filter(is_asked & sources.may_see_students_of(sau_id)).select(
            "row", sau_id.alias("sau_id"), local.alias("school_student_id")
        ).collect()  # fmt: skip
        if asked.is_empty():
            return rows
        keys = asked.select("sau_id", "school_student_id").unique()
        found = sources.tables.local_numbers(keys, sources.school_year).unique()
        only = found.unique(["sau_id", "school_student_id"], keep="none")
        number = student_numbers().digits(pl.col(STUDENT_NUMBER))
        said = ("Local number " + pl.col("school_student_id") + " belongs to " + number).alias(known_column(self.by))
        known = asked.join(only, on=["sau_id", "school_student_id"])
        known = known.select("row", said, number.alias(meant_column(self.by)))
        return left_join_one(rows, known, on=["row"]) if known.height else rows

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of students."""
        return (Students.file,)

    def restored(self, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame | None:
        """Return `row` and `value` of every row whose number lost zeros that are certain."""
        numbers, lookups = student_numbers(), lookups_of(sources.layout).values()
        sau = next((lookup.columns[0] for lookup in lookups if lookup.organization_field), "")
        if not sau:
            return None
        short = short_numbers(rows, by=self.by, more_columns=[f"{sau}:value"])
        if short.is_empty():
            return None
        number, sau_id = numbers.number(pl.col("number")), sources.organization_keys.of(f"{sau}:value")
        short = short.with_columns(number.alias("key"), sau_id.alias("sau_id"))
        enrolled = sources.tables.enrollments(short["key"].unique(), sources.school_year)
        keys = enrolled.select(pl.col("student_number").alias("key"), "sau_id").unique()
        found = short.join(keys, on=["key", "sau_id"], how="inner", maintain_order="left")
        certain = found.unique("row", keep="none", maintain_order=True)
        return certain.select("row", pl.col("number").alias("value"))

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:
        """Return the column's example."""
        return {"student_number": columns[self.by].example}

    def suggester(self, name: str, sources: Sources) -> Suggester:
        """Return the suggester of known students' numbers."""
        return StudentSuggester(self, name, sources)


class StudentSuggester(Suggester):
    """Suggests a number with leading zeros, or with digits for letters, if a student has it.

    Nothing else is suggested: a similar number is another student's, which is nobody else's
    business.
    """

    def __init__(self, lookup: StudentLookup, name: str, sources: Sources) -> None:
        self._numbers = student_numbers()
        # Of several lengths a number that lost a zero may still have the form of one.
        found = f"{lookup.by}:value" if self._numbers.has_one_length else f"{name}.student_number"
        super().__init__(column=lookup.by, found=found)
        self._tables = sources.tables

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Suggest the known number that a text must be."""
        read = {text: _digits_in(text) for text in unknown["value"]}
        meant = {number for digits in read.values() for number in _with_zeros(digits, self._numbers)}
        known = self._known(sorted(meant))

        def suggest(text: str, _: int | None) -> Sequence[Suggestion]:
            digits = read.get(text, "")
            return [
                Suggestion(number, f"{_reason(number, digits)} it is a known number")
                for number in _with_zeros(digits, self._numbers)
                if number in known
            ]

        return suggest_by_value(unknown, suggest)

    def _known(self, numbers: Sequence[str]) -> set[str]:
        """Return those of the numbers that a student has."""
        if not numbers:
            return set()
        digits = pl.col(STUDENT_NUMBER)
        asked = pl.DataFrame({STUDENT_NUMBER: numbers}).select(self._numbers.number(digits)).to_series()
        return set(self._tables.students(asked).select(self._numbers.digits(digits)).to_series())


def short_numbers(rows: pl.DataFrame, *, by: str, more_columns: Sequence[str] = ()) -> pl.DataFrame:
    """Return the state student numbers that a number in the column `by` may be which lacks digits.

    Args:
        rows: Rows with texts and values.
        by: The name of the column.
        more_columns: Columns of the rows that are returned as well.

    Returns:
        `row`, `number` with zeros in front, and `more_columns`: a line for each length that a number may have.
    """
    fewest, most = student_numbers().lengths
    in_doubt = rows.lazy().filter(pl.col(f"{by}:value").is_null() & (pl.col(by) != ""))
    digits = pl.col(by).str.extract(r"^([0-9]+)(?:\.0*)?$")
    short = in_doubt.select("row", digits.alias("number"), *more_columns).collect()
    short = short.filter(pl.col("number").str.len_chars().is_between(_fewest_digits(), most - 1))
    return pl.concat([short.with_columns(pl.col("number").str.zfill(length)) for length in range(fewest, most + 1)])


def _digits_in(text: str) -> str:
    """Return the digits of a number that may have lost zeros or got letters for digits; blank if
    the text is no such number."""
    digits = as_digits(text.partition(".")[0])
    return digits if re.fullmatch(f"[0-9]{{{_fewest_digits()},}}", digits) else ""


def _fewest_digits() -> int:
    """Return how many digits a number must have left."""
    return min(_MIN_DIGITS, student_numbers().min_length - _MAX_LACKING)


def _with_zeros(digits: str, numbers: Digits) -> list[str]:
    """Return the numbers that the digits may be, with as many zeros in front as a number of each length needs."""
    lengths = range(max(len(digits), numbers.min_length), numbers.max_length + 1)
    return [digits.zfill(length) for length in lengths] if digits else []


def _reason(number: str, digits: str) -> str:
    """Return why the number may have been meant by the digits."""
    is_short = len(number) > len(digits)
    return "with the zeros in front" if is_short else "with digits for letters that look like them"
