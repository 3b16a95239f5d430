"""Finds a file's preamble: a `sep=` line, blank rows, titles, the header, and the delimiter."""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

import msgspec
from msgspec.structs import replace

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.reading.decoding import CutLine, decode_stray_bytes
from tidegate.core.reading.header import DELIMITERS, Header, drop_blank_end, match_header
from tidegate.core.reading.issue import ReadingIssue, quoted_list, show_row
from tidegate.core.reading.limits import MAX_COLUMNS
from tidegate.core.reading.moved_cells import cells_in_words, divided_number, moved_columns
from tidegate.core.reading.other_delimiter import name_other_delimiter
from tidegate.core.reading.records import NOTHING, Damage, Record, is_blank, split_records
from tidegate.core.reading.row_names import are_before_the_header, are_numbering, first_column, may_be_their_name

MAX_FOOTER_CELLS = 3
"""A row with more filled cells than this is no footer."""

_NOUN = r"(?:rows?|records?|lines?|students?|enrollments?|entries|items?)"
_FOOTER = re.compile(
    rf"""\(?[\d,]+\s{_NOUN}\b.*            # (120 rows affected), 120 rows selected.
    | (?:grand\s|sub-?\s?)?totals?\b.*     # Total: 120
    | (?:number\sof\s|total\s)?{_NOUN}(?:\scount|\sexported|\swritten)?\s*[:=]\s*[\d,]+  # Records: 120
    | count\s*[:=]?\s*[\d,]+
    | \W*(?:end\sof\s(?:file|report|data|export)|eof)\W*
    | (?:report\s)?(?:generated|printed|exported|created)\s(?:on|at|by)\b.*
    | page\s\d+(?:\sof\s\d+)?
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_RULE = re.compile(r"[-=_*]{2,}")


def is_footer(cells: Sequence[str]) -> bool:
    """Whether the row is a footer such as `Total: 120`: a few cells that begin with a word of
    footers. Or a line of dashes, which database programs draw below the header."""
    filled = [bare for cell in cells if (bare := cell.strip())]
    if filled and all(_RULE.fullmatch(cell) for cell in filled):
        return True
    return 0 < len(filled) <= MAX_FOOTER_CELLS and _FOOTER.fullmatch(" ".join(filled)) is not None


def is_header(cells: Sequence[str], folded_names: Sequence[str]) -> bool:
    """Whether the row repeats the header, whose names `fold_name` has folded."""
    if len(cells) < len(folded_names) or not folded_names or fold_name(cells[0]) != folded_names[0]:
        return False
    folded = [fold_name(cell) for cell in cells]
    return folded[: len(folded_names)] == list(folded_names) and not any(folded[len(folded_names) :])


_MAX_HEAD_LINES = 200
_MAX_HEAD_CHARACTERS = 2_000_000
_MAX_ROWS_ABOVE = 10
_SAMPLE_ROWS = 10
_NUMBERS_SHOWN = 2
_NO_VALUE = f'{NOTHING},;|"'
_SEPARATOR_LINE = re.compile(r'("?)sep=([^"])\1[,;|\t ]*[\r\n]*', re.IGNORECASE)


class Preamble(msgspec.Struct, frozen=True):
    """The header of a file and the form of the rows below it.

    `names` are the cells of the header. The rows begin with row `first_row`, after `line_count` lines, and `delimiter`
    separates their cells. `usual_count` is the usual number of cells in a row, blank ones at the end included: the
    header's number or, if every one of the first rows has more cells, theirs. With `has_row_names` the first cell of
    each row is its number (see `row_names.py`).
    """

    header: Header
    names: list[str]
    line_count: int
    first_row: int
    delimiter: str
    usual_count: int
    notices: tuple[ReadingIssue, ...] = ()
    has_row_names: bool = False


def take_head(lines: Iterator[str]) -> list[str]:
    """Take the first lines of a file, which have its preamble: down to the first line with a
    value, and some more unless they are very long."""
    head: list[str] = []
    more, room = 0, _MAX_HEAD_CHARACTERS
    for line in lines:
        head.append(line)
        more += 1 if more or line.strip(_NO_VALUE) else 0
        room -= len(line)
        if more > _MAX_HEAD_LINES or (more > 1 and room < 0):
            break
    return head


def find_preamble(lines: list[str], layout: Layout, others: Iterable[Layout] = ()) -> Preamble | None:
    """Return the preamble of the file with these first lines; None if all of them are blank.

    A line `sep=;` is an instruction to Excel, which does not show it: the row below it is row 1
    (decision 12). If another delimiter finds more of the columns, the instruction is ignored.
    """
    lines, misread_mark = without_misread_mark(lines)
    order = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    lines_before = 1 if order else 0
    body = lines[lines_before:]
    candidates = (order[2], *DELIMITERS) if order else DELIMITERS
    tops = [(delimiter, *_records_above(body, delimiter, layout)) for delimiter in candidates]
    delimiter, records, _ = max(tops, key=_score)
    if not records:
        return None
    header_record = records[-1]
    names = drop_blank_end(header_record.cells)
    line_count = lines_before + sum(record.line_count for record in records)
    line = lines[line_count - header_record.line_count]
    beyond = _count_beyond(header_record, line, delimiter)
    header = match_header(names, layout, others, row=header_record.row, beyond=beyond)
    notices = _notices(records)
    if misread_mark:
        notices = (ReadingIssue("FILE037", header_record.row, words={"letters": misread_mark}), *notices)
    top = Preamble(header, names, line_count, header_record.row + 1, delimiter, len(header_record.cells), notices)
    rows = lines[line_count:]
    if header.is_refused:
        return _with_named_row_names(top, rows, layout, others) or _with_other_delimiter(top, line, layout, others)
    top = _with_delimiter_of_rows(top, rows)
    return _with_row_names_before(top, rows, layout) or _with_least_count(top, rows, layout)


def _count_beyond(header: Record, line: str, delimiter: str) -> int:
    """Return the number of the header's cells that were not read, because its line is too long."""
    if header.damage is not Damage.LINE_TOO_LONG:
        return 0
    missing = line.rest.get(delimiter, 0) if isinstance(line, CutLine) else 0
    return line.count(delimiter) + 1 + missing - len(header.cells)


def _score(top: tuple[str, list[Record], int]) -> tuple[int, int]:
    """Rate what was read above the rows with one delimiter.

    Returns:
        How many columns of the layout were found, and how many cells the header has: more is better.
    """
    _, records, known = top
    return known, len(records[-1].cells) if records else 0


def _records_above(lines: list[str], delimiter: str, layout: Layout) -> tuple[list[Record], int]:
    """Find the header: the first row that is not blank, unless a row below it certainly is a header
    and the rows above cannot be data.

    Returns:
        The records down to the header, and the number of the layout's names in it.
    """
    known = layout.folded_names().keys()
    records: list[Record] = []
    first: tuple[list[Record], int] | None = None
    for found_record in split_records(lines, delimiter):
        record = found_record
        if not "".join(record.cells).isascii():
            record = record._replace(cells=[decode_stray_bytes(cell) for cell in record.cells])
        records.append(record)
        filled = [cell for cell in record.cells if cell.strip(_NO_VALUE)]
        if not filled:
            continue
        found = len({fold_name(cell) for cell in filled[:MAX_COLUMNS]} & known)
        if first is None:
            first = (list(records), found)
        is_header_for_certain = found * 2 > len(layout.columns)
        if is_header_for_certain:
            return records, found
        if _may_be_data(filled, layout) or len(records) > _MAX_ROWS_ABOVE:
            break
    return first or ([], 0)


def _may_be_data(filled: list[str], layout: Layout) -> bool:
    """Whether a row above the header may be a record: it has many cells, and an ID among them."""
    return len(filled) * 2 >= len(layout.columns) and any(re.fullmatch(r"\W*[0-9]+(\.0*)?\W*", cell) for cell in filled)


def _notices(records: list[Record]) -> tuple[ReadingIssue, ...]:
    """Return a notice for each row above the header that is not blank."""
    return tuple(
        ReadingIssue("FILE012", record.row, words={"text": show_row(record.cells)})
        for record in records[:-1]
        if not is_blank(record.cells)
    )


def _first_rows(top: Preamble, lines: list[str]) -> list[list[str]]:
    """Return the cells of the first rows that are neither blank nor footers."""
    records = islice(split_records(lines, top.delimiter), _SAMPLE_ROWS)
    whole = (record.cells for record in records if record.damage is not Damage.LINE_TOO_LONG)
    read = ([decode_stray_bytes(cell) for cell in cells] for cells in whole)
    return [cells for cells in read if not is_blank(cells) and not is_footer(cells)]


def _with_least_count(top: Preamble, lines: list[str], layout: Layout) -> Preamble:
    """Return the preamble with the smallest number of cells of the first rows, short rows aside.

    Further cells do not count if they are not blank in any row, or if a comma has divided a number in every row:
    something else has caused them.
    """
    whole = [cells for cells in _first_rows(top, lines) if len(cells) >= top.header.width]
    count = min(map(len, whole), default=0)
    if count <= top.usual_count or not any(is_blank(cells[top.header.width : count]) for cells in whole):
        return top
    positions, width = top.header.positions, top.header.width
    if all(divided_number(cells, positions, layout, width=width) for cells in whole):
        return top  # each row has the cell too many by the comma of its number (decision record 0060)
    too_many = next(cells for cells in whole if len(cells) == count)
    columns = moved_columns(too_many, positions, layout, width=width)
    words = {"cells": cells_in_words(count - width), "columns": columns}
    more = ReadingIssue("FILE029", top.first_row - 1, words=words)
    return replace(top, usual_count=count, notices=(*top.notices, more))


def _with_named_row_names(top: Preamble, lines: list[str], layout: Layout, others: Iterable[Layout]) -> Preamble | None:
    """Return the preamble of a file whose first column has no name of its own and numbers the rows.

    Args:
        top: The preamble without that column.
        lines: The first lines of the file.
        layout: The layout of the school year.
        others: The layouts of other file types.

    Returns:
        The preamble, None for any other file.
    """
    if not top.names or not may_be_their_name(top.names[0]):
        return None
    cells = [cells[0] for cells in _first_rows(top, lines)]
    header = match_header(top.names, layout, others, row=top.first_row - 1, has_row_names=True)
    if header.is_refused or not are_numbering(cells):
        return None
    notices = (*top.notices, _of_row_names(top, cells, name=top.names[0]))
    return replace(top, header=header, has_row_names=True, notices=notices)


def _with_row_names_before(top: Preamble, lines: list[str], layout: Layout) -> Preamble | None:
    """Return the preamble of a file whose rows have one cell more than the header, a number at
    their beginning, as R writes them; None for any other. Rows that a line break cuts in two do
    not count."""
    width = top.header.width
    first_rows = _first_rows(top, lines)
    rows = [cells for cells in first_rows if len(cells) == width + 1]
    is_for_some_rows_alone = any(len(cells) > width + 1 for cells in first_rows) or len(rows) * 2 < len(first_rows)
    if top.usual_count != width or not rows or is_for_some_rows_alone:
        return None
    cells = [cells[0] for cells in rows]
    if not are_numbering(cells) or not are_before_the_header(rows, layout, top.header.positions):
        return None
    positions = {name: position + 1 for name, position in top.header.positions.items()}
    header = replace(top.header, positions=positions, width=width + 1)
    notices = (*top.notices, _of_row_names(top, cells, name=""))
    return replace(
        top, header=header, names=["", *top.names], usual_count=width + 1, has_row_names=True, notices=notices
    )


def _of_row_names(top: Preamble, cells: list[str], *, name: str) -> ReadingIssue:
    numbers = ", ".join(cells[:_NUMBERS_SHOWN]) + (" \u2026" if len(cells) > _NUMBERS_SHOWN else "")
    return ReadingIssue("FILE035", top.first_row - 1, words={"which": first_column(name), "numbers": numbers})


def _with_other_delimiter(top: Preamble, line: str, layout: Layout, others: Iterable[Layout]) -> Preamble:
    """Return the preamble of a refused file, with an issue that names its delimiter if that is not
    read.

    Args:
        top: The preamble as it was found.
        line: The line of the header.
        layout: The layout of the school year.
        others: The layouts of other file types.
    """
    sign = name_other_delimiter(decode_stray_bytes(line), [layout, *others]) if _may_be_divided_otherwise(top) else ""
    if not sign:
        return top
    issue = ReadingIssue("FILE034", top.first_row - 1, words={"sign": sign})
    return replace(top, header=replace(top.header, issues=(issue,)))


def _may_be_divided_otherwise(top: Preamble) -> bool:
    """Whether the header is one cell, or has a blank one after each."""
    return len(top.names) == 1 or (len(top.names) > 1 and not any(map(fold_name, top.names[1::2])))


def _with_delimiter_of_rows(top: Preamble, lines: list[str]) -> Preamble:
    """Return the preamble with the delimiter of its first row, if that certainly differs from
    the header's."""
    first = next((line for line in lines if line.strip(_NO_VALUE)), None)
    if first is None or len(next(split_records([first], top.delimiter)).cells) > 1:
        return top
    for delimiter in DELIMITERS:
        if len(next(split_records([first], delimiter)).cells) == top.header.width > 1:
            words = {"header": _name(top.delimiter), "rows": _name(delimiter)}
            notice = ReadingIssue("FILE015", top.first_row - 1, words=words)
            return replace(top, delimiter=delimiter, notices=(*top.notices, notice))
    return top


def _name(delimiter: str) -> str:
    return quoted_list([{"\t": "tab"}.get(delimiter, delimiter)])


_MARK = "\ufeff"
_CODE_PAGES = ("cp1252", "latin-1", "cp1250", "cp1251", "cp850", "cp437", "mac_roman")
_MAX_MISREADINGS = 3


def _readings() -> set[str]:
    """Return the letters that a byte order mark of UTF-8 becomes if it is decoded wrongly, once
    or more."""
    readings = {codecs.BOM_UTF8.decode(code_page) for code_page in _CODE_PAGES}
    readings |= {mark.decode("latin-1") for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}
    for _ in range(_MAX_MISREADINGS - 1):
        readings |= {text.encode().decode("cp1252", "tidegate-c1") for text in readings}
    stray = {mark.decode("utf-8", "surrogateescape") for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}
    return readings | stray


@cache
def _at_front() -> re.Pattern[str]:
    readings = "|".join(map(re.escape, sorted(_readings(), key=len, reverse=True)))
    return re.compile(f'("?)((?:{_MARK}|{readings})+)', re.DOTALL)


def without_misread_mark(lines: list[str]) -> tuple[list[str], str]:
    """Remove a byte order mark that became letters.

    Returns:
        A file's first lines without it, and these letters; blank if there are none.
    """
    if not lines or lines[0][:2].isascii():  # no mark is read as a letter of ASCII; one may stand behind a quote
        return lines, ""
    found = _at_front().match(lines[0])
    if found is None or not (letters := found[2].replace(_MARK, "")):
        return lines, ""
    return [found[1] + lines[0][found.end() :], *lines[1:]], decode_stray_bytes(letters)
