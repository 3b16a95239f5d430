"""Finds the code that a row means in the list of the school year, also where a spreadsheet took zeros off."""

import polars as pl

from tidegate.core.layouts.column_types import Code
from tidegate.core.layouts.lookup_settings import CodeLookup
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.tables import ReferenceData


def find_code(name: str, find: CodeLookup, rows: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Return one line per distinct text that names a code: the text, and `code`, `mended` (whether it was put right).

    A damaged text (`1.0205` for 01.0205, `13.121` for 13.1210) is taken if it has a decimal point and exactly one
    code has its numeric value; `43` alone is not (DOMAIN.md, Codes, after the guide's own example). `listed` has the
    codes of the school year, as `codes_in_year` gives them.
    """
    by = f"{find.by}:value"
    listed = listed.select(pl.col("code").alias(f"{name}.code"))
    texts = rows.select(by).unique().drop_nulls()
    exact = texts.join(listed, left_on=by, right_on=f"{name}.code", how="inner", coalesce=False)
    number = _bare_number(pl.col(f"{name}.code"))
    once = listed.with_columns(number.alias("number")).filter(pl.len().over("number") == 1)
    damaged = texts.join(exact, on=by, how="anti").filter(pl.col(by).str.contains(r"^[0-9]+\.[0-9]+$"))
    mended = damaged.with_columns(_bare_number(pl.col(by)).alias("number")).join(once, on="number", how="inner")
    return pl.concat(
        [
            exact.with_columns(pl.lit(False).alias(f"{name}.mended")),
            mended.drop("number").with_columns(pl.lit(True).alias(f"{name}.mended")),
        ]
    )


def codes_in_year(tables: ReferenceData, of: Code, school_year: SchoolYear) -> pl.DataFrame:
    """Return the codes of the column's list that are valid in the school year and written in full, with titles."""
    first, last = pl.col("first_year"), pl.col("last_year")
    is_valid = first.fill_null(school_year.first) <= school_year.first
    is_valid &= last.fill_null(school_year.first) >= school_year.first
    is_whole = pl.col("code").str.contains(of.pattern)
    return tables.codes(of.list_name).filter(is_valid & is_whole).select("code", "title").unique("code").sort("code")


def _bare_number(code: pl.Expr) -> pl.Expr:
    """Return a code without the zeros that do not change its numeric value."""
    return code.str.strip_chars_start("0").str.strip_chars_end("0")
