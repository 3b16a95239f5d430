"""The types of columns: how a text becomes a value, and how the type is described in words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar, NamedTuple, Self

import msgspec
import polars as pl

from tidegate.core.layouts import day_forms
from tidegate.core.layouts.school_year import SchoolYear

# The day that spreadsheets count from (44075 is 2020-09-01); ECMA-376 part 1, 18.17.4.1.
_DAY_ZERO = date(1899, 12, 30)
_MAX_DIGITS = 19
# So many digits fit into 32 bits, also with a 1 in front.
_MAX_DIGITS_IN_32_BITS = 9
_ENDED_IN_ZERO = 'ended in ".0"'
EXCEL_DAYS = "saved as Excel day numbers"
"""How dates were written that a spreadsheet has saved as numbers."""
_WRITTEN_AS_DECIMAL = r"^([0-9]+)\.0+$"
_LIKE_A_DAY = re.compile(r"[0-9A-Za-z]{1,9}[-/. ][0-9A-Za-z]{1,9}[-/., ]+[0-9]{2,4}|[0-9]{5}|[0-9]{8}")
_LIKE_A_NUMBER = re.compile(r"[+-]?[0-9]+\.?[0-9]*|[+-]?\.[0-9]+")


def is_digits(text: pl.Expr) -> pl.Expr:
    """Return whether the text has nothing but digits. It must be of at most 19 characters."""
    # A cast takes a third of the time of a pattern; Polars lets a number have a plus sign.
    return text.cast(pl.UInt64, strict=False).is_not_null() & ~text.str.starts_with("+")


class RepairMethod(NamedTuple):
    """How to repair one type of damage.

    `code` is the notice that reports it. `value` is the typed value that was meant, null if the
    text does not have this damage. `how` says how the text was written, if the notice needs it.
    `candidates` is a cheap test that is false of most texts without this damage; `value` is
    computed for the other texts only.
    """

    code: str
    value: pl.Expr
    how: str = ""
    candidates: pl.Expr | None = None


class ColumnType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """The type of a column. Texts come without surrounding spaces; a blank text is an empty
    string."""

    polars_type: ClassVar[pl.DataType] = pl.String()

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the typed value of `text`, null where the text is blank or does not have this form."""
        return pl.when(text != "").then(text)

    def repairs(self, text: pl.Expr, school_year: SchoolYear | None) -> Iterable[RepairMethod]:  # noqa: ARG002 - most types have none
        """Return the repairs of texts without a value. Each is certain of what was meant."""
        return ()

    def in_year(self, school_year: SchoolYear) -> Self:  # noqa: ARG002 - most are the same in all years
        """Return the type as it is in that school year."""
        return self

    def form(self) -> str:
        """Return the form in words, as in the sentence "X is not …" and in the requirements."""
        raise NotImplementedError

    def may_be_meant(self, cell: str) -> bool:  # noqa: ARG002 - most types take any text
        """Return whether a cell that is not blank may stand in a column of this type, damaged or not."""
        return True

    def samples(self) -> Sequence[str]:
        """Return two texts or more that the type takes, for an example that differs from the column's own; none where
        only a list of the state says what it takes."""
        return ("A", "B")


