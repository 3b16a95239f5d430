"""Finds the top of a file: a `sep=` line, blank rows and titles above the header, the header, and the delimiters."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.reading.decoding import mend_stray_bytes
from tidegate.core.reading.fault import Fault, quoted_list, show_row
from tidegate.core.reading.header import DELIMITERS, Header, drop_blank_end, match_header
from tidegate.core.reading.records import NOTHING, Record, is_blank, split_records

_MOST_LINES = 200
_MOST_ROWS_ABOVE = 10
_ROWS_LOOKED_AT = 10
_NO_VALUE = f'{NOTHING},;|"'
_SEPARATOR_LINE = re.compile(r'("?)sep=([^"])\1[,;|\t ]*[\r\n]*', re.IGNORECASE)


@dataclass(frozen=True)
class Top:
    """The header of a file, `names` being its cells. Its rows begin `line_count` lines into the file with the row
    `first_row`, and are divided by `delimiter`. `usual_count` says how many cells rows have, blank ones at the end
    included: as many as the header or, where all of the first rows have more, as many as these."""

    header: Header
    names: list[str]
    line_count: int
    first_row: int
    delimiter: str
    usual_count: int
    notices: tuple[Fault, ...] = ()


def take_head(lines: Iterator[str]) -> list[str]:
    """Take the lines in which the top of a file must stand: those down to the first with a value, and some more."""
    head = []
    for line in lines:
        head.append(line)
        if line.strip(_NO_VALUE):
            break
    return head + list(islice(lines, _MOST_LINES))


def find_top(lines: list[str], layout: Layout, others: Iterable[Layout] = ()) -> Top | None:
    """Return the top of the file whose first lines these are; None where nothing stands in any of them.

    A line `sep=;` is an order to Excel, which does not show it: the row below it is row 1 (decision 12). Where another
    delimiter brings out more of the columns, the order was wrong.
    """
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
    header = match_header(names, layout, others, row=header_record.row)
    line_count = lines_before + sum(record.line_count for record in records)
    count = len(header_record.cells)
    top = Top(header, names, line_count, header_record.row + 1, delimiter, count, _notices(records))
    if header.is_refused:
        return top
    top = _with_delimiter_of_rows(top, lines[line_count:])
    of_rows = _least_count(top, lines[line_count:])
    if of_rows <= count:
        return top
    more = Fault("FILE029", header_record.row, words={"count": str(of_rows), "width": str(header.width)})
    return replace(top, usual_count=of_rows, notices=(*top.notices, more))


def _score(top: tuple[str, list[Record], int]) -> tuple[int, int]:
    _, records, known = top
    return known, len(records[-1].cells) if records else 0


def _records_above(lines: list[str], delimiter: str, layout: Layout) -> tuple[list[Record], int]:
    """Return the records down to the header's own, and how many of the layout's names stand in that. The header is the
    first row that is not blank, unless a row below is one for certain and those above cannot be data."""
    known = {fold_name(name) for column in layout.columns.values() for name in (column.name, *column.aliases)}
    records: list[Record] = []
    first: tuple[list[Record], int] | None = None
    for found_record in split_records(lines, delimiter):
        record = found_record._replace(cells=[mend_stray_bytes(cell) for cell in found_record.cells])
        records.append(record)
        filled = [cell for cell in record.cells if cell.strip(_NO_VALUE)]
        if not filled:
            continue
        found = len({fold_name(cell) for cell in filled} & known)
        if first is None:
            first = (list(records), found)
        is_header_for_certain = found * 2 > len(layout.columns)
        if is_header_for_certain:
            return records, found
        if _may_be_data(filled, layout) or len(records) > _MOST_ROWS_ABOVE:
            break
    return first or ([], 0)


def _may_be_data(filled: list[str], layout: Layout) -> bool:
    """Whether a row above the header may be a record: many cells, and an ID among them."""
    return len(filled) * 2 >= len(layout.columns) and any(re.fullmatch(r"\W*[0-9]+(\.0*)?\W*", cell) for cell in filled)


def _notices(records: list[Record]) -> tuple[Fault, ...]:
    """Return a notice for each row above the header that is not blank."""
    return tuple(
        Fault("FILE012", record.row, words={"text": show_row(record.cells)})
        for record in records[:-1]
        if not is_blank(record.cells)
    )


def _least_count(top: Top, lines: list[str]) -> int:
    """Return how many cells each of the first rows has at least, short ones aside."""
    records = islice(split_records(lines, top.delimiter), _ROWS_LOOKED_AT)
    whole = (len(record.cells) for record in records if not is_blank(record.cells))
    return min((count for count in whole if count >= top.header.width), default=0)


def _with_delimiter_of_rows(top: Top, lines: list[str]) -> Top:
    """Return the top with the delimiter of its first row, where that is another than the header's for certain."""
    first = next((line for line in lines if line.strip(_NO_VALUE)), None)
    if first is None or len(next(split_records([first], top.delimiter)).cells) > 1:
        return top
    for delimiter in DELIMITERS:
        if len(next(split_records([first], delimiter)).cells) == top.header.width > 1:
            words = {"header": _name(top.delimiter), "rows": _name(delimiter)}
            notice = Fault("FILE015", top.first_row - 1, words=words)
            return replace(top, delimiter=delimiter, notices=(*top.notices, notice))
    return top


def _name(delimiter: str) -> str:
    return quoted_list([{"\t": "tab"}.get(delimiter, delimiter)])
