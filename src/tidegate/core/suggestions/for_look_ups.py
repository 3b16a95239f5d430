"""Suggests for values that were looked up and not found: codes, schools, SAUs and students."""

from collections.abc import Iterator, Sequence

import polars as pl

from tidegate.core.layouts.column_types import Code, Digits
from tidegate.core.layouts.finds import FindCode, FindOrganization, FindSchool, FindStudent
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.stored.find_code import codes_in_year
from tidegate.core.stored.tables import SAU, StoredTables
from tidegate.core.suggestions.by_value import BESIDE, suggest_by_value
from tidegate.core.suggestions.suggest_codes import suggest_codes
from tidegate.core.suggestions.suggest_organizations import Named, suggest_organizations
from tidegate.core.suggestions.suggestion import Suggestion


class LookUpSuggester:
    """Suggests for the findings of one file that name a value which no look-up knows."""

    def __init__(self, rows: pl.DataFrame, layout: Layout, tables: StoredTables, school_year: SchoolYear) -> None:
        """Take the joined rows, which say what a finding's school and SAU are."""
        self.rows = rows
        self.layout = layout
        self.tables = tables
        self.school_year = school_year

    def suggest(self, findings: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield `row`, `column`, `suggestions`, look-up by look-up. `findings` are errors about cells with a value."""
        for name, find in self.layout.stored.items():
            match find:
                case FindCode():
                    in_doubt = self._in_doubt(findings, find.by, f"{name}.code", beside=self._school())
                    suggested = self._codes(in_doubt, find, name)
                case FindSchool():
                    in_doubt = self._in_doubt(findings, find.by, f"{name}.id", beside=f"{find.within}.id")
                    suggested = self._schools(in_doubt, find)
                case FindOrganization():
                    in_doubt = self._in_doubt(findings, find.by, f"{name}.id", beside="context.organization_id")
                    suggested = self._saus(in_doubt)
                case FindStudent():
                    suggested = self._students(self._in_doubt(findings, find.by, f"{find.by}:value"), find)
                case _:
                    continue
            yield suggested

    def _school(self) -> str:
        schools = [name for name, find in self.layout.stored.items() if isinstance(find, FindSchool)]
        return f"{schools[0]}.id" if schools else ""

    def _in_doubt(self, findings: pl.DataFrame, by: str, look_up: str, *, beside: str = "") -> pl.DataFrame:
        """Return `row`, `column`, `value`, `beside` of the findings about a value that the look-up does not know."""
        also = pl.col(beside) if beside else pl.lit(None, dtype=pl.Int32)
        about = findings.filter(pl.col("column") == by).select("row", "column", "value")
        unknown = self.rows.filter(pl.col(look_up).is_null()).select("row", also.alias(BESIDE))
        return about.join(unknown, on="row", how="inner", maintain_order="left")

    def _codes(self, in_doubt: pl.DataFrame, find: FindCode, name: str) -> pl.DataFrame:
        of = self.layout.columns[find.by].of
        if in_doubt.is_empty() or not isinstance(of, Code):
            return suggest_by_value(in_doubt, lambda *_: ())
        titles = dict(codes_in_year(self.tables, of, self.school_year).iter_rows())
        taught: dict[int | None, set[str]] = {}
        for school_id, code in self._taught(in_doubt, name).iter_rows():
            taught.setdefault(school_id, set()).add(code)
        return suggest_by_value(in_doubt, lambda text, school: suggest_codes(text, titles, taught.get(school, set())))

    def _taught(self, in_doubt: pl.DataFrame, name: str) -> pl.DataFrame:
        """Return the programs of the schools, by what is stored and by the other rows of the file."""
        schools = in_doubt[BESIDE].drop_nulls().unique()
        stored = self.tables.taught_codes(schools, self.school_year)
        school = self._school()
        if not school:
            return stored
        in_file = self.rows.select(pl.col(school).alias("school_id"), pl.col(f"{name}.code").alias("code"))
        return pl.concat([stored, in_file.unique().drop_nulls()]).unique()

    def _schools(self, in_doubt: pl.DataFrame, find: FindSchool) -> pl.DataFrame:
        schools = [] if in_doubt.is_empty() else self._organizations(is_sau=False)

        def suggest(text: str, sau_id: int | None) -> Sequence[Suggestion]:
            named = [_named(each, is_own=each["parent_id"] == sau_id, prefer=find.prefer) for each in schools]
            return suggest_organizations(text, named)

        return suggest_by_value(in_doubt, suggest)

    def _saus(self, in_doubt: pl.DataFrame) -> pl.DataFrame:
        saus = [] if in_doubt.is_empty() else self._organizations(is_sau=True)

        def suggest(text: str, focus: int | None) -> Sequence[Suggestion]:
            return suggest_organizations(text, [_named(each, is_own=each["id"] == focus) for each in saus])

        return suggest_by_value(in_doubt, suggest)

    def _organizations(self, *, is_sau: bool) -> list[dict[str, object]]:
        return [each for each in self.tables.organizations().iter_rows(named=True) if (each["kind"] == SAU) == is_sau]

    def _students(self, in_doubt: pl.DataFrame, find: FindStudent) -> pl.DataFrame:
        """Suggest a number with zeros in front where a student has it; nothing that would tell of other students."""
        of = self.layout.columns[find.by].of
        length = of.max_length if isinstance(of, Digits) else 0
        number = pl.col("value").str.extract(r"^([0-9]{4,})(?:\.0*)?$").str.zfill(length)
        padded = in_doubt.select(number).to_series().drop_nulls().unique()
        known = set() if padded.is_empty() else set(self.tables.students(padded)["student_number"])

        def suggest(text: str, _: int | None) -> Sequence[Suggestion]:
            digits = text.partition(".")[0].zfill(length)
            return [Suggestion(digits, "with the zeros in front it is a known number")] if digits in known else []

        return suggest_by_value(in_doubt, suggest)


def _named(each: dict[str, object], *, is_own: bool, prefer: str = "") -> Named:
    return Named(
        id=str(each["id"]),
        name=str(each["name"]),
        local_id=str(each["local_id"] or ""),
        is_own=is_own,
        is_preferred=each["kind"] == prefer,
    )
