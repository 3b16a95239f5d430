"""Runs the examples of a rule, which are its tests and give the messages in its documentation."""

from collections.abc import Mapping
from itertools import count
from typing import Any

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import lookups_of
from tidegate.core.parsing.day_order import DayOrderEvidence, day_order_context
from tidegate.core.parsing.parse import Parser
from tidegate.core.rules.expressions import POSITION, ROW, ROW_IS_BAD, before_column
from tidegate.core.rules.finding import findings_of
from tidegate.core.rules.resting_line_rule import RestingLineRule, resting_in_example
from tidegate.core.rules.rule import ColumnRule, Example, FileRule, LookupRule, RowRule

YEAR = SchoolYear(2020)
"""The school year of the examples: the guide's."""


def column_example(rule: ColumnRule) -> Example:
    """Return an example that breaks a built-in rule: one row, or several if the rule compares
    rows."""
    above = [{rule.column: value} for value in rule.example_values_above]
    row = {rule.column: rule.example_value}
    return {"rows": [*above, row]} if above else row


def lookup_example(rule: LookupRule) -> Example:
    """Return an example that breaks a built-in rule about a look-up: a value for which nothing is found."""
    return {rule.find.by: rule.example_value, f"{rule.name}.{rule.field}": None}


def messages_of(rule: ColumnRule | RowRule, layout: Layout, example: Example) -> list[str]:
    """Return the rule's messages for the example's row: none if it is not broken, else one."""
    return messages_for(rule, layout, example_rows(layout, example))


def messages_for(rule: ColumnRule | RowRule, layout: Layout, rows: pl.DataFrame) -> list[str]:
    """Return the rule's messages for the last of an example's rows (see `example_rows`)."""
    last = rows[ROW].max()
    if isinstance(rule, FileRule):
        unknown = [name for name in rule.before if before_column(name) not in rows.columns]
        nothing = [pl.lit(None, dtype=rows.schema[name]).alias(before_column(name)) for name in unknown]
        rows = rows.with_columns(*nothing, **rule.derived_columns())
        if isinstance(rule, RestingLineRule):
            rows = rule.rows_with_orphans(rows, resting_in_example(rows, student=rule.student))
        else:
            rows = rule.prefilter(rows)
    message_values = {name: fact.alias(f"fact:{name}") for name, fact in rule.message_values().items()}
    rows_with_values = rows.with_columns(rule.broken().fill_null(False).alias("broken"), *message_values.values())
    broken = rows_with_values.filter((pl.col(ROW) == last) & pl.col("broken"))
    named = {name: pl.col(f"fact:{name}") for name in message_values}
    return findings_of(rule, broken, layout, column=rule.column, message_values=named)["message"].to_list()


def example_rows(layout: Layout, example: Example) -> pl.DataFrame:
    """Return the rows of an example as rules see them: the layout's example row with what differs.

    An example has texts by column name, and values of look-ups (`school.name`) and of `row_is_bad`.
    `is_stored` makes the row a stored record, which has no row number.
    """
    differing: list[Mapping[str, Any]] = list(example.get("rows", [example]))
    numbers = count(2)
    texts = pl.DataFrame(
        [
            {
                ROW: None if row.get("is_stored") else next(numbers),
                **{name: row.get(name, column.example) for name, column in layout.columns.items()},
            }
            for row in differing
        ],
        schema={ROW: pl.UInt32, **dict.fromkeys(layout.columns, pl.String)},
    )
    prepared = Parser(layout, YEAR).parse(texts)
    dates = DayOrderEvidence(layout, YEAR)
    dates.add(prepared.day_orders, prepared.days_seen)
    rows = prepared.rows.with_row_index(POSITION).with_columns(day_order_context(layout, dates.order()))
    context = {
        "context.first_day": YEAR.first_day,
        "context.last_day": YEAR.last_day,
        "context.organization_id": None,
        "context.organization_name": "Rock Star Public Schools",
        ROW_IS_BAD: False,
    }
    found = {
        f"{name}.{field}": value
        for name, lookup in lookups_of(layout).items()
        for field, value in lookup.example(layout.columns).items()
    }
    # what the row replaces, and a look-up that other file types have
    given = {name: None for row in differing for name in row if "." in name or name.startswith(before_column(""))}
    for name, usual in {**given, **found, **context}.items():
        values = [row.get(name, usual) for row in differing]
        rows = rows.with_columns(pl.Series(name, values, dtype=_type_of(name, usual)))
    return rows


def _type_of(name: str, usual: object) -> type[pl.DataType] | None:
    if name.endswith(("_date", "_day")):
        return pl.Date
    if name.endswith("id"):
        return pl.Int32
    return pl.String if isinstance(usual, str) else None
