"""Suggests for values that were looked up and not found: codes, schools, SAUs and students."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from tidegate.core.layouts.column_types import Code, Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.lookup_settings import CodeLookup, OrganizationLookup, SchoolLookup, StudentLookup
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.find_code import codes_in_year
from tidegate.core.reference.tables import SAU, TAUGHT_CODES, ReferenceData
from tidegate.core.suggestions.by_value import BESIDE, suggest_by_value
from tidegate.core.suggestions.look_alikes import as_digits
from tidegate.core.suggestions.suggest_codes import suggest_codes
from tidegate.core.suggestions.suggest_organizations import Named, suggest_organizations
from tidegate.core.suggestions.suggestion import Suggestion


class _LookUp(NamedTuple):
    """A look-up that can be asked: its name, the column that it looks up, the field that is null where it has found
    nothing, and the column of what a suggestion hangs on, blank where there is none."""

    name: str
    by: str
    field: str
    beside: str


class LookUpSuggester:
    """Suggests for the values of one file that no look-up knows."""

    def __init__(self, layout: Layout, tables: ReferenceData, school_year: SchoolYear) -> None:
        self.layout = layout
        self.tables = tables
        self.school_year = school_year
        schools = (name for name, find in layout.stored.items() if isinstance(find, SchoolLookup))
        self._school = next((f"{name}.id" for name in schools), "")
        self._look_ups = list(self._find_look_ups())
        self._taught_here = TAUGHT_CODES.to_frame()

    def _find_look_ups(self) -> Iterator[_LookUp]:
        for name, find in self.layout.stored.items():
            match find:
                case CodeLookup():
                    yield _LookUp(name, find.by, f"{name}.code", self._school)
                case SchoolLookup():
                    yield _LookUp(name, find.by, f"{name}.id", f"{find.within}.id")
                case OrganizationLookup():
                    yield _LookUp(name, find.by, f"{name}.id", "context.organization_id")
                case StudentLookup():
                    yield _LookUp(name, find.by, f"{find.by}:value", "")
                case _:
                    pass

    def note(self, rows: pl.DataFrame) -> None:
        """Note the programs that the schools of these rows teach, as the file itself tells."""
        codes = [name for name, find in self.layout.stored.items() if isinstance(find, CodeLookup)]
        if codes and self._school:
            here = pl.col(self._school).alias("school_id"), pl.col(f"{codes[0]}.code").alias("code")
            taught = rows.lazy().select(here).unique().drop_nulls().collect()
            self._taught_here = pl.concat([self._taught_here, taught]).unique()

    def message_values(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return for each row and look-up whether it has found nothing and what stands beside it."""
        unknown = [pl.col(each.field).is_null().alias(f"unknown:{each.name}") for each in self._look_ups]
        beside = [
            pl.col(each.beside).cast(pl.Int32).alias(f"beside:{each.name}") for each in self._look_ups if each.beside
        ]
        return rows.select(*unknown, *beside)

    def asked(self) -> pl.Expr:
        """Return the look-up that is to be asked about a finding, null where none is."""
        is_asked = ((pl.col("column") == each.by) & pl.col(f"unknown:{each.name}") for each in self._look_ups)
        names = zip(is_asked, self._look_ups, strict=True)
        return pl.coalesce(*(pl.when(asked).then(pl.lit(each.name)) for asked, each in names), pl.lit(None, pl.String))

    def beside(self, asked: str) -> pl.Expr:
        """Return what stands beside the value, given the column of what is asked."""
        none = pl.lit(None, dtype=pl.Int32)
        of_each = (
            pl.when(pl.col(asked) == each.name).then(f"beside:{each.name}") for each in self._look_ups if each.beside
        )
        return pl.coalesce(*of_each, none)

    def answer(self, name: str, asked: pl.DataFrame) -> pl.DataFrame:
        """Return `value`, `beside` and `suggestions` for distinct values that the look-up does not know."""
        match self.layout.stored[name]:
            case CodeLookup() as find:
                return self._codes(asked, find)
            case SchoolLookup() as find:
                return self._schools(asked, find)
            case OrganizationLookup():
                return self._saus(asked)
            case StudentLookup() as find:
                return self._students(asked, find)
            case _:
                return suggest_by_value(asked, lambda *_: ())

    def _codes(self, asked: pl.DataFrame, find: CodeLookup) -> pl.DataFrame:
        of = self.layout.columns[find.by].type
        if not isinstance(of, Code):
            return suggest_by_value(asked, lambda *_: ())
        titles = dict(codes_in_year(self.tables, of, self.school_year).iter_rows())
        stored = self.tables.taught_codes(asked[BESIDE].drop_nulls().unique(), self.school_year)
        taught: dict[int | None, set[str]] = {}
        for school_id, code in pl.concat([stored, self._taught_here]).iter_rows():
            taught.setdefault(school_id, set()).add(code)
        return suggest_by_value(asked, lambda text, school: suggest_codes(text, titles, taught.get(school, set())))

    def _schools(self, asked: pl.DataFrame, find: SchoolLookup) -> pl.DataFrame:
        schools = self._organizations(is_sau=False)

        def suggest(text: str, sau_id: int | None) -> Sequence[Suggestion]:
            named = [_named(each, is_own=each["parent_id"] == sau_id, prefer=find.prefer) for each in schools]
            return suggest_organizations(text, named)

        return suggest_by_value(asked, suggest)

    def _saus(self, asked: pl.DataFrame) -> pl.DataFrame:
        saus = self._organizations(is_sau=True)

        def suggest(text: str, focus: int | None) -> Sequence[Suggestion]:
            return suggest_organizations(text, [_named(each, is_own=each["id"] == focus) for each in saus])

        return suggest_by_value(asked, suggest)

    def _organizations(self, *, is_sau: bool) -> list[dict[str, object]]:
        return [each for each in self.tables.organizations().iter_rows(named=True) if (each["kind"] == SAU) == is_sau]

    def _students(self, asked: pl.DataFrame, find: StudentLookup) -> pl.DataFrame:
        """Suggest a number with zeros in front where a student has it; nothing that would tell of other students."""
        of = self.layout.columns[find.by].type
        length = of.max_length if isinstance(of, Digits) else 0
        read = {text: number for text in asked["value"] if (number := _number_in(text, length))}
        numbers = pl.Series(sorted(set(map(int, read.values()))), dtype=pl.UInt32)
        known = set() if numbers.is_empty() else set(self.tables.students(numbers)["student_number"])

        def suggest(text: str, _: int | None) -> Sequence[Suggestion]:
            number = read.get(text, "")
            if not number or int(number) not in known:
                return []
            is_short = len(number) < length
            reason = "with the zeros in front" if is_short else "with digits for letters that look like them"
            return [Suggestion(number.zfill(length), f"{reason} it is a known number")]

        return suggest_by_value(asked, suggest)


def _number_in(text: str, length: int) -> str:
    """Return the digits of a number that may have lost zeros or got letters for digits, blank where it is none."""
    digits = as_digits(text.partition(".")[0])
    return digits if re.fullmatch("[0-9]{4,}", digits) and len(digits) <= length else ""


def _named(each: dict[str, object], *, is_own: bool, prefer: str = "") -> Named:
    return Named(
        id=str(each["id"]),
        name=str(each["name"]),
        local_id=str(each["local_id"] or ""),
        is_own=is_own,
        is_preferred=each["kind"] == prefer,
    )
