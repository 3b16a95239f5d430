"""Reads the rows of chunks with lines that are not plain: blank rows, short rows, footers, line breaks in quotes,
broken quotes. They are read as the exact path reads them; a property test compares both."""

import re
from collections.abc import Iterator
from functools import partial

import polars as pl

from tidegate.core.reading.align import AlignedRows, OddLines, Row, RowAligner
from tidegate.core.reading.broken_quotes import fit_broken
from tidegate.core.reading.decoding import STRAY_MARK, Chunks
from tidegate.core.reading.odd_chunk import JOINED, OddChunk, OpenQuotes
from tidegate.core.reading.plain_lines import MAX_SHARE_ODD, NO_ROWS, WholeLines, find_plain, numbered, parse
from tidegate.core.reading.preamble import Preamble
from tidegate.core.reading.records import QuotedRecords, Record

_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f]"


class SpacedQuotes:
    """Reads lines of one file that have spaces between delimiters and quotes."""

    def __init__(self, top: Preamble) -> None:
        self._top = top
        sign = re.escape(top.delimiter)
        quoted = '"(?:[^"]|"")*"'
        cell = rf'(?: *{quoted} *|[^"{sign}]*)'
        self._looks_so = rf'(?:^|{sign}) +"|" +(?:{sign}|$)'
        self._shape = rf"^{cell}(?:{sign}{cell})*$"
        self._spaced = rf"(^|{sign})( *)({quoted})( *)"
        # In such a line a delimiter, a space and a quote are the beginning of a cell and nothing else.
        self._simple = rf'^(?:"[^"{sign}]*"|[^"{sign}]*)(?:{sign}(?: ?"[^"{sign}]*"|[^"{sign}]*))*$'
        self._gap, self._no_gap = f'{top.delimiter} "', f'{top.delimiter}"'

    def find(self, lines: pl.Series, asked: pl.Series) -> pl.Series:
        """Return each line without these spaces, null if the line is still not plain. Only the lines marked in `asked`
        are read."""
        none: pl.Series = pl.repeat(None, lines.len(), dtype=pl.String, eager=True)
        if self._top.delimiter == " " or not asked.any():
            return none
        positions, sought = asked.arg_true(), lines.filter(asked)
        is_so = sought.str.contains(self._looks_so) & sought.str.contains(self._shape)
        is_so &= ~sought.str.contains(f"[{STRAY_MARK}{JOINED}]")
        positions, bare = positions.filter(is_so), self._without_spaces(sought.filter(is_so))
        is_plain = find_plain(bare, self._top)
        return none.scatter(positions.filter(is_plain), bare.filter(is_plain))

    def _without_spaces(self, lines: pl.Series) -> pl.Series:
        bare = lines.str.replace_all(self._gap, self._no_gap, literal=True)
        is_odd = ~lines.str.contains(self._simple)
        if not is_odd.any():  # the pattern takes twenty times as long
            return bare
        return bare.scatter(is_odd.arg_true(), lines.filter(is_odd).str.replace_all(self._spaced, "${1}${3}"))

    def count(self, lines: pl.Series, aligner: RowAligner) -> None:
        """Count for the aligner the cells of each column with such spaces, in lines that were
        found."""
        is_simple = lines.str.contains(self._simple)
        simple, odd = lines.filter(is_simple), lines.filter(~is_simple)
        self._count(simple, '^ "', aligner)  # every reader takes a quote behind a space for a sign of the cell
        bounds = f'${{1}}"${{2}}{JOINED}${{4}}"'
        self._count(odd.str.replace_all(self._spaced, bounds), f"^ +{JOINED}|^{JOINED} +", aligner)

    def _count(self, lines: pl.Series, is_spaced: str, aligner: RowAligner) -> None:
        if lines.is_empty():
            return
        counts = parse(lines, self._top).select(pl.all().str.contains(is_spaced).sum()).row(0, named=True)
        aligner.spaced.update({position: counts[name] for position, name in aligner.names.items() if counts.get(name)})


