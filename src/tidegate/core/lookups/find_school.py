"""Finds the school that a row means: by its NEO organization ID, or by the ID that the local SIS uses."""

import polars as pl

from tidegate.core.layouts.lookup_settings import SchoolLookup
from tidegate.core.reference.tables import SAU


def find_school(name: str, find: SchoolLookup, rows: pl.DataFrame, organizations: pl.DataFrame) -> pl.DataFrame:
    """Return one line per distinct text and SAU of the rows: these two, and `id`, `name`, `kind`, `sau_id`; and
    `read_as`, the ID that was meant where the text lacks zeros in front or has extra ones, else null.

    Either ID may stand in a file (DOMAIN.md, Words: School). Of several schools the one of the preferred kind is
    taken, then one whose ID stands there to the letter, then the one with that NEO ID, then the one of the row's own
    SAU; where two are left, none is taken.
    """
    by, sau = f"{find.by}:value", f"{find.within}.id"
    keys = rows.select(by, sau).unique().filter(pl.col(by).is_not_null())
    schools = organizations.filter(pl.col("kind") != SAU).select(
        pl.col("id").alias(f"{name}.id"),
        pl.col("name").alias(f"{name}.name"),
        pl.col("kind").alias(f"{name}.kind"),
        pl.col("parent_id").alias(f"{name}.sau_id"),
        pl.col("local_id"),
        _fold(pl.col("local_id")).alias("local"),
    )
    text = _fold(pl.col(by))
    by_number = keys.with_columns(text.cast(pl.Int32, strict=False).alias(f"{name}.id"), pl.lit(1).alias("by_number"))
    by_local = keys.with_columns(text.alias("local"), pl.lit(0).alias("by_number"))
    candidates = pl.concat(
        [
            by_number.join(schools.drop("local"), on=f"{name}.id", how="inner"),
            by_local.join(schools, on="local", how="inner").drop("local"),
        ],
        how="diagonal",
    )
    neo_id = pl.col(f"{name}.id").cast(pl.String)
    meant = pl.when(pl.col("by_number") == 1).then(neo_id).otherwise("local_id").alias("meant")
    candidates = candidates.with_columns(meant).with_columns(is_exact=_same_id(pl.col(by), pl.col("meant")))
    is_own = (pl.col(f"{name}.sau_id") == pl.col(sau)).fill_null(False)
    is_preferred = pl.col(f"{name}.kind") == find.prefer
    rank = is_preferred * 8 + pl.col("is_exact") * 4 + pl.col("by_number") * 2 + is_own
    best = candidates.with_columns(rank.alias("rank")).filter(
        pl.col("rank") == pl.col("rank").max().over(pl.struct(by, sau))
    )
    only = best.unique([by, sau, f"{name}.id"]).filter(pl.len().over(pl.struct(by, sau)) == 1)
    read_as = pl.when(~pl.col("is_exact")).then("meant").alias(f"{name}.read_as")
    return only.with_columns(read_as).drop("rank", "by_number", "local_id", "meant", "is_exact")


def _fold(school_id: pl.Expr) -> pl.Expr:
    """Return a school's ID as it is compared: a spreadsheet takes zeros off the front, and case does not matter."""
    return school_id.str.strip_chars_start("0").str.to_uppercase()


def _same_id(text: pl.Expr, school_id: pl.Expr) -> pl.Expr:
    return text.str.to_uppercase() == school_id.str.to_uppercase()
