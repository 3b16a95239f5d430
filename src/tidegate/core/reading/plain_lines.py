"""Tells which lines of a file are plain, so that Polars reads them right, and lets it read them.

A line is plain that is a whole record, as wide as the header, and can be nothing but data.
"""

import codecs
import re

import polars as pl

from tidegate.core.layouts.column_types import is_digits
from tidegate.core.reading.preamble import MOST_FOOTER_CELLS, Preamble

_LINE = "line"
_MOST_ODD = 0.3
"""The share of lines that do not begin with digits, from which on a file may be one that begins with names."""

_OF_CELLS = bytes(sign for sign in range(256) if sign not in b'\n"\x7f' and (sign >= ord(" ") or sign == ord("\t")))
"""What a plain cell can be made of, byte by byte in UTF-8."""

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"


def parse_if_plain(content: bytes, top: Preamble) -> pl.DataFrame | None:
    """Return the cells where it is cheap to see that every line is plain (see `find_plain`), else None: what is left
    without the characters of which cells are made are the delimiters that each line has, and every first cell is a
    number."""
    sign = top.delimiter.encode()
    if top.usual_count != top.header.width or not content[:1].isdigit():
        return None
    left, line = content.translate(None, _OF_CELLS.replace(sign, b"")), sign * (top.header.width - 1) + b"\n"
    left += b"" if content.endswith(b"\n") else b"\n"
    count = len(left) // len(line)
    if left != line * count:
        return None
    cells = _parse_all(content, top)
    is_number = cells.select(is_digits(pl.first())).to_series()
    return _named(cells, top) if cells.height == count and is_number.all() else None


def lines_of(content: bytes) -> pl.Series:
    """Return the lines. Polars takes a byte order mark off the front of what it is given, wherever in the file that
    stood, so that it gets another line in front."""
    if content.startswith(codecs.BOM_UTF8):
        return pl.read_lines(b"\n" + content, name=_LINE, glob=False)[_LINE].slice(1)
    return pl.read_lines(content, name=_LINE, glob=False)[_LINE]


def find_plain(lines: pl.Series, top: Preamble) -> pl.Series:
    """Return which lines are a whole record, as wide as the header, and can be nothing but data: they begin with digits
    or, in a file that begins with names, hold no quotes, some digits and more filled cells than a footer has. None has
    a control character."""
    sign, last = re.escape(top.delimiter), top.header.width - 1
    end = f"{sign}{{{top.usual_count - top.header.width}}}$"  # so many blank cells as other rows have, too
    cell = rf'(?:"(?:[^"{_CONTROL}]|"")*"|[^"{sign}{_CONTROL}]*)'
    is_plain = lines.str.contains(rf'^(?:"[0-9]+"|[0-9]+)(?:{sign}{cell}){{{last}}}{end}')
    if is_plain.sum() >= lines.len() * (1 - _MOST_ODD):
        return is_plain
    # Polars takes a byte order mark off the first line that it is given, wherever that stood in the file
    bare = rf'[^"{sign}{_CONTROL}]*'
    is_shaped = lines.str.contains(rf'^[^"{sign}{_CONTROL}\x{{FEFF}}]{bare}(?:{sign}{bare}){{{last}}}{end}')
    is_filled = lines.str.contains(rf"(?:[0-9A-Za-z][^{sign}]*{sign}.*){{{MOST_FOOTER_CELLS}}}[0-9A-Za-z]")
    is_plain |= is_shaped & is_filled & lines.str.contains(rf"{sign}[0-9]+(?:{sign}|$)")
    is_quoted = (
        ~is_plain
        & lines.str.contains(r'^[^\x{FEFF}]*"')
        & lines.str.contains(rf"^{cell}(?:{sign}{cell}){{{last}}}{end}")
    )
    return (
        is_plain.scatter(is_quoted.arg_true(), _are_data(lines.filter(is_quoted), top)) if is_quoted.any() else is_plain
    )


def _are_data(lines: pl.Series, top: Preamble) -> pl.Series:
    """Return which lines with quotes, each as wide as the header, can be nothing but data: they have more filled cells
    than a footer, and beside the first one some digits, which may be wrapped as a spreadsheet's formula."""
    cells = _parse_all(lines.str.join("\n").item().encode(), top)
    filled = pl.sum_horizontal(pl.all().str.contains("[0-9A-Za-z]"))
    has_digits = pl.any_horizontal(pl.all().exclude("0").str.contains('^(?:="[0-9]+"|[0-9]+)$'))
    return cells.select((filled > MOST_FOOTER_CELLS) & has_digits).to_series()


def parse(lines: pl.Series, top: Preamble) -> pl.DataFrame:
    """Return the cells of plain lines, under the layout's names."""
    return parse_content(lines.str.join("\n").item().encode(), top)


def parse_content(content: bytes, top: Preamble) -> pl.DataFrame:
    """Return the cells of a text of plain lines, under the layout's names."""
    return _named(_parse_all(content, top), top)


def _parse_all(content: bytes, top: Preamble) -> pl.DataFrame:
    return pl.read_csv(
        content,
        has_header=False,
        separator=top.delimiter,
        schema={str(place): pl.String for place in range(top.header.width)},
        empty_string_is_null=False,
        extra_columns="ignore",  # blank ones at the end
        missing_columns="raise",
        raise_if_empty=False,
        glob=False,
    )


def _named(cells: pl.DataFrame, top: Preamble) -> pl.DataFrame:
    wanted = {str(place): name for name, place in top.header.positions.items()}
    return cells.select(*wanted).rename(wanted)
