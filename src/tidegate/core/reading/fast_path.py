"""The fast path: lines that a pattern proves plain are read by Polars, all at once; the others one by one.

No fast engine reads every file right, but there is nothing to get wrong in a line that begins with digits, has as many
cells as the header and every double quote in its place. Only what is left (blank rows, short rows, footers, quoted line
breaks, broken quotes) is read as the exact path reads it. Both give the same rows and faults; a property test says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.align import OddLines, Row, RowAligner
from tidegate.core.reading.broken_quotes import fit_broken
from tidegate.core.reading.decoding import MENDED, Chunks, without_marks
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
from tidegate.core.reading.records import LONGEST_LINE, QuotedRecords, Record

_UNTIDY = (b" ", b"\t", b"'", b"=", b"+", b"#", b"&", b"?", b"%", b"\\", b"_x")
"""Where none of these stands in a chunk, nothing beyond ASCII and no control character, its cells are tidy."""


_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f]"


@dataclass(frozen=True)
class FastRead:
    """Rows of the file, in order, and their faults, shaped as FAULTS. `is_clean` says for certain what a Slice says by
    it, so that nobody has to look at each cell."""

    rows: pl.DataFrame
    is_clean: bool
    issues: pl.DataFrame = field(default_factory=issues_of)


def read_fast(chunks: Chunks, top: Preamble, layout: Layout, aligner: RowAligner) -> Iterator[FastRead]:
    """Yield the rows of each chunk. What is odd about rows is told to `fitter`."""
    quoted = QuotedRecords(top.delimiter)
    odd_lines = OddLines(top.delimiter, aligner)
    open_quotes, spaced_quotes = OpenQuotes(top.delimiter), SpacedQuotes(top)
    aligner.mend = without_marks
    first_row = top.first_row
    signs = [sign for sign in _UNTIDY if sign != top.delimiter.encode()]
    for chunk in chunks:
        is_clean = chunk.isascii() and not any(sign in chunk for sign in signs)
        content, ends = _with_newlines(chunk)
        may_be_long = _may_have_a_long_line(content)
        whole = None if may_be_long else parse_if_plain(content, top)
        if whole is None:
            lines = lines_of(content)
            is_plain = find_plain(lines, top)
            if may_be_long:
                is_plain = is_plain & (lines.str.len_chars() <= LONGEST_LINE)
            whole = parse_content(content, top) if is_plain.all() else None
        if whole is not None:
            rows = whole.with_row_index("row", offset=first_row).select("row", *layout.columns)
            yield FastRead(_mended(rows, aligner), is_clean)
            first_row += whole.height
            continue
        odd = OddChunk(lines, ends, quoted, open_quotes, first_row=first_row, is_last=chunks.is_last)
        read, count = _read_odd(odd, is_plain, chunks, top, odd_lines, spaced_quotes)
        yield FastRead(_mended(read.rows, aligner), is_clean and read.is_clean, read.issues)
        first_row += count


def _mended(rows: pl.DataFrame, aligner: RowAligner) -> pl.DataFrame:
    """Return the rows without the marks of letters that were mended, and count the cells that have some."""
    if not aligner.is_mixed:
        return rows
    texts = pl.col(pl.String)
    counts = rows.select(texts.str.contains(MENDED, literal=True).sum()).row(0, named=True)
    aligner.stray.update({place: counts[name] for place, name in aligner.names.items() if counts.get(name)})
    return rows.with_columns(texts.str.replace_all(MENDED, "", literal=True)) if any(counts.values()) else rows


def _read_odd(
    odd: OddChunk, is_plain: pl.Series, chunks: Chunks, top: Preamble, odd_lines: OddLines, spaced_quotes: SpacedQuotes
) -> tuple[FastRead, int]:
    """Read a chunk some of whose lines are not plain.

    Returns:
        What was read, as tidy as the lines that are not plain are, and how many rows that are, blank ones included.
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
    told = (each.filter(is_broken) for each in (lines, number, codes))
    broken, of_broken = fit_broken(*told, delimiter=top.delimiter, aligner=aligner)
    is_clean = joined.is_empty() and not lines.filter(is_loose | is_broken).str.contains(_CONTROL).any()
    is_clean = is_clean and all("".join(map(str, row)).isprintable() for row in one_by_one)
    fitted = [each.select(plain.columns) for each in (joined, loose, broken)]
    rows = pl.concat([plain, *fitted, _frame_of(one_by_one, plain)]).sort("row")
    issues = pl.concat([of_loose, of_broken, aligner.take_issues()]).sort("row", maintain_order=True)
    return FastRead(rows, is_clean, issues), int(begins_row.sum())


def _named(cells: pl.DataFrame, numbers: pl.Series, aligner: RowAligner) -> pl.DataFrame:
    """Return plain lines' cells as rows that have these numbers."""
    return cells.with_columns(numbers.alias("row")).select("row", *(aligner.names[place] for place in aligner.places))


def _read_joined(odd: OddChunk, top: Preamble, aligner: RowAligner, rows: list[Row]) -> pl.DataFrame:
    """Return the rows of several lines that are plain apart from that; others are added to `rows`."""
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
    """Fit odd lines without quotes, whose rows have these numbers; those of them that have to be looked at one by one
    are added to `rows`.

    Returns:
        The other rows and their faults.
    """
    is_filled = ~odd_lines.are_blank(lines)
    lines, numbers = lines.filter(is_filled), numbers.filter(is_filled)
    in_doubt = odd_lines.may_be_no_records(lines)
    alone = zip(numbers.filter(in_doubt).to_list(), lines.filter(in_doubt).to_list(), strict=True)
    for number, line in alone:
        if (row := odd_lines.aligner.fit(Record(number, line.split(odd_lines.delimiter)))) is not None:
            rows.append(row)
    return odd_lines.fit(lines.filter(~in_doubt), numbers.filter(~in_doubt))


def _frame_of(rows: list[Row], like: pl.DataFrame) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [[] for _ in like.columns]
    return pl.DataFrame(dict(zip(like.columns, columns, strict=True)), schema=like.schema)


def _may_have_a_long_line(content: bytes) -> bool:
    """Whether a line may be longer than LONGEST_LINE: such a one has a whole stretch of half as many bytes."""
    half = LONGEST_LINE // 2
    return any(content.find(b"\n", at, at + half) < 0 for at in range(0, len(content) - half, half))


def _with_newlines(chunk: bytes) -> tuple[bytes, Ends]:
    """Return the chunk with every line ended by LF, and what ended them in the file."""
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