class Text(ColumnType, frozen=True, tag="text"):
    """Any text up to a length. A long one `holds_ids` where people write no words into it."""

    max_length: int
    holds_ids: bool = False

    @property
    def is_free(self) -> bool:
        """Whether it is free text; a column of shorter texts holds IDs."""
        return self.max_length > 10 and not self.holds_ids

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the text; null if it is blank, or an ID that was written as a decimal number."""
        is_there = text != ""
        return pl.when(is_there if self.is_free else is_there & ~text.str.contains(_WRITTEN_AS_DECIMAL)).then(text)

    def repairs(self, text: pl.Expr, school_year: SchoolYear | None) -> Iterable[RepairMethod]:  # noqa: ARG002 - any year
        """Return `1001` for an ID `1001.0`."""
        yield RepairMethod("CELL122", text.str.extract(_WRITTEN_AS_DECIMAL), _ENDED_IN_ZERO)

    def form(self) -> str:
        """Return e.g. `up to 10 characters`."""
        return f"up to {self.max_length} characters"


class Digits(ColumnType, frozen=True, tag="digits"):
    """A number that is a name: digits only, leading zeros count.

    With `fills_zeros`, a shorter number gets back the leading zeros that it has lost. Leave it off
    if a number with a digit left out would become somebody else's.
    """

    max_length: int
    min_length: int = 1
    fills_zeros: bool = False

    @property
    def pattern(self) -> str:
        """The regular expression that the whole text matches."""
        return rf"^[0-9]{{{self.min_length},{self.max_length}}}$"

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the digits as text, null if the text is anything else."""
        if self.max_length > _MAX_DIGITS:
            return pl.when(text.str.contains(self.pattern)).then(text)
        return pl.when(text.str.len_bytes().is_between(*self.lengths) & is_digits(text)).then(text)

    @property
    def has_one_length(self) -> bool:
        """Whether all numbers have the same count of digits."""
        return self.min_length == self.max_length

    @property
    def lengths(self) -> tuple[int, int]:
        """The possible lengths of a number.

        Returns:
            The fewest and the most digits.
        """
        return self.min_length, self.max_length

    @property
    def has_number(self) -> bool:
        """Whether `number` has room for all digits, and a 1 in front."""
        return self.max_length < _MAX_DIGITS

    @property
    def number_type(self) -> pl.DataType:
        """The type of what `number` returns."""
        return pl.UInt32() if self.max_length <= _MAX_DIGITS_IN_32_BITS else pl.UInt64()

    def number(self, digits: pl.Expr) -> pl.Expr:
        """Return an integer for each text of this form, a different one for each text.

        Where all have one length it is the number itself. Else a 1 is put in front of the digits, so that 00123 and
        0123 differ.
        """
        whole = digits if self.has_one_length else (pl.lit("1") + digits).alias(digits.meta.output_name())
        return whole.cast(self.number_type, strict=False)

    def digits(self, number: pl.Expr) -> pl.Expr:
        """Return the text of each integer that `number` has returned."""
        text = number.cast(pl.String)
        return text.str.zfill(self.max_length) if self.has_one_length else text.str.slice(1)

    def repairs(self, text: pl.Expr, school_year: SchoolYear | None) -> Iterable[RepairMethod]:  # noqa: ARG002 - any year
        """Return `1000` for `1000.0`, `900000001` for `9.00000001E+08` (no digit is lost), and,
        with `fills_zeros`, `011` for `11` or `0011`."""
        power = text.str.extract_groups(r"^([0-9])\.([0-9]+)[Ee]\+0*([0-9]{1,2})$")
        first, rest, exponent = (power.struct.field(name) for name in ("1", "2", "3"))
        is_whole = rest.str.len_chars() == exponent.cast(pl.UInt32, strict=False)
        has_point = text.str.contains(".", literal=True)
        for whole, how in (
            (text.str.extract(r"^([0-9]+)\.0*$"), _ENDED_IN_ZERO),
            (pl.when(is_whole).then(first + rest), "came as a power of ten"),
        ):
            filled = whole.str.zfill(self.min_length) if self.fills_zeros else whole
            yield RepairMethod("CELL122", self.value(filled), how, has_point)
        if not self.fills_zeros:
            return
        number = text.str.extract("^0*([1-9][0-9]*)$").str.zfill(self.min_length)
        is_short = text.str.len_bytes() < self.min_length
        yield RepairMethod("CELL120", self.value(pl.when(is_short).then(number)))
        yield RepairMethod("CELL117", self.value(pl.when(~is_short).then(number)))

    def form(self) -> str:
        """Return e.g. `a number of 6 digits` or `a number of 1 to 4 digits`."""
        if self.has_one_length:
            return f"a number of {self.max_length} digits"
        return f"a number of {self.min_length} to {self.max_length} digits"

    def may_be_meant(self, cell: str) -> bool:
        """Return whether the cell has so many digits."""
        return cell.isdecimal() and self.min_length <= len(cell) <= self.max_length

    def samples(self) -> Sequence[str]:
        """Return two numbers."""
        return ("1" * self.max_length, "2" * self.max_length)


class StudentNumber(ColumnType, frozen=True, tag="student_number"):
    """The state student number. A layout is read with the digits that state.toml says instead (see `identifiers`)."""


class OrganizationId(ColumnType, frozen=True, tag="organization_id"):
    """An organization ID. A layout is read with the digits or the text that state.toml says instead."""


