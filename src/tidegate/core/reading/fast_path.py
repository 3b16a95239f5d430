"""The fast path: a file that a cheap test proves plain is read by Polars; every other takes the exact path.

No fast engine reads every file right, but on a plain file there is nothing to get wrong: UTF-8, no quotes, one kind of
line end, no blank lines, and the same number of delimiters on every line. Both paths give the same rows; a property
test says so.
"""

from pathlib import Path

import polars as pl

from tidegate.core.reading.decoding import detect_encoding
from tidegate.core.reading.header import Header
from tidegate.core.reading.records import BLANKS

_CHUNK = 1 << 22


def read_plain(path: Path, delimiter: str, header: Header, names: list[str]) -> pl.DataFrame | None:
    """Return the rows below the header, `row` first and then every column of the file as text; None if not plain."""
    if detect_encoding(path)[0] not in ("utf-8", "utf-8-sig") or not _is_plain(path, delimiter, len(names)):
        return None
    columns = {str(place): pl.String for place in range(len(names))}
    try:
        rows = pl.read_csv(
            path,
            has_header=False,
            skip_lines=1,
            separator=delimiter,
            quote_char=None,
            schema=columns,
            empty_string_is_null=False,
            extra_columns="raise",
            glob=False,
        )
    except pl.exceptions.PolarsError:  # a line with too many columns, which another with too few has hidden so far
        return None
    if rows.is_empty():
        return None
    number = pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("row")
    wanted = {str(place): name for name, place in header.positions.items()}
    is_header = pl.all_horizontal(
        pl.col(str(place)).str.strip_chars() == name.strip() for place, name in enumerate(names)
    )
    if rows.select(is_header.any()).item():
        return None
    is_blank = pl.all_horizontal(pl.col(column).str.strip_chars(BLANKS) == "" for column in columns)
    return rows.with_columns(number).filter(~is_blank).select("row", *wanted).rename(wanted)


def _is_plain(path: Path, delimiter: str, width: int) -> bool:
    """Whether counting alone proves that every line has `width` columns, provided that none has more."""
    lines = delimiters = returns = windows_ends = 0
    before = last = b"\n"
    sign = delimiter.encode()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b'"' in chunk or b"\x00" in chunk or b"\n\n" in before + chunk or b"\n\r\n" in before + chunk:
                return False
            lines += chunk.count(b"\n")
            delimiters += chunk.count(sign)
            returns += chunk.count(b"\r")
            windows_ends += chunk.count(b"\r\n") + (before[-1:] == b"\r" and chunk[:1] == b"\n")
            before, last = chunk[-2:], chunk[-1:]
    has_one_end = returns == 0 or returns == windows_ends == lines
    lines += last != b"\n"
    return has_one_end and delimiters == lines * (width - 1)
