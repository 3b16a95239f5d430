"""A cause: what a person puts right once, however many rows it has affected."""

import string
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, TypeGuard

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.layouts.column_types import ColumnType, Day, Digits
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.rule import COLUMN, VALUE, ColumnRule, FileRule, RowRule, Rule, Severity, WhoCanAct, names_in

MAX_ROWS_LISTED = 1_000
"""Of a cause with more rows, the numbers of the first ones are kept."""
OF_THE_SAME = "of the same students"
"""Which rows are held back: those that are replaced together with a row that has an error."""
OF_SCHOOL = "school.name"
UNSHOWN = "…"
"""What stands in a heading for a text that may be about a student."""
# Shorter numbers are also IDs of organizations, but where those of students are as short.
_MIN_DIGITS_OF_A_PERSON = 6
_SEVERITIES = tuple(str(severity) for severity in Severity)
_LIST_TEXT = 3


class Stage(IntEnum):
    """When a cause is to be fixed: what is earlier may be the reason for what is later."""

    FILE = 1
    COLUMNS = 2
    VALUES = 3
    LISTS = 4
    ROWS = 5
    RECORDS = 6


_STAGES = (Stage.COLUMNS, Stage.VALUES, Stage.VALUES, Stage.ROWS, Stage.LISTS, Stage.RECORDS, Stage.RECORDS)
"""By the category of a code, its hundreds digit."""


def stage_of(code: str, *, is_of_file: bool) -> Stage:
    """Return when what the rule has found is to be fixed. `is_of_file`: it is about the file as a whole."""
    return Stage.FILE if is_of_file and code[-3] == "0" else _STAGES[int(code[-3])]


class Cause(msgspec.Struct, frozen=True):
    """What findings have in common.

    `text` is the heading. Neither it nor `values` has a value of a personal column. `row_count` are
    the rows affected; it is 0 for the file or its header as a whole. `rows` are the numbers of the first
    of them. `held_back_count` are the rows that are not loaded although nothing is wrong with them,
    because they are replaced together with a row of this cause; they are not in `row_count`.
    """

    code: str
    severity: str
    stage: Stage
    text: str
    columns: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    row_count: int = 0
    rows: tuple[int, ...] = ()
    held_back_count: int = 0

    @property
    def rank(self) -> tuple[Any, ...]:
        """The position in the list of causes: errors first, then by stage, by rows, by the first row."""
        first = self.rows[0] if self.rows else 0
        return _SEVERITIES.index(self.severity), self.stage, -self.row_count, first, self.code, self.columns, self.text

    @property
    def is_notice(self) -> bool:
        """Whether nothing has to be done about it."""
        return self.severity == Severity.NOTICE

    def holding_back(self, count: int) -> "Cause":
        """Return the cause with so many more rows that it holds back."""
        return replace(self, held_back_count=self.held_back_count + count)


def who_can_act(cause: Cause, rules: Mapping[str, type[Rule]]) -> str:
    """Return who can put it right; blank for a notice."""
    rule = rules.get(cause.code)
    if rule is None or cause.is_notice:
        return ""
    is_of_school = rule.cause_by == (OF_SCHOOL,) and len(cause.values) == 1
    return _at(cause.values[0], rule.who_can_act) if is_of_school else str(rule.who_can_act)


def _at(school: str, who: WhoCanAct) -> str:
    """Return who it is at a technical school of this name."""
    before, is_there, after = who.value.partition("the {words.cte_school}")
    return f"{before}{school}{after}" if is_there else str(who)


def how_to_fix(cause: Cause, rules: Mapping[str, type[Rule]]) -> str:
    """Return how to put it right; blank if the rule is gone."""
    return rules[cause.code].how_to_fix if cause.code in rules else ""


def fix_in_words(code: str, known: str, rules: Mapping[str, type[Rule]]) -> str:
    """Return how to fix a finding of a rule, of which something may be known; blank if the rule is gone."""
    rule = rules.get(code)
    if not known or rule is None:
        return rule.how_to_fix if rule else known
    sentence = known if known.endswith((".", "?")) else f"{known}."
    return sentence if rule.known_is_fix else f"{rule.how_to_fix} {sentence}".strip()


def affected_in_words(cause: Cause) -> str:
    """Return how many rows it affects: `3 rows and 4 more lines of the same students`."""
    rows = f"{cause.row_count:,} row{'' if cause.row_count == 1 else 's'}"
    if not cause.held_back_count:
        return rows
    return f"{rows} and {cause.held_back_count:,} more line{'' if cause.held_back_count == 1 else 's'} {OF_THE_SAME}"


def as_object(cause: Cause, rules: Mapping[str, type[Rule]]) -> dict[str, Any]:
    """Return the cause as an object for programs."""
    return {
        "code": cause.code,
        "severity": cause.severity,
        "text": cause.text,
        "columns": list(cause.columns),
        "values": list(cause.values),
        "row_count": cause.row_count,
        "rows": list(cause.rows),
        "held_back_count": cause.held_back_count,
        "who_can_act": who_can_act(cause, rules),
        "fix": how_to_fix(cause, rules),
    }


