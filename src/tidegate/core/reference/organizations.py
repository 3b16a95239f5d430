"""The reference table of organizations."""

from functools import cached_property
from typing import ClassVar, Self

import polars as pl

from tidegate.core.layouts.identifiers import are_ids_numbers, are_keys_numbers, fold_organization_id
from tidegate.core.layouts.state_package import present_package
from tidegate.core.reference.table import FolderFiles, FolderTable, ReferenceFile, ReferenceTable, day

SAU, SCHOOL, CTE_SCHOOL = "SAU", "School", "CTE School"
"""The kinds of organization, as they are stored and as layouts and rules name them. `organizations.csv` has the state's
own words for a district and for a technical school."""


def kind_of_file(column: str) -> pl.Expr:
    """Return the kinds of a column of `organizations.csv` as they are stored."""
    words = present_package().state.words
    return pl.col(column).replace({words["kind_of_sau"]: SAU, words["kind_of_cte_school"]: CTE_SCHOOL}).alias("kind")


class Organizations(ReferenceTable):
    """The districts, schools and technical schools of the state, and to which district each school belongs.

    `id` is the integer by which other tables name an organization, and `identifier` its ID as people write it.
    """

    name = "organizations"
    order = 10
    file = ReferenceFile("organizations.csv", ("OrganizationID", "Name", "Kind", "ParentID", "LocalID"), ("ClosedOn",))
    key = ("OrganizationID",)
    noun = ("organization", "organizations")
    schema: ClassVar = pl.Schema(
        {
            "id": pl.Int32,
            "identifier": pl.String,
            "name": pl.String,
            "kind": pl.String,
            "parent_id": pl.Int32,
            "local_id": pl.String,
            "closed_on": pl.Date,
        }
    )

    def all(self) -> pl.DataFrame:
        """Return every district, school and technical school; a blank local ID is null."""
        raise NotImplementedError


class OrganizationsInFolder(FolderTable, Organizations):
    """Answers from a reference folder."""

    def all(self) -> pl.DataFrame:
        """Return every organization of the folder."""
        return self._organizations

    @cached_property
    def _organizations(self) -> pl.DataFrame:
        rows, keys = self.folder.read(self.file), OrganizationKeys.of_folder(self.folder)
        return rows.select(
            keys.of("OrganizationID").alias("id"),
            as_written(pl.col("OrganizationID")).alias("identifier"),
            pl.col("Name").alias("name"),
            kind_of_file("Kind"),
            keys.of("ParentID").alias("parent_id"),
            pl.col("LocalID").alias("local_id"),
            day(pl.col("ClosedOn")).alias("closed_on"),
        )


def as_written(organization_id: pl.Expr) -> pl.Expr:
    """Return organization IDs as the state writes them: a number without zeros in front, a text as it is."""
    return fold_organization_id(organization_id) if are_ids_numbers() else organization_id


class OrganizationKeys:
    """The integers by which organizations are stored and joined, by their IDs. Where the IDs are such integers
    themselves, nothing has to be known of the organizations."""

    def __init__(self, known: pl.DataFrame | None = None) -> None:
        """Take `id` and `identifier` of the known organizations."""
        self._known = known

    @classmethod
    def of_folder(cls, folder: FolderFiles) -> Self:
        """Return the keys of a reference folder's organizations: numbered from 1, in the order of their file."""
        if are_keys_numbers():
            return cls()
        known = folder.read(Organizations.file, ["OrganizationID"]).drop_nulls()
        return cls(known.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("id"), identifier="OrganizationID"))

    def of(self, column: str) -> pl.Expr:
        """Return the key of each ID of a column, null where no organization has it."""
        text = pl.col(column)
        if self._known is None:
            return text.cast(pl.Int32, strict=False)
        known = self._known.select("id", fold_organization_id(pl.col("identifier"))).unique(
            "identifier", keep="first", maintain_order=True
        )
        return fold_organization_id(text).replace_strict(
            known["identifier"], known["id"], default=None, return_dtype=pl.Int32
        )
