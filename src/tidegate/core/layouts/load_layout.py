"""Reads a layout from TOML. Errors are reported at start-up, with their path in the file."""

import re
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Union, cast

import msgspec

from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.column_types import Choice, Code, Day
from tidegate.core.layouts.layout import Ages, Column, Layout, LookupSettings, RuleChange, fold_name
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state import LIST_NAME_FORM

# Asked about it, a since or until that is no school year is refused.
_ANY_YEAR = SchoolYear(0)
_LOOKUPS = "tidegate.core.lookups.lookup"


def load_layout(path: Path) -> Layout:
    """Return the layout in `path`. Raises BrokenLayout, which says what is wrong and where."""
    # Look-ups ask reference data and import layouts, so this module cannot import them at its top.
    lookup_types: tuple[type[LookupSettings], ...] = import_module(_LOOKUPS).lookup_types()
    try:
        decoded = msgspec.toml.decode(path.read_bytes(), type=_layout_with(lookup_types))
        columns = {name: msgspec.structs.replace(column, name=name) for name, column in decoded.columns.items()}
        layout = Layout(**{**msgspec.structs.asdict(decoded), "columns": columns})
        _check(layout)
    except (msgspec.DecodeError, Refusal, ValueError) as error:
        message = f"{path}: {error}"
        raise BrokenLayout(message) from error
    return layout


@cache
def _layout_with(lookup_types: tuple[type[LookupSettings], ...]) -> type[Layout]:
    """Return the struct that a layout with these types of look-ups is decoded as."""
    stored = dict[str, Union[lookup_types]]  # type: ignore[valid-type]  # noqa: UP007 - they are known at run time only
    fields: list[tuple[str, Any, Any]] = [("stored", stored, msgspec.field(default_factory=dict))]
    return cast("type[Layout]", msgspec.defstruct("Layout", fields, bases=(Layout,), frozen=True))


def _check(layout: Layout) -> None:
    """Raise ValueError where the parts of a layout do not fit together."""
    folded = [fold_name(name) for column in layout.columns.values() for name in (column.name, *column.aliases)]
    folded += [fold_name(name) for name in layout.known_extras]
    if len(folded) != len(set(folded)):
        raise ValueError("two columns, aliases or known extras have the same name")
    named = {layout.identity.sau_id, layout.identity.school_id, layout.identity.student_number} - {""}
    for lookup in layout.stored.values():
        named |= set(lookup.columns) - {""}
        others = set(lookup.other_lookups) - {""}
        if others - layout.stored.keys():
            raise ValueError(f"[stored] has no {', '.join(sorted(others - layout.stored.keys()))}")
    sample = layout.sample_row
    named |= {sample.column, *sample.agrees_in} if sample is not None else set()
    if named - layout.columns.keys():
        raise ValueError(f"[columns] has no {', '.join(sorted(named - layout.columns.keys()))}")
    if layout.ages is not None:
        _check_ages(layout, layout.ages)
    for change in layout.rules:
        _check_rule(change)
    for column in layout.columns.values():
        _check_column(column)


def _check_column(column: Column) -> None:
    """Raise ValueError where a column names a year that is none, a code that it has not, or a list that cannot be."""
    column.is_in(_ANY_YEAR)
    column.in_year(_ANY_YEAR)
    for change in column.changes:
        _ANY_YEAR.is_within(change.since, change.until)
    for column_type in (column.type, *(change.type for change in column.changes)):
        if isinstance(column_type, Code):
            _check_code(column.name, column_type)
        if isinstance(column_type, Choice) and (unknown := column_type.years.keys() - column_type.choices.keys()):
            raise ValueError(f"{column.name}: years has {', '.join(sorted(unknown))}, which is none of its choices")


def _check_rule(change: RuleChange) -> None:
    """Raise ValueError where it is not said what becomes of a rule, or why."""
    if not change.severity and not change.message:
        raise ValueError(f"[[rules]] {change.code} has neither a severity nor a message")
    if change.severity and not change.reason.strip():
        raise ValueError(f"[[rules]] {change.code} has a severity and no reason, which uploaders read")
    _ANY_YEAR.is_within(change.since, change.until)


def _check_code(name: str, code: Code) -> None:
    """Raise ValueError where a column of codes names no list, or says its form in one of two ways alone."""
    if not re.fullmatch(LIST_NAME_FORM, code.list_name):
        raise ValueError(f'{name}: list_name "{code.list_name}" is written as in race_codes')
    if bool(code.pattern) != bool(code.pattern_in_words):
        raise ValueError(f"{name}: pattern and pattern_in_words go together")
    try:
        re.compile(code.pattern)
    except re.error as error:
        raise ValueError(f"{name}: pattern is no regular expression: {error}") from error


def _check_ages(layout: Layout, ages: Ages) -> None:
    """Raise ValueError where a grade has no limits, or these are in the wrong order."""
    grade, born = (layout.columns.get(name) for name in (ages.grade, ages.birth_date))
    if grade is None or born is None or not isinstance(grade.type, Choice) or not isinstance(born.type, Day):
        raise ValueError("[ages] names a column of dates and one of choices")
    if grade.type.choices.keys() != ages.grades.keys():
        raise ValueError("[ages.grades] has the same grades as its column")
    for name, of in ages.grades.items():
        if not of.possible[0] <= of.usual[0] <= of.usual[1] <= of.possible[1]:
            raise ValueError(f"[ages.grades] {name}: the usual ages lie within the possible ones")
    date(2000, *ages.month_and_day)  # a day that does not exist is refused here