class Day(ColumnType, frozen=True, tag="date"):
    """A calendar day, written `YYYY-MM-DD` or `M/D/YYYY` (DOMAIN.md, file types)."""

    polars_type: ClassVar[pl.DataType] = pl.Date()
    within_school_year: bool = True

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the day as a Polars Date, null if the text is no day in one of the two forms."""
        iso = pl.when(text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(text)
        american = pl.when(text.str.contains(r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$")).then(text)
        return pl.coalesce(iso.str.to_date("%Y-%m-%d", strict=False), american.str.to_date("%m/%d/%Y", strict=False))

    def repairs(self, text: pl.Expr, school_year: SchoolYear | None) -> Iterable[RepairMethod]:
        """Return days that are written in another form and can mean no other day.

        A spreadsheet's day number, or a year of two digits, is read only if all days of the column
        must be in the school year and this one is.
        """
        capitals = text.str.to_uppercase()
        stem = day_forms.without_midnight(capitals)
        may_have_time = day_forms.may_have_midnight(text)
        has_year = day_forms.begins_with_year(text)
        may_be_named = day_forms.may_name_a_month(text)
        yield RepairMethod("CELL123", self._of_one_meaning(stem), "saved with a time of day", may_have_time)
        yield RepairMethod("CELL123", day_forms.year_first(capitals), "written with the year first", has_year)
        yield RepairMethod("CELL123", day_forms.eight_digits(capitals), "written as eight digits", has_year)
        yield RepairMethod(
            "CELL123", day_forms.with_month_name(capitals), "written with the name of the month", may_be_named
        )
        if not self.within_school_year or school_year is None:
            return
        stem = pl.coalesce(stem, capitals)
        may_be_counted = text.str.contains("^[0-9]{5}(?:[.]|$)")
        may_be_short = may_be_named | text.str.contains("/", literal=True)
        for day, how, candidates in (
            (_counted(capitals), EXCEL_DAYS, may_be_counted),
            (self._with_short_year(stem), "written with a two-digit year", may_be_short),
        ):
            is_near = day.is_between(school_year.first_day, school_year.last_day)
            yield RepairMethod("CELL123", pl.when(is_near).then(day), how, candidates)

    def _of_one_meaning(self, text: pl.Expr) -> pl.Expr:
        forms = (self.value, day_forms.year_first, day_forms.eight_digits, day_forms.with_month_name)
        return pl.coalesce(form(text) for form in forms)

    def _with_short_year(self, text: pl.Expr) -> pl.Expr:
        short = text.str.extract_groups("^([0-9]{1,2}/[0-9]{1,2}/)([0-9]{2})$")
        long = short.struct.field("1") + pl.lit("20") + short.struct.field("2")
        return pl.coalesce(self.value(long), day_forms.with_month_name(text, year_digits=2))

    def form(self) -> str:
        """Return the two ways to write a day."""
        return "a date written as YYYY-MM-DD or M/D/YYYY"

    def may_be_meant(self, cell: str) -> bool:
        """Return whether the cell looks like a day, or like a spreadsheet's day number."""
        return _LIKE_A_DAY.fullmatch(cell) is not None

    def samples(self) -> Sequence[str]:
        """Return two days."""
        return ("2020-10-15", "2020-10-16")


def _counted(text: pl.Expr) -> pl.Expr:
    """Return the day of a spreadsheet's day number, such as `44075` or `44075.0`."""
    count = text.str.extract(r"^([0-9]{5})(?:\.0+)?$").cast(pl.Int32, strict=False)
    return pl.lit(_DAY_ZERO) + pl.duration(days=count)


class Number(ColumnType, frozen=True, tag="decimal"):
    """A decimal number with a fixed number of places, between two limits."""

    TOO_LARGE: ClassVar = 100_000_000
    """A number of more than eight digits before the point is not read as one."""

    maximum: float
    places: int
    minimum: float = 0
    polars_type: ClassVar[pl.DataType] = pl.Decimal(12, 4)

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the number as a Polars Decimal, null if it is none or has too many decimal
        places."""
        point_first = rf"|\.[0-9]{{1,{self.places}}}0*" if self.places else ""
        form = rf"^[+-]?([0-9]{{1,8}}(\.[0-9]{{0,{self.places}}}0*)?{point_first})$"
        return pl.when(text.str.contains(form)).then(text).cast(self.polars_type, strict=False)

    def form(self) -> str:
        """Return e.g. `a number from 0 to 99.99 with at most 2 decimal places`."""
        count = f"at most {self.places} decimal place{'' if self.places == 1 else 's'}"
        places = f"with {count}" if self.places else "without decimal places"
        return f"a number from {self.minimum:g} to {self.maximum:g} {places}"

    def may_be_meant(self, cell: str) -> bool:
        """Return whether the cell is a number."""
        return _LIKE_A_NUMBER.fullmatch(cell) is not None

    def samples(self) -> Sequence[str]:
        """Return the limits."""
        return (f"{self.minimum:g}", f"{self.maximum:g}")


class Years(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The school years from `since` to `until`, both in; blank is open."""

    since: str = ""
    until: str = ""


