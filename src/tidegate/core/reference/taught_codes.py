"""The reference table of the codes that schools have reported, by which suggestions know a school's programs."""

from typing import ClassVar

import polars as pl

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.organizations import OrganizationKeys
from tidegate.core.reference.table import FolderTable, ReferenceFile, ReferenceTable, first_year


class TaughtCodes(ReferenceTable):
    """Which codes each school has reported in a school year, so that suggestions know its programs."""

    name = "taught_codes"
    order = 70
    file = ReferenceFile("taught_codes.csv", ("SchoolYear", "SchoolID", "CTECode"))
    key = ("SchoolYear", "SchoolID", "CTECode")
    noun = ("taught code", "taught codes")
    is_optional = True
    schema: ClassVar = pl.Schema({"school_id": pl.Int32, "code": pl.String})

    def at_schools(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return the codes that these schools have reported for the school year and the year before, each once."""
        raise NotImplementedError


class TaughtCodesInFolder(FolderTable, TaughtCodes):
    """Answers from a reference folder."""

    def at_schools(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return what these schools have reported in the two years."""
        if not self.folder.has(self.file):
            return self.schema.to_frame()
        table = self.folder.read(self.file).select(
            OrganizationKeys.of_folder(self.folder).of("SchoolID").alias("school_id"),
            pl.col("CTECode").alias("code"),
            first_year(pl.col("SchoolYear")).alias("year"),
        )
        is_near = pl.col("year").is_between(school_year.first - 1, school_year.first)
        known = table.filter(is_near & pl.col("school_id").is_in(school_ids.implode()))
        return known.select(self.schema.names()).drop_nulls().unique()
