"""Makes the rules about lines that a layout has by its `group` or `key`."""

from typing import Any

from tidegate.core.layouts.layout import VALUE, Column, Layout
from tidegate.core.rules.line_rule import COLUMNS_OF_UNIT, LineRule
from tidegate.core.rules.lines.group_change import GroupChangeRule
from tidegate.core.rules.lines.group_error import GroupRule
from tidegate.core.rules.lines.key_conflict import KeyConflictRule
from tidegate.core.rules.lines.line_count import LineCountRule
from tidegate.core.rules.lines.organization_line import OrganizationLineRule
from tidegate.core.rules.lines.repeated_row import RepeatedRowRule
from tidegate.core.rules.lines.resting_lines import RestingLinesRule
from tidegate.core.rules.lines.staying_line import StayingLineRule

_BASES: tuple[type[LineRule], ...] = (
    GroupRule,
    LineCountRule,
    StayingLineRule,
    GroupChangeRule,
    OrganizationLineRule,
    KeyConflictRule,
    RepeatedRowRule,
    RestingLinesRule,
)


def make_line_rules(layout: Layout) -> dict[str, LineRule]:
    """Return the rules about lines that are replaced together or by a key, and about lines that rest on them, by code;
    none if the layout has neither a group nor a key."""
    has_another_cell = bool(_other_cell(layout))
    rules = [
        _made(base, layout)
        for base in _BASES
        if base.applies_to(layout) and (has_another_cell or not base.needs_another_cell)
    ]
    return {rule.code: rule for rule in rules}


def _made(base: type[LineRule], layout: Layout) -> LineRule:
    """Return a rule of the layout's area: its class has the code, the columns, the message and the examples."""
    unit = layout.group or layout.key
    columns = tuple(dict.fromkeys(name for row in unit for name in layout.read_from(row)[:1]))
    parts = {
        "code": f"{layout.area}{base.number}",
        "columns": columns,
        "message": base.message.replace(COLUMNS_OF_UNIT, _in_words(columns)),
        "cause": base.cause.replace(COLUMNS_OF_UNIT, _in_words(columns)),
        "__doc__": base.__doc__,
        "__module__": base.__module__,
        "__qualname__": base.__qualname__,  # its source, which a receipt's digest is made of, is the base's
    }
    examples = base.examples_of(layout, _other_cell(layout))
    made: type[LineRule] = type(base.__name__, (base,), parts | examples | base.codes(layout.area))
    return made.of_layout(layout)


def _in_words(columns: tuple[str, ...]) -> str:
    *first, last = columns
    return f"{', '.join(first)} and {last}" if first else last


def _other_cell(layout: Layout) -> dict[str, Any]:
    """Return a cell, by its column, in which a line can differ from the layout's example row; empty if there is none
    beside the unit."""
    unit = layout.group or layout.key
    rows = list(layout.on_file.columns) if layout.on_file else [f"{name}{VALUE}" for name in layout.columns]
    others = [row for row in rows if row not in unit]
    for row in others:
        column = layout.columns.get(row.removesuffix(VALUE)) if row.endswith(VALUE) else None
        if column is not None and (text := _other_text(column)):
            return {column.name: text}
    fields = [row for row in others if not row.endswith(VALUE)]
    return {fields[0]: 2 if fields[0].endswith("id") else "other"} if fields else {}


def _other_text(column: Column) -> str:
    """Return a text that the column takes and that is not its example; blank if there may be none."""
    return next((text for text in column.type.samples() if text != column.example), "")
