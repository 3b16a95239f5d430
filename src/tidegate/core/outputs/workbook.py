"""A table as an XLSX file, sent in pieces as they come: every text is text, none is a formula.

xlsxwriter makes the workbook around the rows: styles, widths, headers, filters. The rows themselves
are written here. That takes a third of the time, since all rows have the same columns and styles.
And xlsxwriter would write all rows to the disk, twice and unencrypted, before the first byte can be
sent.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from tidegate.core.outputs.spreadsheet import column_letters

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS_PER_SHEET = 1_048_575
"""Number of lines below the header of a worksheet; further lines go to further worksheets."""

# The numbers of the two formats in the workbook: xlsxwriter counts them as they are used.
_TEXT_STYLE, _WRAPPED_STYLE = 1, 2
_US_LETTER = 1  # what xlsxwriter calls the paper
_LINE_POINTS, _MAX_ROW_POINTS = 15.0, 409.0
# How much of a line is used, the other way round: lines end between words.
_CELL_FILL = 1.1
_END_OF_ROWS = b"</sheetData>"
_ROWS_PER_PIECE = 2_000
# That many rows are certainly less than 2 GB of XML; more need the longer size fields of ZIP64.
_MAX_ROWS_BELOW_2_GB = 300_000
_MAX_CELL_UTF16_UNITS = 32_767
_UNUSUAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
Line = tuple[int | Decimal | str, ...]


class Table(NamedTuple):
    """The look of a worksheet: its title, its header, the widths of its columns, and the
    positions of columns with wrapped texts."""

    title: str
    header: tuple[str, ...]
    widths: tuple[int, ...]
    wrapped: frozenset[int] = frozenset()

    @property
    def cells(self) -> list[tuple[str, int]]:
        """The letters and the style of each column."""
        return [
            (column_letters(at), _WRAPPED_STYLE if at in self.wrapped else _TEXT_STYLE)
            for at in range(len(self.header))
        ]


class TableRows(NamedTuple):
    """A worksheet with few rows."""

    table: Table
    lines: Sequence[Line]


class _WorkbookPart(NamedTuple):
    """A part of the workbook made by xlsxwriter. Of a worksheet: the bytes before and after its
    rows."""

    name: str
    before: bytes
    after: bytes = b""

    @property
    def is_sheet(self) -> bool:
        return bool(self.after)


def xlsx_chunks(
    table: Table,
    lines: Iterable[Line],
    *,
    line_count: int,
    max_rows_per_sheet: int = MAX_ROWS_PER_SHEET,
    first: TableRows | None = None,
) -> Iterator[bytes]:
    """Yield the table as an XLSX file in pieces, which can be sent at once: none is kept in memory.

    Args:
        table: The look of each worksheet.
        lines: The rows, read as needed. Whole and decimal numbers are numbers, everything else is text.
        line_count: How many lines there will be.
        max_rows_per_sheet: After this many lines another worksheet begins.
        first: A worksheet before these, with few rows.
    """
    pieces = _Pieces()
    rest = iter(lines)
    left = line_count
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as book:
        for part in _workbook_around(table, line_count, max_rows_per_sheet, first):
            row_count = min(left, max_rows_per_sheet) if part.is_sheet else 0
            left -= row_count
            with book.open(part.name, "w", force_zip64=row_count > _MAX_ROWS_BELOW_2_GB) as member:
                member.write(part.before)
                if part.is_sheet:
                    for rows in _in_parts(table, islice(rest, row_count) if left else rest):
                        member.write(rows)
                        if piece := pieces.taken():  # the compression keeps some back
                            yield piece
                member.write(part.after)
    yield pieces.taken()


def _in_parts(table: Table, lines: Iterator[Line]) -> Iterator[bytes]:
    """Yield some thousand rows at once as XML; row 1 is the header."""
    number, columns = 2, table.cells
    while some := list(islice(lines, _ROWS_PER_PIECE)):
        rows = (_row(number + at, line, columns, row_height(table, line)) for at, line in enumerate(some))
        yield "".join(rows).encode()
        number += len(some)


class _Pieces(io.RawIOBase):
    """Collects what is written until it is taken; it cannot seek back, like a network
    connection."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, piece: Any) -> int:
        """Keep a piece until it is taken."""
        self._written += piece
        return len(piece)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._written = bytes(self._written), bytearray()
        return taken


