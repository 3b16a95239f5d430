"""The fast path: Polars reads all lines that a pattern proves plain, at once.

A line is plain if it begins with digits, has as many cells as the header, and no double quote is
misplaced: every reader of CSV agrees on it. The other lines (blank rows, short rows, footers,
quoted line breaks, broken quotes) are read as the exact path reads them. Both paths give the same
rows and issues; a property test compares them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.align import MAX_EXAMPLES, OddLines, Row, RowAligner
from tidegate.core.reading.broken_quotes import fit_broken
from tidegate.core.reading.decoding import STRAY_MARK, Chunks, without_marks
from tidegate.core.reading.issue import issues_of
from tidegate.core.reading.odd_chunk import (
    JOINED,
    Ends,
    OddChunk,
    OpenQuotes,
    SpacedQuotes,
    find_plain,
    lines_of,
    parse,
    parse_content,
    parse_if_plain,
)
from tidegate.core.reading.preamble import Preamble
from tidegate.core.reading.records import MAX_LINE_CHARACTERS, QuotedRecords, Record

# If a chunk has none of these, nothing beyond ASCII and no control character, its cells are clean.
_UNTIDY = (b" ", b"\t", b"'", b"=", b"+", b"#", b"&", b"?", b"%", b"\\", b"_x")


_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f]"


@dataclass(frozen=True)
class FastRead:
    """Rows of the file, in order, and their issues, shaped as ISSUES. `is_clean` is that of
    `Slice`."""

    rows: pl.DataFrame
    is_clean: bool
    issues: pl.DataFrame = field(default_factory=issues_of)


def read_fast(chunks: Chunks, top: Preamble, layout: Layout, aligner: RowAligner) -> Iterator[FastRead]:
    """Yield the rows of each chunk.

    Args:
        chunks: The file below its header.
        top: The preamble of the file.
        layout: The layout of the school year.
        aligner: Aligns lines that are not plain, and notes what is odd about rows.
    """
    quoted = QuotedRecords(top.delimiter)
    odd_lines = OddLines(top.delimiter, aligner)
    open_quotes, spaced_quotes = OpenQuotes(top.delimiter), SpacedQuotes(top)
    aligner.repair = without_marks
    first_row = top.first_row
    signs = [sign for sign in _UNTIDY if sign != top.delimiter.encode()]
    for chunk in chunks:
        is_clean = chunk.isascii() and not any(sign[:1] in chunk and sign in chunk for sign in signs)
        content, ends = _with_newlines(chunk)
        may_be_long = _may_have_a_long_line(content)
        whole = None if may_be_long else parse_if_plain(content, top)
        if whole is None:
            lines = lines_of(content)
            is_plain = find_plain(lines, top)
            if may_be_long:
                is_plain = is_plain & (lines.str.len_chars() <= MAX_LINE_CHARACTERS)
            whole = parse_content(content, top) if is_plain.all() else None
        if whole is not None:
            rows = whole.with_row_index("row", offset=first_row).select("row", *layout.columns)
            yield FastRead(_without_marks(rows, aligner), is_clean)
            first_row += whole.height
            continue
        odd = OddChunk(lines, ends, quoted, open_quotes, first_row=first_row, is_last=chunks.is_last)
        read, count = _read_odd(odd, is_plain, chunks, top, odd_lines, spaced_quotes)
        yield FastRead(_without_marks(read.rows, aligner), is_clean and read.is_clean, read.issues)
        first_row += count


def _without_marks(rows: pl.DataFrame, aligner: RowAligner) -> pl.DataFrame:
    """Return the rows without the marks of stray bytes, and count the cells that have some."""
    if not aligner.is_mixed:
        return rows
    texts = pl.col(pl.String)
    counts = rows.select(texts.str.contains(STRAY_MARK, literal=True).sum()).row(0, named=True)
    aligner.stray.update({position: counts[name] for position, name in aligner.names.items() if counts.get(name)})
    if not any(counts.values()):
        return rows
    bare = rows.with_columns(texts.str.replace_all(STRAY_MARK, "", literal=True))
    for position, name in aligner.names.items():
        if counts.get(name):
            has_stray = rows[name].str.contains(STRAY_MARK, literal=True)
            aligner.note_stray(position, bare[name].filter(has_stray).head(MAX_EXAMPLES))
    return bare


def _read_odd(
    odd: OddChunk, is_plain: pl.Series, chunks: Chunks, top: Preamble, odd_lines: OddLines, spaced_quotes: SpacedQuotes
) -> tuple[FastRead, int]:
    """Read a chunk some of whose lines are not plain.

    Returns:
        What was read, and the number of rows, blank ones included.
    """
    aligner = odd_lines.aligner
    bare = spaced_quotes.find(odd.lines, odd.is_quoted & ~is_plain)
    is_plain = is_plain | bare.is_not_null()
    one_by_one = [row for record in odd.records(is_plain) if (row := aligner.fit(record)) is not None]
    joined = _read_joined(odd, top, aligner, one_by_one)
    if odd.cut is not None:
        chunks.give_back(odd.spell(odd.cut))
    lines, is_plain, bare, codes = (
        each if odd.cut is None else each.head(odd.cut) for each in (odd.lines, is_plain, bare, odd.codes())
    )
    begins_row = pl.repeat(True, lines.len(), eager=True).scatter(odd.continued, False)
    number = (begins_row.cum_sum() + (odd.first_row - 1)).cast(pl.UInt32).alias("row")
    is_plain, is_broken = is_plain & begins_row, codes.is_not_null() & begins_row
    spaced_quotes.count(lines.filter(is_plain & bare.is_not_null()), aligner)
    plain_lines = bare.zip_with(bare.is_not_null(), lines).filter(is_plain)
    plain = _named(parse(plain_lines, top), number.filter(is_plain), aligner)
    is_loose = begins_row & ~is_plain & ~odd.is_quoted.head(lines.len())
    loose, of_loose = _fit_loose(lines.filter(is_loose), number.filter(is_loose), odd_lines, one_by_one)
    of_broken_lines = (each.filter(is_broken) for each in (lines, number, codes))
    broken, of_broken = fit_broken(*of_broken_lines, delimiter=top.delimiter, aligner=aligner)
    is_clean = joined.is_empty() and not lines.filter(is_loose | is_broken).str.contains(_CONTROL).any()
    is_clean = is_clean and all("".join(map(str, row)).isprintable() for row in one_by_one)
    fitted = [each.select(plain.columns) for each in (joined, loose, broken)]
    rows = pl.concat([plain, *fitted, _frame_of(one_by_one, plain)]).sort("row")
    issues = pl.concat([of_loose, of_broken, aligner.take_issues()]).sort("row", maintain_order=True)
    return FastRead(rows, is_clean, issues), int(begins_row.sum())


def _named(cells: pl.DataFrame, numbers: pl.Series, aligner: RowAligner) -> pl.DataFrame:
    """Return the cells of plain lines as rows with these numbers."""
    return cells.with_columns(numbers.alias("row")).select(
        "row", *(aligner.names[position] for position in aligner.positions)
    )


def _read_joined(odd: OddChunk, top: Preamble, aligner: RowAligner, rows: list[Row]) -> pl.DataFrame:
    """Read the records that take several lines.

    Args:
        odd: The chunk with the records.
        top: The preamble of the file.
        aligner: The file's aligner.
        rows: Records that are not plain, apart from their line breaks, are added to it.

    Returns:
        The rows of the other records.
    """
    numbers, texts = odd.joined()
    lines = pl.Series(texts, dtype=pl.String)
    is_plain = find_plain(lines, top)
    several = map(odd.record_of, numbers.filter(~is_plain).to_list())
    rows += [row for record in several if (row := aligner.fit(record)) is not None]
    plain = _named(parse(lines.filter(is_plain), top), numbers.filter(is_plain), aligner)
    return (
        plain
        if plain.is_empty()
        else plain.with_columns(pl.col(pl.String).str.replace_all(JOINED, odd.end, literal=True))
    )


def _fit_loose(
    lines: pl.Series, numbers: pl.Series, odd_lines: OddLines, rows: list[Row]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Align odd lines without quotes; `numbers` has their row numbers. Lines that must be aligned
    one by one are added to `rows`.

    Returns:
        The other rows and their issues.
    """
    is_filled = ~odd_lines.are_blank(lines)
    lines, numbers = lines.filter(is_filled), numbers.filter(is_filled)
    may_be_none = odd_lines.may_be_no_records(lines)
    alone = zip(numbers.filter(may_be_none).to_list(), lines.filter(may_be_none).to_list(), strict=True)
    for number, line in alone:
        if (row := odd_lines.aligner.fit(Record(number, line.split(odd_lines.delimiter)))) is not None:
            rows.append(row)
    return odd_lines.fit(lines.filter(~may_be_none), numbers.filter(~may_be_none))


def _frame_of(rows: list[Row], like: pl.DataFrame) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [[] for _ in like.columns]
    return pl.DataFrame(dict(zip(like.columns, columns, strict=True)), schema=like.schema)


def _may_have_a_long_line(content: bytes) -> bool:
    """Whether a line may be longer than MAX_LINE_CHARACTERS: such a one has a whole stretch of
    half as many bytes."""
    half = MAX_LINE_CHARACTERS // 2
    return any(content.find(b"\n", at, at + half) < 0 for at in range(0, len(content) - half, half))


def _with_newlines(chunk: bytes) -> tuple[bytes, Ends]:
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
