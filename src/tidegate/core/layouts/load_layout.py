"""Reads a layout from TOML. Errors are reported at start-up, with their path in the file."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Union, cast

import msgspec

from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.column_types import Choice, Code, Day
from tidegate.core.layouts.identifiers import as_state_has_it
from tidegate.core.layouts.layout import Ages, Column, Layout, LookupSettings, RuleChange, fold_name
from tidegate.core.layouts.line_settings import check_lines, with_own_stored_records
from tidegate.core.layouts.patterns import why_no_pattern
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state import LIST_NAME_FORM
from tidegate.core.layouts.toml_lines import BrokenSetting, read_utf8, with_line

# Asked about it, a since or until that is no school year is refused.
_ANY_YEAR = SchoolYear(0)
_LOOKUPS = "tidegate.core.lookups.lookup"


def load_layout(path: Path) -> Layout:
    """Return the layout in `path`. Raises BrokenLayout, which says what is wrong and where."""
    # Look-ups ask reference data and import layouts, so this module cannot import them at its top.
    lookup_types: tuple[type[LookupSettings], ...] = import_module(_LOOKUPS).lookup_types()
    text = read_utf8(path)
    layout_type = _layout_with(lookup_types)
    try:
        decoded = msgspec.toml.decode(text, type=layout_type)
        columns = {name: _column(name, column) for name, column in decoded.columns.items()}
        layout = Layout(**{**msgspec.structs.asdict(decoded), "columns": columns})
        _check(layout)
        check_lines(layout, lookup_types)
    except (msgspec.DecodeError, ValueError) as error:
        said = with_line(path, text, error, decode=lambda raw: msgspec.convert(raw, type=layout_type))
        raise BrokenLayout(said) from error
    return with_own_stored_records(layout)


def _column(name: str, column: Column) -> Column:
    """Return a column under its name, with the IDs of the state in their form."""
    changes = tuple(
        change if change.type is None else msgspec.structs.replace(change, type=as_state_has_it(change.type))
        for change in column.changes
    )
    return msgspec.structs.replace(column, name=name, type=as_state_has_it(column.type), changes=changes)


@cache
def _layout_with(lookup_types: tuple[type[LookupSettings], ...]) -> type[Layout]:
    """Return the struct that a layout with these types of look-ups is decoded as."""
    stored = dict[str, Union[lookup_types]]  # type: ignore[valid-type]  # noqa: UP007 - they are known at run time only
    fields: list[tuple[str, Any, Any]] = [("stored", stored, msgspec.field(default_factory=dict))]
    return cast("type[Layout]", msgspec.defstruct("Layout", fields, bases=(Layout,), frozen=True))


def _check(layout: Layout) -> None:
    """Raise BrokenSetting where the parts of a layout do not fit together."""
    folded = [fold_name(name) for column in layout.columns.values() for name in (column.name, *column.aliases)]
    folded += [fold_name(name) for name in layout.known_extras]
    if len(folded) != len(set(folded)):
        raise BrokenSetting("two columns, aliases or known extras have the same name", "columns")
    _check_names(layout)
    if layout.ages is not None:
        _check_ages(layout, layout.ages)
    for change in layout.rules:
        _check_rule(change)
    for column in layout.columns.values():
        _check_column(column)
        _check_ceds(column)
    if any(column.ceds for column in layout.columns.values()) and not layout.ceds_version:
        raise BrokenSetting("columns name elements of CEDS, and ceds_version does not say of which version", "columns")


def _check_names(layout: Layout) -> None:
    """Raise BrokenSetting where a part names a column or a look-up that the layout does not have."""
    for keys, columns in _columns_named(layout):
        if unknown := set(columns) - layout.columns.keys() - {""}:
            raise BrokenSetting(f"[columns] has no {', '.join(sorted(unknown))}", keys)
    for name, lookup in layout.stored.items():
        if unknown := set(lookup.other_lookups) - layout.stored.keys() - {""}:
            raise BrokenSetting(f"[stored] has no {', '.join(sorted(unknown))}", f"stored.{name}")
    stored = layout.stored_records
    values = [("group", layout.group)]
    values += [("beside.key", stored.key), ("beside.columns", tuple(stored.columns))] if stored is not None else []
    for keys, names in values:
        for name in names:
            of_lookup, dot, _ = name.partition(".")
            if name.removesuffix(":value") not in layout.columns and not (dot and of_lookup in layout.stored):
                raise BrokenSetting(f"{keys} names {name}, which is no column and of no look-up", keys)


def _columns_named(layout: Layout) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the columns that a part of the layout names, with its path."""
    identity, sample = layout.identity, layout.sample_row
    yield "identity", (identity.sau_id, identity.school_id, identity.student_number)
    for name, lookup in layout.stored.items():
        yield f"stored.{name}", lookup.columns
    if sample is not None:
        yield "sample_row", (sample.column, *sample.agrees_in)


