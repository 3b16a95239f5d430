"""The fix file: the rows that were not loaded, as the uploader sent them, each with what to fix."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tidegate.core.errors import NotFound
from tidegate.core.outputs.full_log import whole_rows
from tidegate.core.outputs.output import CSV, Access, Form, Output
from tidegate.core.outputs.spreadsheet import as_it_was, csv_chunks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from tidegate.core.layouts.layout import Layout
    from tidegate.core.outputs.source import Source
    from tidegate.core.rules.rule import Rule


class FixFile(Output):
    """The rows that were not loaded, in the file's own columns, with what to fix, as CSV."""

    name = "fix file"
    forms = (CSV,)
    order = 30
    permission = Access.DOWNLOAD_FILES  # it has the cells of the file as sent
    option_help = "Also write the rows that would not be loaded to this file, with what to fix"
    saved_as = "to-fix"

    def when(self, source: Source) -> NotFound | None:
        """Return why there is none: every row was loaded, or the file is certainly gone."""
        return None if source.has_rows_to_fix else _no_fix_file()

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Return the rows, read from the file as it was sent."""
        if not source.is_file_kept():
            raise _no_fix_file()
        return _pieces(source)


def _pieces(source: Source) -> Iterator[bytes]:
    with source.open_file() as path:
        for piece in fix_file(path, source.layout, source.findings_in_slices(), source.rules):
            yield piece.encode()


def _no_fix_file() -> NotFound:
    return NotFound("This upload has no fix file", fix="Every row was loaded, or we no longer keep the file")


def fix_file(
    path: Path, layout: Layout, findings: Iterable[pl.DataFrame], rules: Mapping[str, type[Rule]]
) -> Iterator[str]:
    """Yield the fix file of the file at `path` as CSV in pieces.

    Args:
        path: The file as it was sent.
        layout: The layout of the school year.
        findings: The findings in slices, in order; they are read as needed.
        rules: The rules by code, which say how to fix what was found.

    Yields:
        Pieces of CSV. The cells are in the uploader's own columns and order; `as_it_was` keeps each
        from changing in a spreadsheet.
    """
    from tidegate.core.reading.decoding import decode_stray_bytes, detect_encoding, lines_of
    from tidegate.core.reading.header import FIX_COLUMN, ROW_COLUMN, own_positions
    from tidegate.core.reading.preamble import find_preamble, take_head
    from tidegate.core.reading.records import split_records

    encoding = detect_encoding(path)
    lines = lines_of(path, encoding)
    head = take_head(lines)
    top = find_preamble(head, layout)
    if top is None or top.header.is_refused:
        return
    dropped = own_positions(top.names)  # those of an earlier fix file's two columns
    yield "\ufeff" + _line([*_without(dropped, top.names), ROW_COLUMN, FIX_COLUMN])
    to_fix = _to_fix(findings, rules)
    wanted = next(to_fix, None)
    rest = chain(head[top.line_count :], lines)
    for record in split_records(rest, top.delimiter, first_row=top.first_row):
        if wanted is None:
            return
        if record.row < wanted[0]:
            continue
        width = len(top.names)
        sent = [decode_stray_bytes(cell) for cell in record.cells] if encoding.is_mixed else record.cells
        cells = [*sent[:width], *[""] * (width - len(sent))]
        more = [as_it_was(cell) for cell in sent[width:]]
        own = [as_it_was(cell) for cell in _without(dropped, cells)]
        yield _line([*own, str(wanted[0]), wanted[1], *_without_blank_end(more)])
        wanted = next(to_fix, None)


def _without(dropped: Collection[int], cells: list[str]) -> list[str]:
    return [cell for position, cell in enumerate(cells) if position not in dropped]


def _without_blank_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _to_fix(findings: Iterable[pl.DataFrame], rules: Mapping[str, type[Rule]]) -> Iterator[tuple[int, str]]:
    """Yield each row that was not loaded, in order, with its errors in words."""
    import polars as pl

    is_error = (pl.col("severity") == "error") & (pl.col("row") > 1)
    for part in whole_rows(findings):
        grouped = part.filter(is_error).group_by("row", maintain_order=True)
        for (row,), errors in grouped:
            columns = errors.select("code", "message", "suggestions", "known").iter_rows()
            words = [_words(*each, rules) for each in columns]
            yield int(str(row)), " | ".join(words)


def _words(code: str, message: str, suggestions: str, known: str, rules: Mapping[str, type[Rule]]) -> str:
    """Return a finding in words: the message, the suggestions as a question, and how to fix it."""
    from tidegate.core.rules.cause import fix_in_words
    from tidegate.core.suggestions.suggestion import in_words

    fix = fix_in_words(code, known, rules)
    return " ".join(part for part in (f"{message}.", in_words(suggestions), fix) if part)


def _line(cells: list[str]) -> str:
    return next(csv_chunks([cells], line_end="\r\n"))
