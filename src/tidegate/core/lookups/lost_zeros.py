"""Finds the student whom a number without its leading zeros means, where it is certain."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.lookup_settings import OrganizationLookup, StudentLookup
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.tables import ReferenceData

_FEWEST_DIGITS = 4


def restore_lost_zeros(
    rows: pl.DataFrame, layout: Layout, tables: ReferenceData, school_year: SchoolYear
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Return the rows with the state student numbers that a spreadsheet took zeros off put right, and by column the
    numbers that were read.

    A number is certain where the zeros give one of a student who is enrolled in the row's SAU in the school year: a
    digit that was left out by hand gives another number with zeros as well, but hardly a student of that SAU's.
    """
    restored = {}
    saus = [find.by for find in layout.stored.values() if isinstance(find, OrganizationLookup)]
    for by in [find.by for find in layout.stored.values() if isinstance(find, StudentLookup)]:
        of = layout.columns[by].type
        if not isinstance(of, Digits) or of.min_length != of.max_length or not saus:
            continue
        found = _find(rows, of=of, by=by, sau=saus[0], tables=tables, school_year=school_year)
        if found.is_empty():
            continue
        restored[by] = found["number"]
        rows = rows.join(found, on="row", how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce(f"{by}:value", "number").alias(f"{by}:value")).drop("number")
    return rows, restored


def _find(
    rows: pl.DataFrame, *, of: Digits, by: str, sau: str, tables: ReferenceData, school_year: SchoolYear
) -> pl.DataFrame:
    """Return `row` and `number` of every row whose number is certain."""
    short = short_numbers(rows, of=of, by=by, beside=[f"{sau}:value"])
    if short.is_empty():
        return short.select("row", "number")
    key = {"key": pl.col("number").cast(pl.UInt32), "sau_id": pl.col(f"{sau}:value").cast(pl.Int32, strict=False)}
    short = short.with_columns(**key)
    enrolled = tables.enrollments(short["key"].unique(), school_year)
    keys = enrolled.select(pl.col("student_number").alias("key"), "sau_id").unique()
    return short.join(keys, on=["key", "sau_id"], how="inner", maintain_order="left").select("row", "number")


def short_numbers(rows: pl.DataFrame, *, of: Digits, by: str, beside: Sequence[str] = ()) -> pl.DataFrame:
    """Return `row`, `number` with zeros in front and the columns `beside` of the rows whose number lacks digits."""
    in_doubt = rows.lazy().filter(pl.col(f"{by}:value").is_null() & (pl.col(by) != ""))
    digits = pl.col(by).str.extract(r"^([0-9]+)(?:\.0*)?$")
    short = in_doubt.select("row", digits.alias("number"), *beside).collect()
    is_short = pl.col("number").str.len_chars().is_between(_FEWEST_DIGITS, of.max_length - 1)
    return short.filter(is_short).with_columns(pl.col("number").str.zfill(of.max_length))
