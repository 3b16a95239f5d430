"""Refuses models of stored lines that do not fit the layouts of their file types, before anybody sends a file."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping

import polars as pl
from django.db import models

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.column_types import Choice, Code, ColumnType, Digits, Number, Text
from tidegate.core.layouts.layout import VALUE, Column
from tidegate.core.reference.stored_lines import LineColumn
from tidegate.core.reference.table import reference_tables
from tidegate.core.rules.rule import FileRule
from tidegate.file_types import FileType
from tidegate.file_types.file_type import LAYOUT
from tidegate.records.models.stored_line import StoredLine
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import StoredField, StoredLines, field_of, line_models, stored_lines

_TEXTS = (models.CharField, models.TextField)
_WHOLE = (models.IntegerField,)
_FITS: dict[pl.DataType, tuple[str, tuple[type[StoredField], ...]]] = {
    pl.String(): ("a text", _TEXTS),
    pl.Int32(): ("an ID", _WHOLE),
    pl.Date(): ("a date", (models.DateField,)),
    Number.polars_type: ("a number", (models.DecimalField, *_WHOLE)),
}


def refuse_broken_lines(types: Iterable[FileType]) -> None:
    """Raise BrokenLayout where a file type has no model or two, a model no file type, a field no column or one that it
    cannot hold. The sentence begins with the file and the line."""
    types = list(types)
    for problem in (*_problems_of_models(types), *_problems_of_types(types), *_problems_of_tables()):
        raise BrokenLayout(problem)
    for lines in stored_lines():
        for problem in _problems_of(lines):
            raise BrokenLayout(problem)


def _problems_of_models(types: list[FileType]) -> Iterator[str]:
    slugs = {file_type.slug: file_type for file_type in types}
    by_type: dict[str, type[StoredLine]] = {}
    for model in (each for each in line_models() if not each.base_name):
        name = model.__name__
        if not model.file_type:
            yield f"{_location(model, 'file_type')}: {name} has no file_type, which says whose lines these are"
        elif model.file_type not in slugs:
            at = _location(model, "file_type")
            yield f'{at}: {name} has file_type = "{model.file_type}", and there is no such file type'
        elif other := by_type.get(model.file_type):
            at = _location(model, "file_type")
            yield f"{at}: {name} and {other.__name__} are both for the file type {model.file_type}: it has one model"
        elif slugs[model.file_type].layout.on_file is None:
            path, at = slugs[model.file_type].folder / LAYOUT, _location(model, "file_type")
            yield f"{path}: [on_file] is missing, which says what fills the fields of {name} ({at})"
        by_type[model.file_type] = model


def _problems_of_types(types: list[FileType]) -> Iterator[str]:
    stored = {lines.file_type.slug for lines in stored_lines()}
    for file_type in types:
        if file_type.layout.on_file is not None and file_type.slug not in stored:
            sentence = f'no model stores these lines: one has file_type = "{file_type.slug}"'
            yield file_type.in_layout(sentence, "on_file")


def _problems_of_tables() -> Iterator[str]:
    taken = {table.name: "of the program" for table in reference_tables()}
    for lines in stored_lines():
        name = lines.table.name
        if lines.is_base:
            continue
        if name in taken or name.endswith("_codes"):
            sentence = (
                f'the table "{name}" is {taken.get(name, "a code list by its name")}: give the lines another name'
            )
            yield lines.file_type.in_layout(sentence, "on_file.table")
        taken[name] = f"that of {lines.file_type.slug}"


def _problems_of(lines: StoredLines) -> Iterator[str]:
    """Yield what is wrong with a model and its layout."""
    model, layout = lines.model, lines.layout
    filled: set[str] = set()
    for row, name in (layout.on_file.columns if layout.on_file else {}).items():
        try:
            field = field_of(model, name)
        except KeyError:
            sentence = f'{model.__name__} has no field "{name}", which "{row}" fills ({_location(model)})'
            yield lines.file_type.in_layout(sentence, f"on_file.columns.{row}")
            return
        filled.add(field.name)
        yield from _problems_of_field(lines, field, lines.table.column_of(row))
    yield from _problems_of_attributes(lines)
    yield from _problems_of_messages(lines)
    own = {field.name for field in Versioned._meta.fields} | {"id", "school_year"}  # noqa: SLF001 - Django's way to it
    for field in model._meta.concrete_fields:  # noqa: SLF001 - as above
        if field.name not in filled | own and not field.null and not field.has_db_default():
            yield (
                f"{_location(model, field.name)}: no column fills {model.__name__}.{field.name}: name it under "
                f"[on_file] in {lines.file_type.folder / 'layout.toml'}, or let it be null or have a db_default"
            )


def _problems_of_attributes(lines: StoredLines) -> Iterator[str]:
    model = lines.model
    names = {field.name for field in model._meta.concrete_fields}  # noqa: SLF001 - as above
    for needed in ("student", "school_year"):
        if needed not in names:
            yield f"{_location(model)}: {model.__name__} has no foreign key {needed}"
            return
    if lines.fields[lines.table.student].name != "student":
        sentence = f'"{lines.table.student}" is the state student number, which fills the field student'
        yield lines.file_type.in_layout(sentence, "on_file.student")
    by_name = {field.name for field in lines.fields.values()}
    if wrong := [name for name in model.finds_student if name in by_name and not _is_text(model, name)]:
        yield f"{_location(model, 'finds_student')}: finds_student names {', '.join(wrong)}, which is no text"
    for attribute in ("personal", "shown", "finds_student"):
        if unknown := [name for name in getattr(model, attribute) if name not in by_name]:
            yield f"{_location(model, attribute)}: {attribute} names {', '.join(unknown)}, which no column fills"


def _is_text(model: type[StoredLine], name: str) -> bool:
    return isinstance(field_of(model, name), _TEXTS)


def _problems_of_messages(lines: StoredLines) -> Iterator[str]:
    """Yield the rules that would say what is personal of another line, which another organization may have sent. A
    message names the cell of its own row as `{Remark}`."""
    personal = {row for row, field in lines.fields.items() if field.name in lines.model.personal}
    if not personal:
        return
    for rule in lines.file_type.rules:
        if isinstance(rule, FileRule) and (named := sorted(_told_by(rule) & personal)):
            yield (
                f"{_location(type(rule), 'message')}: {rule.code} says {', '.join(named)} of another line, which is "
                f"personal ({lines.model.__name__})"
            )


def _told_by(rule: FileRule) -> set[str]:
    """Return the columns of rows that the rule's message values are made of."""
    values = rule.message_values().items()
    told = _roots({name: value for name, value in values if name not in rule.says_no_cell})
    derived = rule.derived_columns()
    return told | _roots({name: derived[name] for name in told & derived.keys()})