def _workbook_around(
    table: Table, line_count: int, max_rows_per_sheet: int, first: TableRows | None
) -> list[_WorkbookPart]:
    """Return the parts of a workbook without rows: as many worksheets as the lines need, each with its header.

    Args:
        table: The table whose rows are written later.
        line_count: How many rows it will have.
        max_rows_per_sheet: Rows beyond these go to further worksheets.
        first: The worksheet before them, which has its rows; None for none.
    """
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        text = book.add_format({"num_format": "@", "valign": "top"})
        wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        head = book.add_format(
            {"bold": True, "bg_color": "#1f3a5f", "font_color": "#ffffff", "valign": "top", "text_wrap": True}
        )
        formats = [wrapped if at in table.wrapped else text for at in range(len(table.header))]
        if first is not None:
            _add_filled_sheet(book, first, (head, text, wrapped))
        for number, begin in enumerate(range(0, max(line_count, 1), max_rows_per_sheet), 1):
            sheet_row_count = max(0, min(max_rows_per_sheet, line_count - begin))
            title = table.title if number == 1 else f"{table.title} {number}"
            _add_sheet(book, table._replace(title=title), (head, formats), row_count=sheet_row_count)
    filled = "xl/worksheets/sheet1.xml" if first is not None else ""
    with zipfile.ZipFile(made) as whole:
        parts = [(name, whole.read(name)) for name in whole.namelist()]
    return [_WorkbookPart(name, content) if name == filled else _cut(name, content) for name, content in parts]


def _add_filled_sheet(book: Workbook, sheet: TableRows, styles: tuple[Format, Format, Format]) -> None:
    """Add a worksheet with its rows. Its first column is not wrapped, or the formats would get other numbers."""
    head, text, wrapped = styles
    table = sheet.table
    formats = [wrapped if at in table.wrapped else text for at in range(len(table.header))]
    made = _add_sheet(book, table, (head, formats), row_count=len(sheet.lines))
    for number, line in enumerate(sheet.lines, 1):
        if height := row_height(table, line):
            made.set_row(number, height)
        for at, cell in enumerate(line):
            if not isinstance(cell, str):
                made.write_number(number, at, cell, formats[at])
            elif cell:
                made.write_string(number, at, cell[: _MAX_CELL_UTF16_UNITS // 2], formats[at])


def _add_sheet(book: Workbook, table: Table, styles: tuple[Format, list[Format]], *, row_count: int) -> Worksheet:
    """Add a worksheet with its header and room for rows.

    Args:
        book: The workbook.
        table: The title, the header and the widths.
        styles: The format of the header, and those of the columns.
        row_count: How many rows will be written.
    """
    head, formats = styles
    sheet = book.add_worksheet(table.title)
    for at, (width, cell_format) in enumerate(zip(table.widths, formats, strict=True)):
        sheet.set_column(at, at, width, cell_format)
    for at, name in enumerate(table.header):
        sheet.write_string(0, at, name, head)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row_count, len(table.header) - 1)
    sheet.set_landscape()
    sheet.set_paper(_US_LETTER)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.dim_rowmax = row_count  # the rows are written later, and readers believe the size that the sheet says
    return sheet


def _cut(name: str, content: bytes) -> _WorkbookPart:
    before, end, after = content.partition(_END_OF_ROWS)
    return _WorkbookPart(name, before, end + after)


def row_height(table: Table, line: Line) -> float:
    """Return the height in points that the wrapped texts of a row need, 0 for a row of one line. Excel and LibreOffice
    do not reckon it for a row that another program has written."""
    line_count = 1
    for at in table.wrapped:
        text = str(line[at])
        if len(text) > table.widths[at] or "\n" in text:
            parts = text.split("\n")
            needed = sum(1 + int(_CELL_FILL * len(part) / table.widths[at]) for part in parts)
            line_count = max(line_count, needed)
    return min(line_count * _LINE_POINTS, _MAX_ROW_POINTS) if line_count > 1 else 0


def _row(number: int, line: Line, columns: list[tuple[str, int]], height: float) -> str:
    """Return a row as XML.

    Args:
        number: Its number in the worksheet, from 1.
        line: Its cells.
        columns: The letters and the style of each cell.
        height: Its height in points; 0 for that of one line.
    """
    cells = [
        f'<c r="{letters}{number}" s="{style}" t="inlineStr"><is>{_text(cell)}</is></c>'
        if isinstance(cell, str)
        else f'<c r="{letters}{number}" s="{style}"><v>{cell}</v></c>'
        for (letters, style), cell in zip(columns, line, strict=True)
        if cell != ""
    ]
    tall = f' ht="{height:g}" customHeight="1"' if height else ""
    return f'<row r="{number}"{tall}>{"".join(cells)}</row>'


def _text(cell: str) -> str:
    """Return the text as XML. A character that XML cannot have is written like `_x000B_`, as
    Excel does; a text that already looks like that is escaped."""
    if len(cell) > _MAX_CELL_UTF16_UNITS // 2:
        cell = cell.encode("utf-16-le")[: 2 * _MAX_CELL_UTF16_UNITS].decode("utf-16-le", "ignore")
    if not _UNUSUAL.search(cell):
        return f"<t>{cell}</t>"
    shown = _LOOKS_ESCAPED.sub("_x005F_", cell)
    shown = _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", shown)
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<t xml:space="preserve">{shown}</t>'
