"""Gathers the values of a file that are in doubt, slice by slice, and answers each of them once."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.frames.dictionary import IntIndex
from tidegate.core.layouts.column_types import Choice, Day
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import lookup_suggestions
from tidegate.core.parsing.exchanged_days import Exchange
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.suggestions.suggestion import SCOPE, Suggestion, suggest_by_value, suggest_choices, suggest_days

ASKED = "asked"
"""What is asked about a finding: a look-up of the layout or, after `form:`, a column; blank: nothing."""

_OF_FORMS = ("CELL104", "CELL106", "CELL107", "CELL111", "CELL115")
_FORM = "form:"
_KEY = (ASKED, "value", SCOPE)
_MOST_NOTED = 100_000
"""Largest number of distinct values remembered; beyond, only the frequent ones are."""


class SuggestionCollector:
    """The values in doubt of one file. A suggestion is never applied by itself: it changes neither a value nor a
    judgement."""

    def __init__(self, layout: Layout, tables: ReferenceData, school_year: SchoolYear) -> None:
        self.layout = layout
        self.school_year = school_year
        self.look_ups = lookup_suggestions(layout, tables, school_year)
        self._noted = pl.DataFrame(schema={ASKED: pl.String, "value": pl.String, SCOPE: pl.Int32, "count": pl.UInt32})

    def note(self, findings: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the findings of a slice with `asked` and `scope`, which say what is to be asked about each. `rows`
        are its joined rows."""
        self.look_ups.note(rows)
        if findings.is_empty():
            return findings.with_columns(pl.lit("").alias(ASKED), pl.lit(None, dtype=pl.Int32).alias(SCOPE))
        places = IntIndex(rows["row"]).places(findings["row"])  # a row that was left out has none
        joined = findings.hstack(self.look_ups.message_values(rows).select(pl.all().gather(places)))
        is_asked = (pl.col("severity") == "error") & (pl.col("value") != "") & pl.col("row").is_not_null()
        of_form = pl.when(pl.col("code").is_in(_OF_FORMS)).then(_FORM + pl.col("column"))
        asked = pl.when(is_asked).then(pl.coalesce(self.look_ups.asked(), of_form)).fill_null("").alias(ASKED)
        noted = joined.with_columns(asked).with_columns(self.look_ups.scope(ASKED).alias(SCOPE))
        noted = noted.select(*findings.columns, ASKED, SCOPE)
        counted = noted.filter(pl.col(ASKED) != "").group_by(_KEY, maintain_order=True).len("count")
        self._noted = pl.concat([self._noted, counted.cast({"count": pl.UInt32})])
        if self._noted.height > _MOST_NOTED:
            self._noted = self._by_frequency().head(_MOST_NOTED // 2)
        return noted

    def _by_frequency(self) -> pl.DataFrame:
        counted = self._noted.group_by(_KEY, maintain_order=True).agg(pl.col("count").sum())
        return counted.sort("count", descending=True, maintain_order=True)

    def answers(self, exchange: Exchange) -> pl.DataFrame:
        """Return `suggestions` for each `asked`, `value` and `scope` to which something is near. Columns of days whose
        day and month may be exchanged get the days that these are then."""
        by_asked = self._by_frequency().partition_by(ASKED, as_dict=True, maintain_order=True)
        answers = [pl.DataFrame(schema={**dict.fromkeys(_KEY, pl.String), SCOPE: pl.Int32, "suggestions": pl.String})]
        for (asked,), values in by_asked.items():
            found = self._answer(str(asked), values, exchange)
            answers.append(found.select(pl.lit(asked).alias(ASKED), "value", SCOPE, "suggestions"))
        return pl.concat(answers)

    def _answer(self, asked: str, values: pl.DataFrame, exchange: Exchange) -> pl.DataFrame:
        if not asked.startswith(_FORM):
            return self.look_ups.suggest(asked, values)
        column = self.layout.columns[asked.removeprefix(_FORM)]
        return suggest_by_value(values, lambda text, _: self._suggest(text, column, exchange))

    def _suggest(self, text: str, column: Column, exchange: Exchange) -> Sequence[Suggestion]:
        if isinstance(column.type, Day):
            return suggest_days(text, column.type, self.school_year, exchanged=exchange.of(column.name))
        return suggest_choices(text, column.type) if isinstance(column.type, Choice) else ()


def with_suggestions(noted: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Return noted findings with the `suggestions` to each, and without `asked` and `scope`."""
    if answers.is_empty():
        return noted.drop(ASKED, SCOPE)
    told = noted.drop("suggestions").join(answers, on=list(_KEY), how="left", nulls_equal=True, maintain_order="left")
    columns = [name for name in noted.columns if name not in (ASKED, SCOPE)]
    return told.with_columns(pl.col("suggestions").fill_null("")).select(columns)
