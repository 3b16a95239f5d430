"""The fix file: the rows that were not loaded, as the uploader sent them, each with what to fix."""

from __future__ import annotations

from itertools import tee
from typing import TYPE_CHECKING

from tidegate.core.errors import NotFound
from tidegate.core.outputs.full_log import whole_rows
from tidegate.core.outputs.output import CSV, Access, Form, Output
from tidegate.core.outputs.spreadsheet import as_it_was, csv_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from tidegate.core.errors import Refusal
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

    def when(self, source: Source) -> Refusal | None:
        """Return why there is none: there is no Result Log, every row was loaded, or the file is certainly gone."""
        return source.why_no_log() or (None if source.has_rows_to_fix else _no_fix_file())

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Return the rows, read from the file as it was sent."""
        if not source.is_file_kept():
            raise _no_fix_file()
        return _pieces(source)


def _pieces(source: Source) -> Iterator[bytes]:
    with source.open_file() as path:
        findings = source.findings_in_slices()
        for piece in fix_file(path, source.layout, findings, source.rules, file_name=source.file_name):
            yield piece.encode()


def _no_fix_file() -> NotFound:
    return NotFound(
        "This upload has no fix file",
        fix="Every row was loaded, or none could be read, or we no longer keep the file",
    )


def fix_file(
    path: Path, layout: Layout, findings: Iterable[pl.DataFrame], rules: Mapping[str, type[Rule]], *, file_name: str
) -> Iterator[str]:
    """Yield the fix file of the file at `path` as CSV in pieces.

    Args:
        path: The file as it was sent.
        layout: The layout of the school year.
        findings: The findings in slices, in order; they are read as needed.
        rules: The rules by code, which say how to fix what was found.
        file_name: The name that its sender gave the file.

    Yields:
        Pieces of CSV. The cells are in the uploader's own columns and order; `as_it_was` keeps each
        from changing in a spreadsheet.
    """
    from tidegate.core.reading.header import FIRST_FILE, FIRST_ROW, FIX_COLUMN, ROW_COLUMN
    from tidegate.core.reading.sent_rows import sent_file

    file = sent_file(path, layout)
    if file is None:
        return
    yield "\ufeff" + _line([*file.names, ROW_COLUMN, FIX_COLUMN, FIRST_FILE, FIRST_ROW])
    numbers, to_fix = tee(_to_fix(findings, rules))
    for sent, (row, words) in zip(file.rows(row for row, _ in numbers), to_fix, strict=False):
        own = [as_it_was(cell) for cell in sent.cells]
        first = map(as_it_was, sent.first or (file_name, str(row)))
        yield _line([*own, str(row), words, *first, *map(as_it_was, sent.more)])


def _to_fix(findings: Iterable[pl.DataFrame], rules: Mapping[str, type[Rule]]) -> Iterator[tuple[int, str]]:
    """Yield each row that was not loaded, in order, with its errors in words."""
    import polars as pl

    is_error = (pl.col("severity") == "error") & (pl.col("row") > 1)
    for part in whole_rows(findings):
        grouped = part.filter(is_error).group_by("row", maintain_order=True)
        for (row,), errors in grouped:
            columns = errors.select("code", "message", "suggestions", "known").iter_rows()
            words = [words_to_fix(code, message, asked, known, rules) for code, message, asked, known in columns]
            yield int(str(row)), " | ".join(words)


def words_to_fix(code: str, message: str, suggestions: str, known: str, rules: Mapping[str, type[Rule]]) -> str:
    """Return a finding in words: the message, the suggestions as a question, and how to fix it.

    Args:
        code: The code of its rule.
        message: The message.
        suggestions: The suggestions as `to_text` has them; blank if there are none.
        known: What is known that helps to fix it; blank if nothing is.
        rules: All rules by code.
    """
    from tidegate.core.rules.cause import fix_in_words
    from tidegate.core.suggestions.suggestion import suggestions_in_words

    fix = fix_in_words(code, known, rules)
    return " ".join(part for part in (f"{message}.", suggestions_in_words(suggestions, said=message), fix) if part)


def _line(cells: list[str]) -> str:
    return next(csv_chunks([cells], line_end="\r\n"))
