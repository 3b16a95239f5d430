"""A mapping: which column of a file is which column of the layout, and which of its values stand for which."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidegate.core.errors import Refusal
from tidegate.core.layouts.layout import Column, Layout, MappedColumn, fold_name

_MAX_BYTES, _MAX_ENTRIES, _MAX_CHARACTERS = 200_000, 2_000, 200
_SETTINGS = ("columns", "values", "ignored")
_FORM = 'a mapping has columns = { "Name in your file" = "Column" }, and if needed values and ignored'


class ColumnMapping(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a mapping says.

    `columns` has the layout's column for a name in the file's header; several names may be of one column, of which a
    file has one. `values` has for a column the value that a text of the file stands for; a blank one is no value.
    `ignored` are names of columns that the state does not collect.
    """

    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    ignored: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.columns or self.values or self.ignored)

    def without(self, *, name: str = "", column: str = "", value: str = "") -> "ColumnMapping":
        """Return the mapping without what it says about a name in the header or, with `column`, about a value of that
        column."""
        if not column:
            kept = {each: of for each, of in self.columns.items() if each != name}
            return ColumnMapping(kept, self.values, tuple(each for each in self.ignored if each != name))
        pairs = {
            each: {before: meant for before, meant in of.items() if (each, before) != (column, value)}
            for each, of in self.values.items()
        }
        return ColumnMapping(self.columns, {each: of for each, of in pairs.items() if of}, self.ignored)

    def as_data(self) -> dict[str, Any]:
        """Return it as it is stored and as JSON has it."""
        said: dict[str, Any] = msgspec.to_builtins(self)
        return said


