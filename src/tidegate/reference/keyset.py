"""Keyset pagination: conditions on several columns at once, as SQL compares rows, `ROW(a, b) > ROW(1, 2)`.

An index over these columns then finds where to begin and where to end. With one condition for each column PostgreSQL
may walk an index over the last column alone, and read all other rows of the table.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual, Lookup


def after_key(columns: Sequence[str], values: Iterable[Any], *, is_before: bool = False) -> "Lookup[Any]":
    """Return the condition that the columns, as a row, come after these values or expressions, or before them."""
    compare = LessThan if is_before else GreaterThan
    return compare(_row(map(F, columns)), _row(map(_expression, values)))


def equals_key(columns: Sequence[str], values: Sequence[Any]) -> "tuple[Lookup[Any], Lookup[Any]]":
    """Return the conditions that the columns equal these values or expressions.

    Returns:
        Two conditions, `>=` and `<=`: together they are equality, and keep the order of the index.
    """
    row, other = _row(map(F, columns)), _row(map(_expression, values))
    return GreaterThanOrEqual(row, other), LessThanOrEqual(row, other)


def _expression(value: Any) -> Any:
    return value if hasattr(value, "resolve_expression") else Value(value)


def _row(parts: Iterable[Any]) -> Any:
    first, *others = parts
    return Func(first, *others, function="ROW", output_field=TextField()) if others else first
