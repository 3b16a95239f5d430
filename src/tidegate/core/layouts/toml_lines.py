"""Finds the line of a TOML file that a decoder's error is about."""

import re
from pathlib import Path


def with_line(path: Path, text: str, error: str) -> str:
    """Return an error as `<file>:<line>: <what is wrong>`, without a line where the error does not tell one.

    A decoder names the place by its keys (``- at `$.columns[...].of` ``), the TOML reader by its line.
    """
    if found := re.search(r"\(at line (\d+), column \d+\)", error):
        return f"{path}:{found[1]}: {error}"
    if found := re.search(r" - at `\$\.?(.*?)`", error):
        line = line_of(text, found[1])
        return f"{path}:{line}: {error}" if line else f"{path}: {error}"
    return f"{path}: {error}"


def line_of(text: str, keys: str) -> int | None:
    """Return the number of the line where the table or key `keys` (`student_numbers.min_digits`) stands; where it
    does not stand in the file itself, that of the table around it; None where there is none."""
    wanted = [part for part in re.split(r"\.|\[[^\]]*\]", keys) if part]
    places: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            places.setdefault(table, number)
        elif key := re.match(r"\s*([\w\"'-]+)\s*=", line):
            places.setdefault((*table, key[1].strip("\"'")), number)
    for length in range(len(wanted), 0, -1):
        if (found := places.get(tuple(wanted[:length]))) is not None:
            return found
    return None
