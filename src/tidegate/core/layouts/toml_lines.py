"""Says what is wrong with a TOML file, with the line where it stands."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tidegate.core.errors import BrokenLayout

_ANY = "[...]"
_PATH = re.compile(r" - at `(?:key in )?\$\.?(.*?)`$")


class BrokenSetting(ValueError):
    """A setting that is of the right type and still cannot be; `keys` is its path, as `columns.SAUID`."""

    def __init__(self, message: str, keys: str = "") -> None:
        super().__init__(message)
        self.keys = keys


def read_utf8(path: Path) -> str:
    """Return what a file says. Raises BrokenLayout where it is not written in UTF-8."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BrokenLayout(f"{path}:{line}: the file is not written in UTF-8: save it again as UTF-8") from error


def with_line(path: Path, text: str, error: Exception, *, decode: Callable[[Any], object]) -> str:
    """Return an error as `<file>:<line>: <what is wrong>`.

    A decoder names the setting by its path (``- at `$.columns[...].of` ``), the TOML reader by its line. Where the file
    does not have the path, the table around it is named, or the first line.

    Args:
        path: The file.
        text: What it says.
        error: What is wrong with it.
        decode: Reads the parsed file; it is asked which entry of a table it does not take.
    """
    said = str(error)
    if found := re.search(r" \(at line (\d+), column \d+\)$", said):
        return f"{path}:{found[1]}: {said[: found.start()]}"
    if isinstance(error, BrokenSetting):
        return f"{path}:{_line_of(text, error.keys.split('.'))}: {said}"
    if found := _PATH.search(said):
        keys = _names(text, found[1], said, decode)
        return f"{path}:{_line_of(text, keys)}: {'.'.join(keys)}: {said[: found.start()]}"
    return f"{path}:1: {said}"


def _names(text: str, path: str, said: str, decode: Callable[[Any], object]) -> list[str]:
    """Return the keys of a path, with the name of the entry for each `[...]`: the entry that alone makes the decoder
    report the same error.

    Args:
        text: The text of the file.
        path: The path, as a decoder names it.
        said: What the decoder has said.
        decode: Reads the parsed file.
    """
    raw = tomllib.loads(text)
    keys: list[str] = []
    around: Any = raw
    for part in re.findall(r"\[\.\.\.\]|\[\d+\]|[^.\[]+", path):
        key: Any = int(part[1:-1]) if re.fullmatch(r"\[\d+\]", part) else part
        if part == _ANY and isinstance(around, dict):
            key = _entry(raw, around, said, decode)
        if isinstance(key, str):
            keys.append(key)
        try:
            around = around[key]
        except (KeyError, IndexError, TypeError):
            around = None
    return keys


def _entry(raw: Any, table: dict[str, Any], said: str, decode: Callable[[Any], object]) -> str:
    """Return the name of the entry that a decoder does not take: it says the same if the table has that entry alone.

    Args:
        raw: The parsed file.
        table: A table in it. Entries are taken out and put back.
        said: What the decoder has said.
        decode: Reads the parsed file.
    """
    entries = dict(table)
    try:
        for name, entry in entries.items():
            table.clear()
            table[name] = entry
            try:
                decode(raw)
            except ValueError as error:
                if str(error) == said:
                    return name
    finally:
        table.clear()
        table.update(entries)
    return next(iter(entries), "")


def _line_of(text: str, keys: list[str]) -> int:
    """Return the number of the line where a key stands; where the file does not have it, that of what is around it."""
    line_numbers: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            line_numbers.setdefault(table, number)
        elif key := re.match(r"\s*([\w.\"' -]+?)\s*=", line):
            line_numbers.setdefault((*table, *(part.strip("\"' ") for part in key[1].split("."))), number)
    whole = (line_numbers.get(tuple(keys[:length])) for length in range(len(keys), 0, -1))
    return next((number for number in whole if number is not None), 1)
