"""The fix file: the rows that were not loaded, as the uploader sent them, each with what to fix."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.outputs.full_log import whole_rows
from tidegate.core.reading.decoding import detect_encoding, lines_of, mend_stray_bytes
from tidegate.core.reading.header import FIX_COLUMN, ROW_COLUMN, own_positions
from tidegate.core.reading.preamble import Preamble, find_preamble, take_head
from tidegate.core.reading.records import BLANKS, split_records
from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import in_words

_SAFE = re.compile(
    r"""(?!true$|false$)        # a spreadsheet makes capitals of these
    (   0|[1-9][0-9]{0,10}       # a number that stays as it is written
    |   [0-9]{4}-[0-9]{2}-[0-9]{2}
    |   [^\W\d_]([^\d\r\n\t]*[^\d\s])?  # words without a number
    )?""",
    re.VERBOSE | re.IGNORECASE,
)
"""Cells that a spreadsheet gives back as it got them."""


_WRAPPED = re.compile(r'="(?:[^"]|"")*"')


def fix_file(
    path: Path, layout: Layout, findings: Iterable[pl.DataFrame], rules: Mapping[str, type[Rule]]
) -> Iterator[str]:
    """Yield the fix file of the file at `path` as CSV in pieces. `layout` is that of the year; `findings` come in
    slices, in order, and are read as needed.

    The cells stand in the uploader's own columns and order. One that a spreadsheet would change or run is wrapped like
    ="0123", which reading takes out again.
    """
    encoding = detect_encoding(path)
    lines = lines_of(path, encoding)
    head = take_head(lines)
    top = find_preamble(head, layout)
    if top is None or top.header.is_refused:
        return
    yield "\ufeff" + _line([*_own(top.names, top), ROW_COLUMN, FIX_COLUMN])
    to_fix = _to_fix(findings, rules)
    wanted = next(to_fix, None)
    for record in split_records(chain(head[top.line_count :], lines), top.delimiter, first_row=top.first_row):
        if wanted is None:
            return
        if record.row < wanted[0]:
            continue
        width = len(top.names)
        sent = [mend_stray_bytes(cell) for cell in record.cells] if encoding.is_mixed else record.cells
        cells = [*sent[:width], *[""] * (width - len(sent))]
        more = [as_a_spreadsheet_keeps(cell) for cell in sent[width:]]
        own = [as_a_spreadsheet_keeps(cell) for cell in _own(cells, top)]
        yield _line([*own, str(wanted[0]), wanted[1], *_without_blank_end(more)])
        wanted = next(to_fix, None)


def as_a_spreadsheet_keeps(cell: str) -> str:
    """Return the cell so that a spreadsheet opens and saves it unchanged. A cell that is wrapped already stays so,
    without the blanks around it, which mean nothing."""
    bare = cell.strip(BLANKS)
    if _WRAPPED.fullmatch(bare):
        return bare
    if _SAFE.fullmatch(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'="{doubled}"'


def _own(cells: list[str], top: Preamble) -> list[str]:
    """Return the cells without those of an earlier fix file's two columns."""
    dropped = own_positions(top.names)
    return [cell for place, cell in enumerate(cells) if place not in dropped]


def _without_blank_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _to_fix(findings: Iterable[pl.DataFrame], rules: Mapping[str, type[Rule]]) -> Iterator[tuple[int, str]]:
    """Yield each row that was not loaded, in order, with its errors in words."""
    is_error = (pl.col("severity") == "error") & (pl.col("row") > 1)
    for part in whole_rows(findings):
        grouped = part.filter(is_error).group_by("row", maintain_order=True)
        for (row,), errors in grouped:
            columns = errors.select("code", "message", "suggestions").iter_rows()
            words = [_words(code, message, suggestions, rules) for code, message, suggestions in columns]
            yield int(str(row)), " | ".join(words)


def _words(code: str, message: str, suggestions: str, rules: Mapping[str, type[Rule]]) -> str:
    fix = rules[code].how_to_fix if code in rules else ""
    return " ".join(part for part in (f"{message}.", in_words(suggestions), fix) if part)


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()
