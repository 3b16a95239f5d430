"""A layout for programs of others: as JSON Schema, and as Frictionless Table Schema.

What fits a schema has the form that the state asks for. A file may be written in a few other ways, too (see
`tidegate.core.parsing.repairs`), and what only a list or a stored line can say, no schema knows. The element that a
column is in the Common Education Data Standards is an annotation, which checks nothing.
"""

from typing import Any

from tidegate.core.layouts.column_types import Choice, Code, Day, Digits, Number, Text
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.requirements import ceds_options, example_in
from tidegate.core.layouts.school_year import SchoolYear

JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def json_schema(layout: Layout, school_year: SchoolYear) -> dict[str, Any]:
    """Return the schema of a row in that school year: an object with the text of each cell, as a CSV reader gives it.
    A column that may be blank may be left out, too."""
    columns = layout.columns_in(school_year)
    return {
        "$schema": JSON_SCHEMA,
        "title": f"{layout.title}, {school_year.name}",
        "description": layout.summary,
        "type": "object",
        "properties": {column.name: _property(column, school_year) for column in columns},
        "required": [column.name for column in columns if column.required],
        "additionalProperties": False,
    }


def table_schema(layout: Layout, school_year: SchoolYear) -> dict[str, Any]:
    """Return the schema of a file in that school year: its fields in order, with their types."""
    # No primary key: rows that agree in the layout's key are told apart or taken as one by its rules.
    return {
        "$schema": TABLE_SCHEMA,
        "fields": [_field(column, school_year) for column in layout.columns_in(school_year)],
        "missingValues": [""],
    }


def _property(column: Column, school_year: SchoolYear) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "description": _described(column), **_ceds("x-ceds", column)}
    if example := example_in(column, school_year):
        found["examples"] = [example]
    of = column.type
    if isinstance(of, Choice):
        return {**found, "enum": [*of.choices, *([] if column.required else [""])]}
    if isinstance(of, Text):
        return {**found, "maxLength": of.max_length, **({"minLength": 1} if column.required else {})}
    pattern = _pattern_of(column)
    if pattern:
        found["pattern"] = f"^({pattern})$" if column.required else f"^({pattern})?$"
    elif column.required:
        found["minLength"] = 1
    return found


def _field(column: Column, school_year: SchoolYear) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column.required}
    found: dict[str, Any] = {"name": column.name, "type": "string", "description": _described(column)}
    found |= _ceds("ceds", column)
    if example := example_in(column, school_year):
        found["example"] = example
    of = column.type
    if isinstance(of, Day):
        found |= {"type": "date", "format": "default"}
        if of.within_school_year:
            constraints |= {"minimum": school_year.first_day.isoformat(), "maximum": school_year.last_day.isoformat()}
    elif isinstance(of, Number):
        found["type"] = "number" if of.places else "integer"
        constraints |= {"minimum": _plain(of.minimum), "maximum": _plain(of.maximum)}
    elif isinstance(of, Choice):
        constraints["enum"] = list(of.choices)
    elif isinstance(of, Text):
        constraints["maxLength"] = of.max_length
    elif pattern := _pattern_of(column):
        constraints["pattern"] = f"^({pattern})$"
    return {**found, "constraints": constraints}


def _ceds(key: str, column: Column) -> dict[str, Any]:
    """Return the element of CEDS that the column is, under a key; nothing where the layout names none."""
    ceds = column.ceds
    if ceds is None:
        return {}
    element = {"id": ceds.id, "element": ceds.element, "term": ceds.term}
    options = ceds_options(column)
    return {key: element | {"options": options} if options else element}


def _described(column: Column) -> str:
    """Return what the column is; of a code also which list has it, of a day how else it may be written."""
    if isinstance(column.type, Day):
        return f"{column.description} Written as YYYY-MM-DD here; a file may have M/D/YYYY, too."
    if isinstance(column.type, Code):
        return f"{column.description} A code of the list {column.type.list_name}."
    return column.description


def _pattern_of(column: Column) -> str:
    """Return the regular expression that the whole text matches; blank where the type has none."""
    of = column.type
    if isinstance(of, Digits):
        return f"[0-9]{{{of.min_length},{of.max_length}}}"
    if isinstance(of, Day):
        return _DAY
    if isinstance(of, Number):
        sign = "-?" if of.minimum < 0 else ""
        return rf"{sign}[0-9]{{1,8}}(\.[0-9]{{1,{of.places}}})?" if of.places else rf"{sign}[0-9]{{1,8}}"
    if isinstance(of, Code):
        return of.pattern.removeprefix("^").removesuffix("$")
    return ""


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
