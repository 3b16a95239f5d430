"""The reference table of organizations."""

from functools import cached_property
from typing import ClassVar

import polars as pl

from tidegate.core.layouts.state_package import present_package
from tidegate.core.reference.table import FolderTable, ReferenceFile, ReferenceTable

SAU, SCHOOL, CTE_SCHOOL = "SAU", "School", "CTE School"
"""The kinds of organization, as they are stored. `organizations.csv` has the state's own word for a district."""


def kind_of_file(column: str) -> pl.Expr:
    """Return the kinds of a column of `organizations.csv` as they are stored."""
    return pl.col(column).replace({present_package().state.words["kind_of_sau"]: SAU}).alias("kind")


class Organizations(ReferenceTable):
    """The districts, schools and CTE schools of the state, and to which district each school belongs."""

    name = "organizations"
    order = 10
    file = ReferenceFile("organizations.csv", ("OrganizationID", "Name", "Kind", "ParentID", "LocalID"))
    key = ("OrganizationID",)
    noun = ("organization", "organizations")
    schema: ClassVar = pl.Schema(
        {"id": pl.Int32, "name": pl.String, "kind": pl.String, "parent_id": pl.Int32, "local_id": pl.String}
    )

    def all(self) -> pl.DataFrame:
        """Return every district, school and CTE school; a blank local ID is null."""
        raise NotImplementedError


class OrganizationsInFolder(FolderTable, Organizations):
    """Answers from a reference folder."""

    def all(self) -> pl.DataFrame:
        """Return every organization of the folder."""
        return self._organizations

    @cached_property
    def _organizations(self) -> pl.DataFrame:
        return self.folder.read(self.file).select(
            pl.col("OrganizationID").cast(pl.Int32, strict=False).alias("id"),
            pl.col("Name").alias("name"),
            kind_of_file("Kind"),
            pl.col("ParentID").cast(pl.Int32, strict=False).alias("parent_id"),
            pl.col("LocalID").alias("local_id"),
        )
