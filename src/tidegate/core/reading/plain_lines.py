"""Plain lines: a pattern proves which lines of a chunk are plain, and Polars reads all of them at once.

A line is plain if it begins with digits, has as many cells as the header, and no double quote is
misplaced: every reader of CSV agrees on it.
"""

import codecs
import re
from typing import NamedTuple

import polars as pl

from tidegate.core.layouts.column_types import is_digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.limits import MAX_COLUMNS
from tidegate.core.reading.preamble import MAX_FOOTER_CELLS, Preamble
from tidegate.core.reading.records import MAX_LINE_CHARACTERS

_LINE = "line"
MAX_SHARE_ODD = 0.3
"""The share of lines that do not begin with digits, from which on a file may be one that begins with names."""

# What a plain cell can be made of, byte by byte in UTF-8.
_OF_CELLS = bytes(sign for sign in range(256) if sign not in b'\n"\x7f' and (sign >= ord(" ") or sign == ord("\t")))

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"


# If a chunk has none of these, nothing beyond ASCII and no control character, its cells are clean.
_UNTIDY = (b" ", b"\t", b"'", b"=", b"+", b"#", b"&", b"?", b"%", b"\\", b"_x")
_TIDY = bytes(sign for sign in range(ord("!"), 0x7F) if sign not in b"_".join(_UNTIDY))

NO_ROWS = pl.Series(dtype=pl.UInt32)
"""No row's number."""

Ends = str | list[str]
"""What ends the lines: the same for all, or one for each."""


def with_newlines(chunk: bytes) -> tuple[bytes, Ends]:
    """Make every line of the chunk end with LF.

    Returns:
        The chunk, and what ended the lines in the file.
    """
    if b"\r" not in chunk:  # looking for one is faster than counting them
        return chunk, "\n"
    returns, newlines, both = (chunk.count(end) for end in (b"\r", b"\n", b"\r\n"))
    content = chunk.replace(b"\r\n", b"\n") if both else chunk
    content = content.replace(b"\r", b"\n") if returns > both else content
    if returns == both == newlines:
        return content, "\r\n"
    if not newlines:
        return content, "\r"
    return content, [end.decode() for end in re.findall(rb"\r\n|\r|\n", chunk)]


def may_have_a_long_line(content: bytes) -> bool:
    """Whether a line may be longer than MAX_LINE_CHARACTERS: such a one has a whole stretch of
    half as many bytes."""
    half = MAX_LINE_CHARACTERS // 2
    return any(content.find(b"\n", at, at + half) < 0 for at in range(0, len(content) - half, half))


def is_clean(chunk: bytes, top: Preamble) -> bool:
    """Whether the cells of the plain lines of a chunk are certainly clean (see `untidy_rows`)."""
    between_cells = _between_cells(chunk, top)
    signs = (sign for sign in _UNTIDY if sign != between_cells)
    return chunk.isascii() and not any(sign[:1] in chunk and sign in chunk for sign in signs)


def _between_cells(chunk: bytes, top: Preamble) -> bytes:
    """Return the delimiter if it stands between cells only; blank if it may be within quotes, too."""
    return b"" if b'"' in chunk else top.delimiter.encode()


def untidy_rows(content: bytes, top: Preamble, first_row: int) -> pl.Series:
    """Return the numbers (UInt32, in order) of the rows with a cell that may not be clean.

    A clean cell has no blanks at its ends, no wrapping of a spreadsheet, no sign that spells letters, and no unreadable
    character.

    Args:
        content: Plain lines, each a row.
        top: The preamble of the file.
        first_row: The row number of the first line.
    """
    if is_clean(content, top):  # three times as fast
        return NO_ROWS
    signs = split_lines(content.translate(None, _TIDY + _between_cells(content, top)))
    return signs.to_frame().select((pl.first() != "").arg_true() + pl.lit(first_row, pl.UInt32)).to_series()


class WholeLines(NamedTuple):
    """Lines without quotes, each with as many cells as the header, and which of them begin with digits."""

    cells: pl.DataFrame
    begins_with_digits: pl.Series


def parse_if_whole(content: bytes, top: Preamble) -> WholeLines | None:
    """Return the cells if no line has a quote or control character, and each is as wide as the header; else None.

    A fast test: delete every ordinary cell character; what remains is exactly (width - 1) delimiters and a newline per
    line.
    """
    sign = top.delimiter.encode()
    # Polars removes a byte order mark from the front of a chunk, though it is data if the chunk is not the first.
    if top.usual_count != top.header.width or content.startswith(codecs.BOM_UTF8):
        return None
    left, line = content.translate(None, _OF_CELLS.replace(sign, b"")), sign * (top.header.width - 1) + b"\n"
    left += b"" if content.endswith(b"\n") else b"\n"
    count = len(left) // len(line)
    if left != line * count:
        return None
    cells = parse_content(content, top)
    if cells.height != count:
        return None
    return WholeLines(cells, cells.select(is_digits(pl.first())).to_series())