class BrokenMapping(ValueError):
    """Something that a mapping cannot say; `keys` is its path."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys


def read_mapping(path: Path, layout: Layout) -> ColumnMapping:
    """Return the mapping in a TOML or JSON file. Raises a Refusal that names the file and the line."""
    text = _text_of(path)
    try:
        return _mapping_of(_said(path, text), layout)
    except BrokenMapping as error:
        raise _refusal(f"{path.name}, line {_line_of(text, error.keys)}: {error}") from None


def read_said(path: Path) -> Any:
    """Return the contents of a TOML or JSON file, for a site to check. Raises a Refusal where the file is neither."""
    return _said(path, _text_of(path))


def _said(path: Path, text: str) -> Any:
    try:
        return json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise _refusal(f"{path.name}, line {error.lineno}: this is no JSON: {error.msg}") from None
    except tomllib.TOMLDecodeError as error:
        raise _refusal(_with_line(path.name, text, str(error))) from None
    except RecursionError:
        raise _refusal(f"{path.name}, line 1: {_FORM}") from None


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(f"{path.name} cannot be read: {error.strerror}") from None
    if len(content) > _MAX_BYTES:
        raise _refusal(f"{path.name}, line 1: a mapping has at most {_MAX_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(f"{path.name}, line {line}: the file is not written in UTF-8") from None


def mapping_from(said: object, layout: Layout) -> ColumnMapping:
    """Return a mapping that was sent or stored. Raises a Refusal where it cannot be."""
    try:
        return _mapping_of(said, layout)
    except BrokenMapping as error:
        sentence = str(error)
        raise _refusal(sentence[0].upper() + sentence[1:]) from None


def still_good(said: Mapping[str, Any], layout: Layout) -> ColumnMapping:
    """Return a stored mapping without the columns that the layout no longer has."""
    columns = {name: column for name, column in said.get("columns", {}).items() if column in layout.columns}
    values = {column: pairs for column, pairs in said.get("values", {}).items() if column in layout.columns}
    own = layout.folded_names()
    return ColumnMapping(
        {name: column for name, column in columns.items() if fold_name(name) not in own},
        values,
        tuple(name for name in said.get("ignored", ()) if fold_name(name) not in own),
    )


def mapped(layout: Layout, mapping: ColumnMapping | None) -> Layout:
    """Return the layout with what a mapping says; the same layout where there is none."""
    if not mapping:
        return layout
    names: dict[str, list[str]] = {}
    for name, column in mapping.columns.items():
        names.setdefault(column, []).append(name)
    matched = {fold_name(name) for name in mapping.columns}
    extras = (name for name in (*layout.known_extras, *mapping.ignored) if fold_name(name) not in matched)
    columns = {
        name: _mapped(column, names.get(name, ()), mapping.values.get(name, {}))
        for name, column in layout.columns.items()
    }
    return msgspec.structs.replace(layout, columns=columns, known_extras=tuple(extras))


def _mapped(column: Column, names: Iterable[str], values: dict[str, str]) -> Column:
    new = tuple(name for name in names if fold_name(name) != fold_name(column.name))
    if not new and not values:
        return column
    said = {**msgspec.structs.asdict(column), "aliases": (*column.aliases, *new)}
    return MappedColumn(**said, mapped_names=new, mapped_values=values)


def _mapping_of(said: object, layout: Layout) -> ColumnMapping:
    """Return the mapping. Raises BrokenMapping with the first thing that is wrong with it."""
    if not isinstance(said, dict):
        raise BrokenMapping(_FORM)
    for key in said:
        if key not in _SETTINGS:
            raise BrokenMapping(f'there is no setting "{_shown(key)}": there are columns, values and ignored', str(key))
    columns = _texts(said.get("columns", {}), "columns")
    ignored = said.get("ignored", [])
    if not isinstance(ignored, list | tuple) or not all(isinstance(name, str) for name in ignored):
        raise BrokenMapping('ignored is a list of names in quotes, as ["Teacher", "Room"]', "ignored")
    values = said.get("values", {})
    if not isinstance(values, dict):
        raise BrokenMapping('values has a table for each column, as values.Column = { "A1" = "01" }', "values")
    of_column = {column: _texts(pairs, "values", str(column), is_value=True) for column, pairs in values.items()}
    if sum(map(len, (columns, ignored, *of_column.values()))) > _MAX_ENTRIES:
        raise BrokenMapping(f"a mapping has at most {_MAX_ENTRIES:,} names and values")
    _check_columns(columns, ignored, layout)
    for column in of_column:
        _check_values(column, layout)
    return ColumnMapping(columns, {column: pairs for column, pairs in of_column.items() if pairs}, tuple(ignored))


def _texts(said: object, *keys: str, is_value: bool = False) -> dict[str, str]:
    """Return a table of texts; a number in quotes is meant where there is none."""
    if not isinstance(said, dict):
        raise BrokenMapping(f'{".".join(keys)} is a table, as {keys[-1]} = {{ "In your file" = "Meant" }}', *keys)
    for before, meant in said.items():
        path = (*keys, str(before))
        if not isinstance(before, str) or not isinstance(meant, str):
            raise BrokenMapping(f'what "{_shown(before)}" stands for is written in quotes', *path)
        if not before.strip() or not (is_value or fold_name(before)):
            raise BrokenMapping("a name or value of the file cannot be blank", *path)
        if max(len(before), len(meant)) > _MAX_CHARACTERS:
            raise BrokenMapping(f"a name or value has at most {_MAX_CHARACTERS} characters", *path)
        if not (before + meant).isprintable():
            raise BrokenMapping("a name or value is on one line, without invisible characters", *path)
    return {before.strip() if is_value else before: meant.strip() for before, meant in said.items()}


def _check_columns(columns: Mapping[str, str], ignored: Iterable[str], layout: Layout) -> None:
    own = layout.folded_names()
    seen: dict[str, str] = {}
    for name, column in columns.items():
        if column not in layout.columns:
            raise BrokenMapping(_no_column(column, layout), "columns", name)
        if own.get(fold_name(name), column) != column:
            raise BrokenMapping(
                f'"{_shown(name)}" is the column {own[fold_name(name)]} itself, so it cannot be {column}',
                "columns",
                name,
            )
        if seen.setdefault(fold_name(name), column) != column:
            raise BrokenMapping(f'"{_shown(name)}" is matched with two columns', "columns", name)
    for name in ignored:
        if len(name) > _MAX_CHARACTERS or not name.isprintable() or not fold_name(name):
            raise BrokenMapping("an ignored name is not blank, on one line and short", "ignored")
        if fold_name(name) in own or fold_name(name) in seen:
            raise BrokenMapping(f'"{_shown(name)}" is a column that is collected, so it cannot be ignored', "ignored")


def _check_values(column: str, layout: Layout) -> None:
    if column not in layout.columns:
        raise BrokenMapping(_no_column(column, layout), "values", column)
    if layout.columns[column].personal:
        raise BrokenMapping(f"{column} is about one student, so no value of it stands for another", "values", column)


def _no_column(name: str, layout: Layout) -> str:
    return f'there is no column "{_shown(name)}": the columns are {", ".join(layout.columns)}'


def _shown(text: object) -> str:
    said = str(text)
    return f"{said[:60]}…" if len(said) > 60 else said


def _refusal(message: str) -> Refusal:
    return Refusal(message, fix=_FORM[0].upper() + _FORM[1:], code="MAPPING")


def _with_line(name: str, text: str, said: str) -> str:
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    line = (found[1] if found else None) or str(max(1, len(text.splitlines())))
    return f"{name}, line {line}: this is no TOML: {said[: found.start()] if found else said}"


def _line_of(text: str, keys: Iterable[str]) -> int:
    """Return the number of the line with the last of the keys, each of which is looked for after the one before."""
    position = 0
    for key in keys:
        bare = re.escape(key)
        quoted = "|".join(
            re.escape(each) for each in {json.dumps(key), json.dumps(key, ensure_ascii=False), f"'{key}'"}
        )
        pattern = rf"(?m)^\s*\[[^\]\n]*(?:{quoted}|(?<![\w-]){bare})\s*\]|(?:{quoted}|(?<![\w-]){bare})\s*[=:.]"
        if found := re.compile(pattern).search(text, position):
            position = found.start() + len(found[0]) - len(found[0].lstrip())
    return text.count("\n", 0, position) + 1