def _check_column(column: Column) -> None:
    """Raise BrokenSetting where a column names a year that is none, a code that it lacks, or a list that cannot be."""
    try:
        column.is_in(_ANY_YEAR)
        column.in_year(_ANY_YEAR)
        for change in column.changes:
            _ANY_YEAR.is_within(change.since, change.until)
    except Refusal as error:
        raise BrokenSetting(f"{column.name}: {error.message}", f"columns.{column.name}") from error
    for column_type in (column.type, *(change.type for change in column.changes)):
        if isinstance(column_type, Code):
            _check_code(column.name, column_type)
        if isinstance(column_type, Choice) and (unknown := column_type.years.keys() - column_type.choices.keys()):
            said = f"{column.name}: years has {', '.join(sorted(unknown))}, which is none of its choices"
            raise BrokenSetting(said, f"columns.{column.name}")


def _check_ceds(column: Column) -> None:
    """Raise BrokenSetting where a column's element of CEDS has no ID or name, or options of codes that the column
    lacks."""
    ceds, keys = column.ceds, f"columns.{column.name}.ceds"
    if ceds is None:
        return
    if not re.fullmatch(r"[0-9]{6}", ceds.id):
        raise BrokenSetting(f'{column.name}: the ID "{ceds.id}" of a CEDS element is six digits, such as 000037', keys)
    if not ceds.element.strip():
        raise BrokenSetting(f"{column.name}: the CEDS element {ceds.id} has no name", keys)
    types = (column.type, *(change.type for change in column.changes))
    choices = {code for of in types if isinstance(of, Choice) for code in of.choices}
    if unknown := ceds.options.keys() - choices:
        said = f"{column.name}: the options of CEDS have {', '.join(sorted(unknown))}, which is none of its choices"
        raise BrokenSetting(said, keys)
    if blank := [code for code, option in ceds.options.items() if not option.strip()]:
        raise BrokenSetting(f"{column.name}: leave {', '.join(blank)} out where CEDS has no option for it", keys)


def _check_rule(change: RuleChange) -> None:
    """Raise BrokenSetting where it is not said what becomes of a rule, or why."""
    if not change.severity and not change.message:
        raise BrokenSetting(f"[[rules]] {change.code} has neither a severity nor a message", "rules")
    if change.severity and not change.reason.strip():
        raise BrokenSetting(f"[[rules]] {change.code} has a severity and no reason, which uploaders read", "rules")
    try:
        _ANY_YEAR.is_within(change.since, change.until)
    except Refusal as error:
        raise BrokenSetting(f"[[rules]] {change.code}: {error.message}", "rules") from error


def _check_code(name: str, code: Code) -> None:
    """Raise BrokenSetting where a column of codes names no list, or says its form in one of two ways alone."""
    if not re.fullmatch(LIST_NAME_FORM, code.list_name):
        raise BrokenSetting(f'{name}: list_name "{code.list_name}" is written as in race_codes', f"columns.{name}.of")
    if bool(code.pattern) != bool(code.pattern_in_words):
        raise BrokenSetting(f"{name}: pattern and pattern_in_words go together", f"columns.{name}.of")
    if said := why_no_pattern(code.pattern):
        raise BrokenSetting(f"{name}: {said}", f"columns.{name}.of")


def _check_ages(layout: Layout, ages: Ages) -> None:
    """Raise BrokenSetting where a grade has no limits, or these are in the wrong order."""
    grade, born = (layout.columns.get(name) for name in (ages.grade, ages.birth_date))
    if grade is None or born is None or not isinstance(grade.type, Choice) or not isinstance(born.type, Day):
        raise BrokenSetting("[ages] names a column of dates and one of choices", "ages")
    if grade.type.choices.keys() != ages.grades.keys():
        raise BrokenSetting("[ages.grades] has the same grades as its column", "ages.grades")
    for name, of in ages.grades.items():
        if not of.possible[0] <= of.usual[0] <= of.usual[1] <= of.possible[1]:
            raise BrokenSetting(
                f"[ages.grades] {name}: the usual ages lie within the possible ones", f"ages.grades.{name}"
            )
    date(2000, *ages.month_and_day)  # a day that does not exist is refused here
