"""Compares several columns at once, as SQL does with rows: an index over them finds where to begin and where to end.

Equality with one value each would say the same, but then the database forgets that they order the rows, may walk
another index that has the last column alone, and reads everybody else's rows to the end of the table.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual, Lookup


def after_key(columns: Sequence[str], values: Iterable[Any], *, is_before: bool = False) -> "Lookup[Any]":
    """Return the condition that the columns stand after these values, or before them."""
    compare = LessThan if is_before else GreaterThan
    return compare(_row(map(F, columns)), _row(map(Value, values)))


def equals_key(columns: Sequence[str], values: Sequence[Any]) -> "tuple[Lookup[Any], Lookup[Any]]":
    """Return the conditions that the columns are just these values, or expressions."""
    row, other = _row(map(F, columns)), _row(v if hasattr(v, "resolve_expression") else Value(v) for v in values)
    return GreaterThanOrEqual(row, other), LessThanOrEqual(row, other)


def _row(parts: Iterable[Any]) -> Any:
    first, *others = parts
    return Func(first, *others, function="ROW", output_field=TextField()) if others else first
