"""The kinds of value a column can hold: how a text becomes a value, and how the kind says itself in words."""

from typing import ClassVar

import msgspec
import polars as pl


class ColumnType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """One kind of value. Texts come without surrounding spaces; a blank text is an empty string."""

    polars_type: ClassVar[pl.DataType] = pl.String()

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the typed value of `text`, null where the text is blank or does not have this form."""
        return pl.when(text != "").then(text)

    def mended(self, text: pl.Expr) -> pl.Expr | None:  # noqa: ARG002 - most kinds have nothing to mend
        """Return what a text that a spreadsheet damaged must have been, null where nothing is to be put right."""
        return None

    def form(self) -> str:
        """Return the form in words, as it completes the sentence "X is not …" and stands in the requirements."""
        raise NotImplementedError


class Text(ColumnType, frozen=True, tag="text"):
    """Any text up to a length."""

    max_length: int

    def form(self) -> str:
        """Return e.g. `up to 10 characters`."""
        return f"up to {self.max_length} characters"


class Digits(ColumnType, frozen=True, tag="digits"):
    """A number that is a name: digits only, zeros count."""

    max_length: int
    min_length: int = 1

    @property
    def pattern(self) -> str:
        """The regular expression that the whole text matches."""
        return rf"^[0-9]{{{self.min_length},{self.max_length}}}$"

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the digits as text, null where the text is anything else."""
        return pl.when(text.str.contains(self.pattern)).then(text)

    def form(self) -> str:
        """Return e.g. `9 digits` or `1 to 4 digits`."""
        if self.min_length == self.max_length:
            return f"{self.max_length} digits"
        return f"{self.min_length} to {self.max_length} digits"


class Day(ColumnType, frozen=True, tag="date"):
    """A calendar day, written `YYYY-MM-DD` or `M/D/YYYY` (DOMAIN.md, file types)."""

    polars_type: ClassVar[pl.DataType] = pl.Date()
    within_school_year: bool = True

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the day as a Polars Date, null where the text is no day in one of the two forms."""
        iso = pl.when(text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(text)
        american = pl.when(text.str.contains(r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$")).then(text)
        return pl.coalesce(iso.str.to_date("%Y-%m-%d", strict=False), american.str.to_date("%m/%d/%Y", strict=False))

    def form(self) -> str:
        """Return the two ways to write a day."""
        return "a date written as YYYY-MM-DD or M/D/YYYY"


class Number(ColumnType, frozen=True, tag="decimal"):
    """A decimal number with a fixed number of places, between two limits."""

    maximum: float
    places: int
    minimum: float = 0
    polars_type: ClassVar[pl.DataType] = pl.Decimal(12, 4)

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the number as a Polars Decimal, null where it is none or has too many places."""
        form = rf"^[+-]?([0-9]{{1,8}}(\.[0-9]{{0,{self.places}}}0*)?|\.[0-9]{{1,{self.places}}}0*)$"
        return pl.when(text.str.contains(form)).then(text).cast(self.polars_type, strict=False)

    def form(self) -> str:
        """Return e.g. `a number from 0 to 99.99 with at most 2 decimal places`."""
        return f"a number from {self.minimum:g} to {self.maximum:g} with at most {self.places} decimal places"


class Choice(ColumnType, frozen=True, tag="choice"):
    """One of a few codes of the state; `synonyms` are other ways to write a code, case does not matter."""

    choices: dict[str, str]
    synonyms: dict[str, str] = {}

    def value(self, text: pl.Expr) -> pl.Expr:
        """Return the code as the state writes it, null where the text names none."""
        names = {code.upper(): code for code in self.choices}
        names |= {synonym.upper(): code for synonym, code in self.synonyms.items()}
        return text.str.to_uppercase().replace_strict(names, default=None, return_dtype=pl.String)

    def mended(self, text: pl.Expr) -> pl.Expr | None:
        """Return `01` for a `1`: a spreadsheet takes leading zeros off, and only one code can be meant."""
        taken = {code.upper() for code in (*self.choices, *self.synonyms)}
        lost = {code.lstrip("0"): code for code in self.choices if code.startswith("0")}
        lost = {short: code for short, code in lost.items() if short and short.upper() not in taken}
        if not lost:
            return None
        return text.replace_strict(lost, default=None, return_dtype=pl.String)

    def form(self) -> str:
        """Return e.g. `one of P, C`."""
        return f"one of {', '.join(self.choices)}"


class Code(ColumnType, frozen=True, tag="code"):
    """A code of a list that the state publishes by year; whether it stands there is a rule's business."""

    list_name: str
    pattern: str
    pattern_in_words: str

    def form(self) -> str:
        """Return the pattern in words, e.g. `a CIP code written as NN.NNNN`."""
        return self.pattern_in_words


AnyColumnType = Text | Digits | Day | Number | Choice | Code
