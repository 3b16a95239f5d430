"""The full log as an XLSX file: every text cell is text, none is a formula, and its size needs no memory."""

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tidegate.core.results.full_log import HEADER

MOST_ROWS = 1_048_575
"""The lines that a worksheet holds below its header; further ones go to further worksheets."""

_WIDTHS = (8, 8, 14, 60, 70, 18, 18, 28, 10, 18, 26, 10, 12)
_WRAPPED = {3, 4, 7}


def write_full_log_xlsx(lines: Iterable[tuple[int | str, ...]], path: Path, *, most_rows: int = MOST_ROWS) -> None:
    """Write the full log to `path`."""
    as_they_are = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, **as_they_are}) as book:
        text = book.add_format({"num_format": "@", "valign": "top"})
        wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        head = book.add_format({"bold": True, "bg_color": "#1f3a5f", "font_color": "#ffffff", "valign": "top"})
        formats = [wrapped if place in _WRAPPED else text for place in range(len(HEADER))]
        sheet: Worksheet | None = None
        for count, line in enumerate(lines):
            row = count % most_rows
            if sheet is None or row == 0:
                sheet = _add_sheet(book, head, formats)
            _write_line(sheet, row + 1, line, formats)
        if sheet is None:
            _add_sheet(book, head, formats)


def _add_sheet(book: xlsxwriter.Workbook, head: Format, formats: list[Format]) -> Worksheet:
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet("Findings" if number == 1 else f"Findings {number}")
    for place, (width, cell_format) in enumerate(zip(_WIDTHS, formats, strict=True)):
        sheet.set_column(place, place, width, cell_format)
    for place, name in enumerate(HEADER):
        sheet.write_string(0, place, name, head)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, len(HEADER) - 1)
    return sheet


def _write_line(sheet: Worksheet, row: int, line: tuple[int | str, ...], formats: list[Format]) -> None:
    for place, cell in enumerate(line):
        if isinstance(cell, int):
            sheet.write_number(row, place, cell)
        elif cell:
            sheet.write_string(row, place, cell, formats[place])