def rows_in_words(rows: tuple[int, ...], row_count: int, *, limit: int = 12) -> str:
    """Return row numbers as a person writes them: neighbours as a range, and how many more there are."""
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        elif len(ranges) == limit:
            break
        else:
            ranges.append([row, row])
    listed = sum(last - first + 1 for first, last in ranges)
    words = ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in ranges)
    return f"{words} and {row_count - listed:,} more" if row_count > listed else words


def fill(template: str, words: Mapping[str, str]) -> str:
    """Return the template with each name in braces replaced by its word; names may have dots."""
    parts = string.Formatter().parse(template)
    return "".join(literal + (words.get(name, UNSHOWN) if name else "") for literal, name, _, _ in parts)


def list_values(values: list[str]) -> str:
    """Return values as a sentence lists them: the first three, and how many more."""
    shown = ", ".join(f'"{value}"' for value in values[:_LIST_TEXT])
    return f"{shown} and {len(values) - _LIST_TEXT:,} more" if len(values) > _LIST_TEXT else shown


class CauseWords(msgspec.Struct, frozen=True):
    """How the findings of a rule are put together into causes.

    `keys` have what findings of one cause have in common, beside the rule and, unless
    `has_one`, the column. `heading` and `whole_file` are templates over `values`.
    """

    keys: dict[str, pl.Expr]
    has_one: bool
    heading: str
    whole_file: str
    values: dict[str, pl.Expr]

    def texts(self) -> list[pl.Expr]:
        """Return the keys as texts."""
        return [key.cast(pl.String).fill_null("").str.slice(0, _MAX_KEY_CHARACTERS) for key in self.keys.values()]

    def saying(self, said: Mapping[str, pl.Expr]) -> "CauseWords":
        """Return the words where some values are the same for all rows, as literals (see `said_once`)."""
        same = {name: words for name, words in said.items() if words.meta.is_literal()}
        keys = {name: same.get(name, key) for name, key in self.keys.items()}
        return replace(self, keys=keys, values=self.values | same)


_MAX_KEY_CHARACTERS = 200


def cause_words(rule: ColumnRule | RowRule, layout: Layout) -> CauseWords:
    """Return how the findings of a rule in a layout are put together. What is about a student is left out."""
    values = dict(rule.message_values())
    if isinstance(rule, ColumnRule):
        values |= {"column": pl.lit(rule.column), "form": pl.lit(rule.type.form())}
    if isinstance(rule, FileRule):  # what a rule across rows compares was computed: only the results are there
        values = {name: pl.col(name) for name in values}
    by = {name: pl.col(rule.column) if name == VALUE else values.get(name, pl.col(name)) for name in rule.cause_by}
    by = {
        name: key
        for name, key in by.items()
        if name != COLUMN and (isinstance(rule, FileRule) or _is_open(key, layout))
    }

    same = {rule.column} if VALUE in by else set()  # a message names the cell as the value or by its column
    if VALUE in by:
        by[VALUE] = values[rule.column] = _without_moved_cells(by[VALUE], layout)

    def may_show(template: str) -> bool:
        shown = names_in(template) - by.keys() - same
        return all(_is_constant(values.get(name, pl.col(name))) for name in shown)

    templates = [rule.cause, rule.message, *_without_value(rule), rule.summary.removesuffix(".")]
    heading = next(template for template in templates if template and may_show(template))
    shown = (values.get(name, pl.col(name)) for name in names_in(rule.whole_file) - {"values"})
    whole_file = rule.whole_file if all(_is_open(each, layout) for each in shown) else ""
    return CauseWords(by, not rule.cause_by, heading, whole_file, values | by)


_LOOKS_LIKE_A_DAY = r"^\s*[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}\b"


def _without_moved_cells(cell: pl.Expr, layout: Layout) -> pl.Expr:
    """Return a cell, hidden if it looks like one of a personal column: a comma too many moves cells to the right."""
    personal = [column.type for column in layout.columns.values() if column.personal]
    forms = [rf"^\s*[0-9]{{{of.min_length - 1},{of.max_length}}}\s*$" for of in personal if _is_long_number(of)]
    forms += [_LOOKS_LIKE_A_DAY] if any(isinstance(of, Day) for of in personal) else []
    is_moved = cell.str.contains("|".join(forms))
    return pl.when(is_moved).then(pl.lit(UNSHOWN)).otherwise(cell) if forms else cell


def _is_long_number(of: ColumnType) -> TypeGuard[Digits]:
    fewest = min(_MIN_DIGITS_OF_A_PERSON, student_numbers().min_length)
    return isinstance(of, Digits) and of.min_length >= fewest


def _without_value(rule: Rule) -> tuple[str, ...]:
    if not isinstance(rule, ColumnRule):
        return ()
    return rule.message_without_value, rule.message.replace(' "{value}"', ""), f"{{column}}: {rule.summary}"


def _is_open(expression: pl.Expr, layout: Layout) -> bool:
    """Return whether an expression tells nothing about a student."""
    return not any(map(layout.is_personal, expression.meta.root_names()))


def _is_constant(expression: pl.Expr) -> bool:
    """Return whether an expression is the same for all rows of the file."""
    return all(name.startswith("context.") for name in expression.meta.root_names())
