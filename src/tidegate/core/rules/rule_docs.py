"""Rules in words: every rule that a file can break, with an example of its message and the row that has it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tidegate.core.layouts.column_types import Code, Day, Digits, Text
from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.catalogue import as_changed, column_rules, lookup_rules, reading_rules, row_rules
from tidegate.core.rules.examples import column_example, example_rows, lookup_example, messages_for
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import ColumnRule, Example, LookupRule, RowRule, Rule


@dataclass(frozen=True)
class RuleDoc:
    """A rule with an example.

    `columns` are the columns that it is about. `rows` are the example's rows, each with its number
    and its cells in the layout's order; a row without a number is a stored record. The last row has
    the `message`. A rule about the file as a whole has neither columns nor rows.
    """

    rule: Rule
    message: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int | None, tuple[str, ...]], ...] = ()


def rule_docs(layout: Layout, own: Sequence[RowRule]) -> dict[str, RuleDoc]:
    """Return every rule that a file with this layout can break, by code, sorted.

    With the layout of a school year each rule is as that year has it. `own` are the file type's own
    rules. The example of a rule about several columns is the first column's.
    """
    found = {worded.rule.code: worded for worded in _worded(layout, own)}
    return dict(sorted(found.items()))


def _worded(layout: Layout, own: Sequence[RowRule]) -> Iterator[RuleDoc]:
    names = _names_of(layout, own)
    for reading in reading_rules().values():
        words = {name: _named(text, names) for name, text in reading.example_words.items()}
        yield RuleDoc(reading, reading.message.format_map(words))
    about_rows: Sequence[ColumnRule | RowRule] = as_changed(
        [*column_rules(layout), *lookup_rules(layout), *row_rules(layout), *own], layout
    )
    # Each example is parsed like a file, which is slow: one example per code.
    for rule in {rule.code: rule for rule in reversed(about_rows)}.values():
        rows = example_rows(layout, _example(rule))
        message = next(iter(messages_for(rule, layout, rows)), rule.message)
        columns = (rule.column,) if isinstance(rule, ColumnRule) else rule.columns
        cells = rows.select(pl.col(ROW), *layout.columns).iter_rows()
        yield RuleDoc(rule, message, columns, tuple((row, tuple(texts)) for row, *texts in cells))


def _names_of(layout: Layout, own: Sequence[RowRule]) -> dict[str, str]:
    """Return the layout's own names for what stands in braces in the example words of a reading rule."""
    columns = list(layout.columns)
    codes, days, numbers = (
        [name for name, column in layout.columns.items() if isinstance(column.type, column_type)]
        for column_type in (Code, Day, Digits)
    )
    texts = {name: column.type.max_length for name, column in layout.columns.items() if isinstance(column.type, Text)}
    optional = [name for name, column in layout.columns.items() if not column.required]
    number = layout.columns[numbers[0]].example if numbers else "1000"
    relaxed = [rule.code for rule in own if rule.may_be_relaxed] or [rule.code for rule in own]
    return {
        "file_type": layout.name,
        "first_column": columns[0],
        "column_before": columns[-2:][0],
        "last_column": columns[-1],
        "student_column": layout.identity.student_number or columns[0],
        "code_column": (codes or columns[-1:])[0],
        "day_column": (days or columns)[0],
        "number_column": (numbers or columns)[0],
        "text_column": max(texts, key=lambda name: texts[name], default=columns[-1]),
        "optional_column": (optional or columns[-1:])[0],
        "number": re.sub("^0", "1", number),
        "own_rule": (relaxed or ["CELL105"])[0],
        "width": str(len(columns)),
        "shorter": str(len(columns) - 1),
    }


def _named(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda place: names.get(place[1], place[0]), text)


def _example(rule: ColumnRule | RowRule) -> Example:
    if isinstance(rule, ColumnRule):
        return column_example(rule)
    if isinstance(rule, LookupRule):
        return lookup_example(rule)
    return rule.bad[0]
