"""Adds suggestions to the findings about single cells."""

from collections.abc import Iterator, Sequence

import polars as pl

from tidegate.core.layouts.column_types import Choice, Day
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.stored.tables import StoredTables
from tidegate.core.suggestions.by_value import BESIDE, suggest_by_value
from tidegate.core.suggestions.for_look_ups import LookUpSuggester
from tidegate.core.suggestions.suggest_choices import suggest_choices
from tidegate.core.suggestions.suggest_columns import suggest_columns
from tidegate.core.suggestions.suggest_days import suggest_days
from tidegate.core.suggestions.suggestion import Suggestion, to_text

_OF_FORMS = ("CELL104", "CELL106", "CELL107", "CELL111")
_OF_HEADER = ("FILE005", "FILE006")


def suggest(
    findings: pl.DataFrame, rows: pl.DataFrame, layout: Layout, *, tables: StoredTables, school_year: SchoolYear
) -> pl.DataFrame:
    """Return the findings, shaped as FINDINGS and in their order, with `suggestions` where something is near.

    `rows` are the joined rows. Never applied by itself: a suggestion changes neither a value nor a judgement.
    """
    is_asked = (pl.col("severity") == "error") & (pl.col("value") != "") & pl.col("row").is_not_null()
    in_doubt = findings.filter(is_asked)
    if in_doubt.is_empty():
        return findings
    suggester = LookUpSuggester(rows, layout, tables, school_year)
    found = pl.concat([*suggester.suggest(in_doubt), *_for_forms(in_doubt, layout, school_year)])
    if found.is_empty():
        return findings
    found = found.unique(["row", "column"], keep="first", maintain_order=True)
    joined = findings.drop("suggestions").join(found, on=["row", "column"], how="left", maintain_order="left")
    suggestions = pl.when(is_asked).then(pl.col("suggestions")).fill_null("").alias("suggestions")
    return joined.with_columns(suggestions).select(findings.columns)


def suggest_for_header(findings: pl.DataFrame, names: Sequence[str], layout: Layout) -> pl.DataFrame:
    """Return the findings of a refused file; what is wrong with its header gets the columns that may be meant."""
    near = to_text(suggest_columns(names, layout))
    is_about_names = pl.col("code").is_in(_OF_HEADER)
    is_first = is_about_names & (pl.col("code").is_in(["FILE006"]) | (pl.col("code") == "FILE006").any().not_())
    return findings.with_columns(pl.when(is_first).then(pl.lit(near)).otherwise("suggestions").alias("suggestions"))


def _for_forms(findings: pl.DataFrame, layout: Layout, school_year: SchoolYear) -> Iterator[pl.DataFrame]:
    """Yield suggestions for values that do not have the form of their column."""
    of_forms = findings.filter(pl.col("code").is_in(_OF_FORMS))
    if of_forms.is_empty():
        return
    for column in layout.columns.values():
        in_doubt = of_forms.filter(pl.col("column") == column.name)
        in_doubt = in_doubt.select("row", "column", "value", pl.lit(None, dtype=pl.Int32).alias(BESIDE))
        yield suggest_by_value(in_doubt, lambda text, _, column=column: _suggest(text, column, school_year))  # type: ignore[misc]


def _suggest(text: str, column: Column, school_year: SchoolYear) -> Sequence[Suggestion]:
    if isinstance(column.of, Day):
        return suggest_days(text, column.of, school_year)
    return suggest_choices(text, column.of) if isinstance(column.of, Choice) else ()