def _roots(values: Mapping[str, pl.Expr]) -> set[str]:
    return {name for value in values.values() for name in value.meta.root_names()}


def _problems_of_field(lines: StoredLines, field: StoredField, column: LineColumn) -> Iterator[str]:
    """Yield where the field is, and what it cannot hold of what fills it."""
    if column.is_student:
        return
    # The source is looked into for a problem alone: it would be an eighth of the time in which a command starts.
    for problem in _problems_of_room(lines, field, column):
        yield f"{_location(lines.model, field.name)}: {lines.model.__name__}.{field.name} {problem}"


def _problems_of_room(lines: StoredLines, field: StoredField, column: LineColumn) -> Iterator[str]:
    of = field.target_field if isinstance(field, models.ForeignKey) else field
    what, fits = _FITS.get(column.type, ("no value that is stored", ()))
    if not isinstance(of, fits) or (column.type == pl.Date() and isinstance(of, models.DateTimeField)):
        names = " or a ".join(each.__name__ for each in fits)
        yield f'is a {type(of).__name__}, and "{column.row}" is {what}{f": it takes a {names}" if names else ""}'
        return
    read_from = [lines.layout.columns[name] for name in lines.layout.read_from(column.row)]
    may_be_blank = any(not each.required or any(c.required is False for c in each.changes) for each in read_from[:1])
    if may_be_blank and not field.null and not isinstance(of, _TEXTS):
        yield f"needs null=True: {read_from[0].name} may be blank"
    if column.row.endswith((VALUE, ".code")) and read_from and (room := _room(of, read_from[0])):
        yield room


def _room(field: StoredField, column: Column) -> str:
    """Return in words what is too small for the column's values; blank where there is room."""
    types = [column.type, *(change.type for change in column.changes if change.type is not None)]
    for of in types:
        if field.max_length is not None and field.max_length < (longest := _longest(of, column)):
            return f"takes {field.max_length} characters, and {column.name} has up to {longest}"
        if isinstance(of, Number) and isinstance(field, models.DecimalField):
            assert field.max_digits is not None
            assert field.decimal_places is not None
            digits = len(str(int(max(abs(of.minimum), abs(of.maximum)))))
            if field.decimal_places < of.places or field.max_digits - field.decimal_places < digits:
                return (
                    f"takes {field.max_digits - field.decimal_places} digits before the point and "
                    f"{field.decimal_places} after it, and {column.name} has up to {digits} and {of.places}"
                )
        if isinstance(of, Number) and of.places and not isinstance(field, models.DecimalField):
            return f"takes whole numbers, and {column.name} has {of.places} decimal places"
    return ""


def _longest(of: ColumnType, column: Column) -> int:
    """Return how many characters a column's values have at most; of a code list the example alone is known."""
    if isinstance(of, Text | Digits):
        return of.max_length
    if isinstance(of, Choice):
        return max(map(len, of.choices), default=0)
    return len(column.example) if isinstance(of, Code) else 0


def _location(model: type, name: str = "") -> str:
    """Return the file and the line of a model or a rule, or of one of its fields or attributes."""
    lines, first = inspect.getsourcelines(model)
    found = (number for number, line in enumerate(lines) if name and re.match(rf"\s+{re.escape(name)}\s*[:=]", line))
    return f"{inspect.getsourcefile(model)}:{first + next(found, 0)}"