class OddRows:
    """Reads the chunks of one file some of whose lines are not plain."""

    def __init__(self, top: Preamble, aligner: RowAligner) -> None:
        self._top = top
        self._aligner = aligner
        self._odd_lines = OddLines(top.delimiter, aligner)
        self._spaced_quotes = SpacedQuotes(top)
        self.chunk = partial(OddChunk, quoted=QuotedRecords(top.delimiter), open_quotes=OpenQuotes(top.delimiter))

    def read_whole(self, lines: WholeLines, first_row: int) -> AlignedRows | None:
        """Read lines without quotes that are all as wide as the header; only those that do not begin with digits may be
        blank, a footer or the header again.

        Args:
            lines: The lines.
            first_row: The row number of the first of them.

        Returns:
            The rows, none of which has a control character; None if the lines are to be read in another way, since many
            may be no records.
        """
        rows = numbered(lines.cells, self._top, self._aligner.layout, first_row)
        is_odd = ~lines.begins_with_digits
        odd = lines.cells.filter(is_odd).select(pl.concat_str(pl.all(), separator=self._top.delimiter)).to_series()
        if odd.str.contains(STRAY_MARK, literal=True).any():
            return None
        numbers = rows["row"].filter(is_odd)
        is_filled = ~self._odd_lines.are_blank(odd)
        may_be_none = is_filled & self._odd_lines.may_be_no_records(odd)
        if may_be_none.sum() > MAX_SHARE_ODD * rows.height:
            return None
        issues = self._odd_lines.no_records(odd.filter(may_be_none), numbers.filter(may_be_none))
        left_out = pl.concat([numbers.filter(~is_filled), issues["row"]])
        rows = rows if left_out.is_empty() else rows.filter(~pl.col("row").is_in(left_out.implode()))
        return AlignedRows(rows, NO_ROWS, issues)

    def read(self, odd: OddChunk, is_plain: pl.Series, chunks: Chunks) -> tuple[AlignedRows, int]:
        """Read a chunk.

        Args:
            odd: Its lines.
            is_plain: Which of them are plain.
            chunks: Where a record is given back that goes on in the next chunk.

        Returns:
            What was read, and the number of rows, blank ones included.
        """
        bare = self._spaced_quotes.find(odd.lines, odd.is_quoted & ~is_plain)
        is_plain = is_plain | bare.is_not_null()
        one_by_one = [row for record in odd.records(is_plain) if (row := self._aligner.fit(record)) is not None]
        joined = _read_joined(odd, self._top, self._aligner, one_by_one)
        if odd.cut is not None:
            chunks.give_back(odd.spell(odd.cut))
        lines, is_plain, bare, codes = (
            each if odd.cut is None else each.head(odd.cut) for each in (odd.lines, is_plain, bare, odd.codes())
        )
        begins_row = pl.repeat(True, lines.len(), eager=True).scatter(odd.continued, False)
        number = (begins_row.cum_sum() + (odd.first_row - 1)).cast(pl.UInt32).alias("row")
        is_plain, is_broken = is_plain & begins_row, codes.is_not_null() & begins_row
        self._spaced_quotes.count(lines.filter(is_plain & bare.is_not_null()), self._aligner)
        plain_lines = bare.zip_with(bare.is_not_null(), lines).filter(is_plain)
        plain = _named(parse(plain_lines, self._top), number.filter(is_plain), self._aligner)
        is_loose = begins_row & ~is_plain & ~odd.is_quoted.head(lines.len())
        loose, of_loose = _fit_loose(lines.filter(is_loose), number.filter(is_loose), self._odd_lines)
        of_broken_lines = (each.filter(is_broken) for each in (lines, number, codes))
        broken, of_broken = fit_broken(*of_broken_lines, delimiter=self._top.delimiter, aligner=self._aligner)
        is_clean = joined.is_empty() and not lines.filter(is_loose | is_broken).str.contains(_CONTROL).any()
        is_clean = is_clean and all("".join(map(str, row)).isprintable() for row in one_by_one)
        fitted = [each.select(plain.columns) for each in (joined, loose, broken)]
        rows = pl.concat([plain, *fitted, _frame_of(one_by_one, plain)]).sort("row")
        issues = pl.concat([of_loose, of_broken, self._aligner.take_issues()]).sort("row", maintain_order=True)
        return AlignedRows(rows, NO_ROWS if is_clean else None, issues), int(begins_row.sum())


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
    numbers, lines = odd.joined()
    is_plain = find_plain(lines, top)
    several = _records_of(odd, numbers.filter(~is_plain), lines.filter(~is_plain))
    rows += [row for record in several if (row := aligner.fit(record)) is not None]
    plain = _named(parse(lines.filter(is_plain), top), numbers.filter(is_plain), aligner)
    return (
        plain
        if plain.is_empty()
        else plain.with_columns(pl.col(pl.String).str.replace_all(JOINED, odd.end, literal=True))
    )


def _records_of(odd: OddChunk, numbers: pl.Series, texts: pl.Series) -> Iterator[Record]:
    """Yield the records of these rows; those with the same text, unless it is not known, are read once."""
    known: dict[str, Record] = {}
    for number, text in zip(numbers.to_list(), texts.to_list(), strict=True):
        if (like := known.get(text)) is None:
            like = odd.record_of(number)
            if text:
                known[text] = like
        yield Record(number, *like[1:])


def _fit_loose(lines: pl.Series, numbers: pl.Series, odd_lines: OddLines) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Align odd lines without quotes; `numbers` has their row numbers.

    Returns:
        The rows and their issues.
    """
    is_filled = ~odd_lines.are_blank(lines)
    lines, numbers = lines.filter(is_filled), numbers.filter(is_filled)
    may_be_none = odd_lines.may_be_no_records(lines)
    of_none = odd_lines.no_records(lines.filter(may_be_none), numbers.filter(may_be_none))
    is_row = ~numbers.is_in(of_none["row"].implode())
    rows, issues = odd_lines.fit(lines.filter(is_row), numbers.filter(is_row))
    return rows, pl.concat([of_none, issues])


def _frame_of(rows: list[Row], like: pl.DataFrame) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [[] for _ in like.columns]
    return pl.DataFrame(dict(zip(like.columns, columns, strict=True)), schema=like.schema)