def split_lines(content: bytes) -> pl.Series:
    """Return the lines of a chunk."""
    # Polars removes a byte order mark from the front of a chunk, though it is data if the chunk is not
    # the first: so another line is put in front.
    if content.startswith(codecs.BOM_UTF8):
        return pl.read_lines(b"\n" + content, name=_LINE, glob=False)[_LINE].slice(1)
    return pl.read_lines(content, name=_LINE, glob=False)[_LINE]


def find_plain(lines: pl.Series, top: Preamble) -> pl.Series:
    """Return which lines are plain: a whole record, as wide as the header, and certainly data.

    A plain line begins with digits, which may be wrapped as a formula (="0123"). In a file whose rows begin with names
    it may instead have no quotes, some digits, and more filled cells than a footer. No plain line has a control
    character.
    """
    more = top.usual_count - top.header.width
    if more > MAX_COLUMNS:  # no record is so wide, and no pattern can count so far
        return pl.repeat(False, lines.len(), eager=True)
    sign, last = re.escape(top.delimiter), top.header.width - 1
    end = f"{sign}{{{more}}}$"  # blank cells at the end, if other rows have as many
    # A spreadsheet is made to keep zeros in front by ="0123": its quotes are part of the cell, as all readers have it.
    wrapped, number = (rf'|="[^"{sign}{_CONTROL}]*"', '|="[0-9]+"') if top.delimiter != "=" else ("", "")
    cell = rf'(?:"(?:[^"{_CONTROL}]|"")*"|[^"{sign}{_CONTROL}]*{wrapped})'
    is_plain = lines.str.contains(rf'^(?:"[0-9]+"|[0-9]+{number})(?:{sign}{cell}){{{last}}}{end}')
    if is_plain.sum() >= lines.len() * (1 - MAX_SHARE_ODD):
        return is_plain
    # Polars removes a byte order mark from the first line that it is given, even if that is data
    bare = rf'[^"{sign}{_CONTROL}]*'
    is_shaped = lines.str.contains(rf'^[^"{sign}{_CONTROL}\x{{FEFF}}]{bare}(?:{sign}{bare}){{{last}}}{end}')
    is_filled = lines.str.contains(rf"(?:[0-9A-Za-z][^{sign}]*{sign}.*){{{MAX_FOOTER_CELLS}}}[0-9A-Za-z]")
    is_plain |= is_shaped & is_filled & lines.str.contains(rf"{sign}[0-9]+(?:{sign}|$)")
    is_quoted = ~is_plain & lines.str.contains(r'^[^\x{FEFF}]*"')
    if is_quoted.any():
        is_quoted &= lines.str.contains(rf"^{cell}(?:{sign}{cell}){{{last}}}{end}")
    return (
        is_plain.scatter(is_quoted.arg_true(), _are_data(lines.filter(is_quoted), top)) if is_quoted.any() else is_plain
    )


def _are_data(lines: pl.Series, top: Preamble) -> pl.Series:
    """Return which lines with quotes, each as wide as the header, are certainly data: they have
    more filled cells than a footer, and digits after the first cell, which may be wrapped as a
    formula."""
    cells = parse_content(lines.str.join("\n").item().encode(), top)
    filled = pl.sum_horizontal(pl.all().str.contains("[0-9A-Za-z]"))
    has_digits = pl.any_horizontal(pl.all().exclude("0").str.contains('^(?:="[0-9]+"|[0-9]+)$'))
    return cells.select((filled > MAX_FOOTER_CELLS) & has_digits).to_series()


def parse(lines: pl.Series, top: Preamble) -> pl.DataFrame:
    """Return the cells of plain lines, under the layout's names."""
    return _named(parse_content(lines.str.join("\n").item().encode(), top), top)


def parse_content(content: bytes, top: Preamble) -> pl.DataFrame:
    """Return all cells of a text of plain lines."""
    cells = pl.read_csv(
        content,
        has_header=False,
        separator=top.delimiter,
        schema={str(position): pl.String for position in range(top.header.width)},
        empty_string_is_null=False,
        extra_columns="ignore",  # blank ones at the end
        missing_columns="raise",
        raise_if_empty=False,
        glob=False,
    )
    return cells.rechunk()  # whatever is done with a column in pieces takes longer


def numbered(cells: pl.DataFrame, top: Preamble, layout: Layout, first_row: int) -> pl.DataFrame:
    """Return the cells of lines that are all records as rows.

    Args:
        cells: All cells of each line.
        top: The preamble of the file.
        layout: The columns that are wanted.
        first_row: The row number of the first line.
    """
    return _named(cells, top).with_row_index("row", offset=first_row).select("row", *layout.columns)


def _named(cells: pl.DataFrame, top: Preamble) -> pl.DataFrame:
    wanted = {str(position): name for name, position in top.header.positions.items()}
    return cells.select(*wanted).rename(wanted)
