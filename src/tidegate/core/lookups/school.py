"""The look-up of a school by its organization ID or its local ID, and the schools that a mistyped one may mean."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.lookups.lookup import Join, LabelledLookup, Suggester, lookups_of
from tidegate.core.lookups.organization import OrganizationCandidates, named
from tidegate.core.lookups.sources import LookupCache, Sources
from tidegate.core.reference.organizations import CTE_SCHOOL, SAU, Organizations
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.suggestions.suggestion import suggest_by_value


class SchoolLookup(LabelledLookup, frozen=True, tag="school"):
    """The school in column `by`, named by its organization ID or by the ID that the local SIS uses.

    Several schools may have the local ID of a row. A school of kind `prefer` is taken before others, then one whose ID
    equals the text to the letter, then the one with that organization ID, then one of the district found by the look-up
    `within`; where two are left, none is taken.
    """

    gives: ClassVar = {
        "id": "its organization ID",
        "name": "its name",
        "kind": "`School` or `CTE School`",
        "sau_id": "the district that it belongs to",
        "closed_on": "its last day, null while it is open",
        "district": "the name and the ID of that district",
        "read_as": "the ID that was meant where the text lacks zeros in front or has extra ones, else null",
    }

    school_field: ClassVar = "id"

    within: str
    prefer: str = ""

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of organizations."""
        return (Organizations.file,)

    @property
    def other_lookups(self) -> tuple[str, ...]:
        """The look-up of the district."""
        return (self.within,)

    @property
    def cached_column(self) -> str:
        """The column with the ID."""
        return self.by

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join. Raises BrokenLayout if `within` is no look-up of a district."""
        within = lookups_of(sources.layout).get(self.within)
        if within is None or within.kind_found != SAU:
            raise BrokenLayout(f"[stored.{name}] looks within {self.within}, which is no look-up of a district")
        scope = f"{self.within}.id"
        cache = LookupCache(lambda keys: self._find(name, keys, sources), self.by, scope=scope, scopes=sources.sau_ids)
        return cache.join

    def _find(self, name: str, keys: pl.DataFrame, sources: Sources) -> pl.DataFrame:
        """Return one line per distinct text and district for which one school was found, with these two
        and the fields.

        A file may have either ID (DOMAIN.md, Words: School).
        """
        by, sau, organizations = f"{self.by}:value", f"{self.within}.id", sources.organizations
        schools = organizations.filter(pl.col("kind") != SAU).select(
            pl.col("id").alias(f"{name}.id"),
            pl.col("identifier"),
            _fold(pl.col("identifier")).alias("folded"),
            pl.col("name").alias(f"{name}.name"),
            pl.col("kind").alias(f"{name}.kind"),
            pl.col("parent_id").alias(f"{name}.sau_id"),
            pl.col("closed_on").alias(f"{name}.closed_on"),
            pl.col("local_id"),
            _fold(pl.col("local_id")).alias("local"),
        )
        # Of unknown IDs, which may be as many as the rows, none goes on.
        is_some = pl.col("folded").is_in(pl.concat([schools["folded"], schools["local"]]).implode())
        keys = keys.select(by, sau, _fold(pl.col(by)).alias("folded")).filter(is_some).unique()
        by_number = keys.with_columns(pl.lit(1).alias("by_number"))
        by_local = keys.rename({"folded": "local"}).with_columns(pl.lit(0).alias("by_number"))
        candidates = pl.concat(
            [
                by_number.join(schools.drop("local"), on="folded", how="inner").drop("folded"),
                by_local.join(schools.drop("folded"), on="local", how="inner").drop("local"),
            ],
            how="diagonal",
        )
        meant = pl.when(pl.col("by_number") == 1).then("identifier").otherwise("local_id").alias("meant")
        candidates = candidates.with_columns(meant).with_columns(is_exact=_same_id(pl.col(by), pl.col("meant")))
        is_own = (pl.col(f"{name}.sau_id") == pl.col(sau)).fill_null(False)
        is_preferred = pl.col(f"{name}.kind") == self.prefer
        rank = is_preferred * 8 + pl.col("is_exact") * 4 + pl.col("by_number") * 2 + is_own
        best = candidates.with_columns(rank.alias("rank")).filter(
            pl.col("rank") == pl.col("rank").max().over(pl.struct(by, sau))
        )
        only = best.unique([by, sau, f"{name}.id"]).filter(pl.len().over(pl.struct(by, sau)) == 1)
        read_as = pl.when(~pl.col("is_exact")).then("meant").alias(f"{name}.read_as")
        only = only.with_columns(read_as).drop("rank", "by_number", "identifier", "local_id", "meant", "is_exact")
        if not sources.is_needed(f"{name}.district"):
            return only
        in_words = (pl.col("name") + " (" + pl.col("identifier") + ")").alias(f"{name}.district")
        districts = organizations.select(pl.col("id").alias(f"{name}.sau_id"), in_words)
        return only.join(districts, on=f"{name}.sau_id", how="left")

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:  # noqa: ARG002 - the guide's schools
        """Return a school of the guide, of the preferred kind."""
        if self.prefer == CTE_SCHOOL:
            found = {"id": 2001, "name": "Capital Area Technical Center", "kind": CTE_SCHOOL, "sau_id": 2000}
            district = "Kennebec Harbor Public Schools (2000)"
        else:
            found = {"id": 1001, "name": "Rock Star High School", "kind": "School", "sau_id": 1000}
            district = "Rock Star Public Schools (1000)"
        return {**found, "district": district, "closed_on": None, "read_as": None}

    def read_as(self, name: str) -> pl.Expr:
        """Return the ID that was meant, null if the text is that ID."""
        return pl.col(f"{name}.read_as")

    def suggester(self, name: str, sources: Sources) -> Suggester:
        """Return the suggester: schools of the row's district come first."""
        return SchoolSuggester(self, name, sources)


class SchoolSuggester(Suggester):
    """Suggests schools for an unknown ID."""

    def __init__(self, lookup: SchoolLookup, name: str, sources: Sources) -> None:
        super().__init__(column=lookup.by, found=f"{name}.id", scope=f"{lookup.within}.id")
        self._prefer = lookup.prefer
        self._sources = sources

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Suggest by ID and name; `scope` is the row's district."""
        schools = self._sources.organizations.filter(pl.col("kind") != SAU).rows(named=True)
        candidates = OrganizationCandidates([(each["parent_id"], named(each, prefer=self._prefer)) for each in schools])
        return suggest_by_value(unknown, candidates.suggest)


def first_school_field(layout: Layout) -> str:
    """Return the column with the ID of the row's school, blank if the layout looks up no school."""
    lookups = lookups_of(layout).items()
    return next((f"{name}.{lookup.school_field}" for name, lookup in lookups if lookup.school_field), "")


def owner_field(layout: Layout) -> str:
    """Return the column with the ID of the district that has to send the row, blank if the layout looks up none."""
    for name, lookup in lookups_of(layout).items():
        if lookup.organization_field and lookup.columns[0] == layout.identity.sau_id:
            return f"{name}.{lookup.organization_field}"
    return ""


def _fold(school_id: pl.Expr) -> pl.Expr:
    """Return a school's ID as it is compared: in small letters, without the leading zeros that a
    spreadsheet drops."""
    return school_id.str.strip_chars_start("0").str.to_uppercase()


def _same_id(text: pl.Expr, school_id: pl.Expr) -> pl.Expr:
    return text.str.to_uppercase() == school_id.str.to_uppercase()