class Choice(ColumnType, frozen=True, tag="choice"):
    """One of a few codes of the state; `synonyms` are other ways to write a code, case does not matter. `years` has the
    codes that are not of all years."""

    choices: dict[str, str]
    synonyms: dict[str, str] = {}
    years: dict[str, Years] = {}

    def in_year(self, school_year: SchoolYear) -> Self:
        """Return the type with the codes of that school year alone."""
        if not self.years:
            return self
        gone = {code for code, of in self.years.items() if not school_year.is_within(of.since, of.until)}
        choices = {code: label for code, label in self.choices.items() if code not in gone}
        synonyms = {word: code for word, code in self.synonyms.items() if code not in gone}
        return msgspec.structs.replace(self, choices=choices, synonyms=synonyms, years={})

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the code as the state writes it, null if the text names none."""
        names = {code.upper(): code for code in self.choices}
        names |= {synonym.upper(): code for synonym, code in self.synonyms.items()}
        return text.str.to_uppercase().replace_strict(names, default=None, return_dtype=pl.String)

    def repairs(self, text: pl.Expr, school_year: SchoolYear | None) -> Iterable[RepairMethod]:  # noqa: ARG002 - any year
        """Return `01` for a `1`, a `1.0` or a `001`, if only one code can be meant: a
        spreadsheet drops leading zeros, other programs add some."""
        taken = {code.upper() for code in (*self.choices, *self.synonyms)}
        lost = _by_what_zeros_leave([code for code in self.choices if code.startswith("0")])
        lost = {short: code for short, code in lost.items() if short and short.upper() not in taken}
        yield RepairMethod("CELL120", text.replace_strict(lost, default=None, return_dtype=pl.String))
        numbers = _by_what_zeros_leave([code for code in self.choices if code.isdigit()])
        whole = text.str.extract(r"^0*([0-9]+)\.0*$")
        of_whole = whole.replace_strict(numbers, default=None, return_dtype=pl.String)
        yield RepairMethod("CELL122", of_whole, _ENDED_IN_ZERO)
        longer = text.str.extract("^0+([1-9][0-9]*)$")
        yield RepairMethod("CELL117", longer.replace_strict(numbers, default=None, return_dtype=pl.String))

    def form(self) -> str:
        """Return e.g. `one of P, C`."""
        return f"one of {', '.join(self.choices)}"

    def may_be_meant(self, cell: str) -> bool:
        """Return whether the cell is one of the choices, in capitals or not."""
        return cell.upper() in {code.upper() for code in (*self.choices, *self.synonyms)}

    def samples(self) -> Sequence[str]:
        """Return the choices."""
        return list(self.choices)


def _by_what_zeros_leave(codes: Sequence[str]) -> dict[str, str]:
    """Return codes by what is left of each without the zeros in front, if that is left of one code alone."""
    counts = Counter(code.lstrip("0") for code in codes)
    return {short: code for code in codes if counts[short := code.lstrip("0")] == 1}


class Code(ColumnType, frozen=True, tag="code"):
    """A code of a list that the state publishes by year. Whether the list has it is checked by a
    rule.

    If codes have a form of their own, `pattern` is a regular expression and `pattern_in_words` says
    it.
    """

    list_name: str
    pattern: str = ""
    pattern_in_words: str = ""

    def form(self) -> str:
        """Return the pattern in words, e.g. `a CIP code written as NN.NNNN`, or the list's name."""
        return self.pattern_in_words or f"a code of the list {self.list_name}"

    def may_be_meant(self, cell: str) -> bool:
        """Return whether the cell has the form of a code; a spreadsheet may have taken zeros from it."""
        return not self.pattern or bool(re.search(self.pattern, cell) or _LIKE_A_NUMBER.fullmatch(cell))

    def samples(self) -> Sequence[str]:
        """Return none: the list has the codes."""
        return ()


AnyColumnType = Text | Digits | StudentNumber | OrganizationId | Day | Number | Choice | Code
