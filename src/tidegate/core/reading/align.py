"""Aligns records with the header: cuts blank cells at the end, adds missing ones, notes issues."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec
import polars as pl

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.reading.decoding import STRAY_MARK, decode_stray_bytes
from tidegate.core.reading.issue import (
    ISSUES,
    NO_ISSUES,
    IssueLine,
    ReadingIssue,
    issue_line,
    issues_of,
    quoted_list,
    show_row,
    show_text,
)
from tidegate.core.reading.moved_cells import cells_in_words, divided_number, marks_of_lines, moved_columns
from tidegate.core.reading.preamble import MAX_FOOTER_CELLS, Preamble, is_footer, is_header
from tidegate.core.reading.records import NOTHING, Damage, Record, is_blank

MAX_EXAMPLES = 3
"""How many values a notice has at most."""
Row = tuple[int | str | None, ...]
"""A row's number, then its cells in the layout's order; None is a cell that the row does not have."""


class AlignedRows(msgspec.Struct, frozen=True):
    """Rows of the file, in order, and their issues, shaped as ISSUES. `untidy` is that of `Slice`."""

    rows: pl.DataFrame
    untidy: pl.Series | None
    issues: pl.DataFrame


class _OddRecord(NamedTuple):
    """What becomes of a record: its cells in the layout's order, None where it has no row; its issue, of row 0; and
    whether it ends early, without an issue."""

    cells: list[str | None] | None
    issue: IssueLine | None
    ends_early: bool = False


# So many odd records are remembered, of so many characters at most.
_MAX_RECORDS_KNOWN, _MAX_CHARACTERS_KNOWN = 1_000, 500


class RowAligner:
    """Makes rows of a file's records, in order, and collects the issues of rows.

    `repair` decodes a cell of a file that mixes encodings.
    """

    def __init__(self, top: Preamble, layout: Layout, *, is_mixed: bool = False) -> None:
        header = top.header
        self.width = header.width
        self.usual_count = top.usual_count
        self.folded_names = [fold_name(cell) for cell in top.names]
        self.layout = layout
        self.positions = [header.positions[name] for name in layout.columns]
        self.names = {position: name for name, position in header.positions.items()}
        self.may_be_missing = {
            position
            for position in range(self.width)
            if position not in self.names or not layout.columns[self.names[position]].required
        }
        self._missing = [self._first_missing(count) for count in range(self.width)]
        self._missing_in_words = [self._say_missing(count) for count in range(self.width)]
        self.is_mixed = is_mixed
        self.repair: Callable[[str], str] = decode_stray_bytes
        self._issues: list[IssueLine] = []
        self._known: dict[tuple[str, ...], _OddRecord] = {}
        self.early_ends = 0
        self.stray: Counter[int] = Counter()
        self.stray_examples: dict[int, list[str]] = {}
        self.spaced: Counter[int] = Counter()

    def fit(self, record: Record) -> Row | None:
        """Return the row; None if it is blank or no record, such as a footer."""
        row, cells, damage, _, spaced = record
        if spaced or (self.is_mixed and not "".join(cells).isascii()):
            cells = self._repair(cells, spaced)
        if len(cells) == self.width and damage is Damage.NONE and cells[0].isdigit():
            return (row, *[cells[position] for position in self.positions])
        fitted, issue, ends_early = self._fitted(cells, damage)
        if issue:
            self._issues.append((row, *issue[1:]))
        self.early_ends += ends_early
        return None if fitted is None else (row, *fitted)

    def take_issues(self) -> pl.DataFrame:
        """Return the issues of rows since the last call, shaped as ISSUES."""
        taken, self._issues = self._issues, []
        return issues_of(taken) if taken else NO_ISSUES

    def without_marks(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows without the marks of stray bytes, and count the cells that have some."""
        if not self.is_mixed:
            return rows
        texts = pl.col(pl.String)
        counts = rows.select(texts.str.contains(STRAY_MARK, literal=True).sum()).row(0, named=True)
        counted = {position: counts[name] for position, name in self.names.items() if counts.get(name)}
        if not counted:
            return rows
        self.stray.update(counted)
        bare = rows.with_columns(texts.str.replace_all(STRAY_MARK, "", literal=True))
        for position in counted:
            name = self.names[position]
            has_stray = rows[name].str.contains(STRAY_MARK, literal=True)
            self.note_stray(position, bare[name].filter(has_stray).head(MAX_EXAMPLES))
        return bare

    def notices(self) -> list[ReadingIssue]:
        """Return the notices that are given once for all rows."""
        notices = [
            ReadingIssue(code, words=self._words_of_notice(code, position, count))
            for code, counted in (("FILE014", self.stray), ("FILE027", self.spaced))
            for position, count in sorted(counted.items())
            if position in self.names
        ]
        if self.early_ends:
            rows = "1 row ends" if self.early_ends == 1 else f"{self.early_ends:,} rows end"
            notices.append(ReadingIssue("FILE024", words={"count": rows}))
        return notices

    def _words_of_notice(self, code: str, position: int, count: int) -> dict[str, str]:
        words = {"column": self.names[position], "count": f"{count:,} value{'' if count == 1 else 's'}"}
        if code == "FILE014":
            words["examples"] = quoted_list([show_text(text) for text in self.stray_examples.get(position, [])])
        return words

    def note_stray(self, position: int, texts: Iterable[str]) -> None:
        """Keep the first values of a column that had letters of another encoding."""
        known = self.stray_examples.setdefault(position, [])
        for text in texts:
            if len(known) < MAX_EXAMPLES and text not in known:
                known.append(text)

    def _repair(self, cells: list[str], spaced: tuple[int, ...]) -> list[str]:
        repaired = [self.repair(cell) for cell in cells] if self.is_mixed else cells
        stray = [position for position, cell in enumerate(cells) if repaired[position] != cell]
        self.stray.update(stray)
        for position in stray:
            self.note_stray(position, [repaired[position]])
        self.spaced.update(spaced)
        return repaired

    def _fitted(self, cells: list[str], damage: Damage) -> _OddRecord:
        """Return what becomes of a record that is odd; short ones, which may come a million times, are remembered."""
        if len(cells) > self.width or sum(map(len, cells)) > _MAX_CHARACTERS_KNOWN:
            return self._fit_odd(cells, damage)
        key = (damage, *cells)
        if (known := self._known.get(key)) is None:
            if len(self._known) == _MAX_RECORDS_KNOWN:
                self._known.clear()
            known = self._known[key] = self._fit_odd(cells, damage)
        return known

    def _fit_odd(self, cells: list[str], damage: Damage) -> _OddRecord:
        if is_blank(cells):
            return _OddRecord(None, None)
        if damage is Damage.NONE and (no_record := self.no_record(0, cells)):
            return _OddRecord(None, no_record)
        issue = self._issue(0, cells, damage)
        ends_early = issue is None and len(cells) < self.width
        filled = [*cells, *["" if ends_early else None] * (self.width - len(cells))]
        return _OddRecord([filled[position] for position in self.positions], issue, ends_early)

    def no_record(self, row: int, cells: list[str]) -> IssueLine | None:
        """Return what is said of a row that is the header again or a footer, None for any other."""
        if is_header(cells, self.folded_names):
            return issue_line(row, "FILE025")
        if is_footer(cells):
            return issue_line(row, "FILE026", text=show_row(cells))
        return None

    def _issue(self, row: int, cells: list[str], damage: Damage) -> IssueLine | None:
        """Return what is wrong with the row as a whole."""
        count = len(cells)
        if damage is not Damage.NONE:
            return issue_line(row, damage.value)
        if count > self.width and not is_blank(cells[self.width :]):
            return issue_line(row, "FILE021", count=count, width=self.width)
        if count > self.usual_count:
            return self.too_many(row, cells)
        if missing := self.missing(count):
            text = self.missing_in_words(count)
            return issue_line(row, "FILE020", count=count, width=self.width, column=missing, text=text)
        return None

    def too_many(self, row: int, cells: Sequence[str]) -> IssueLine:
        """Return what is said of a row with more blank cells at its end than others have."""
        positions = {name: position for position, name in self.names.items()}
        if found := divided_number(cells, positions, self.layout, width=self.width):
            return issue_line(row, "FILE046", column=found[0], text=found[1])
        columns = moved_columns(cells, positions, self.layout, width=self.width)
        return issue_line(row, "FILE028", text=cells_in_words(len(cells) - self.usual_count), columns=columns)

    def missing_in_words(self, count: int) -> str:
        """Return what a row of `count` cells lacks: `StartDate and what follows are missing`."""
        return self._missing_in_words[count]

    def _say_missing(self, count: int) -> str:
        is_last = not any(position > self._first_missing_position(count) for position in self.names)
        return f"{self.missing(count)} {'is' if is_last else 'and what follows are'} missing"

    def _first_missing_position(self, count: int) -> int:
        return next((at for at in range(count, self.width) if at not in self.may_be_missing), self.width)

    def missing(self, count: int) -> str | None:
        """Return the first required column that a row of `count` cells does not have, None if it
        has all."""
        return self._missing[count] if count < self.width else None

    def _first_missing(self, count: int) -> str | None:
        return self.names.get(self._first_missing_position(count))


# Every footer with a letter has one of these words.
_WORDS_OF_FOOTERS = (
    "row|record|line|student|enrollment|entr|item|total|count|end|eof|generated|printed|exported|created|page"
)

# Letters that Python compares like i, s and k if case does not matter, and Polars does not.
_FOLDED_TO_ASCII = "\u0130\u0131\u017f\u212a"


class OddLines:
    """Aligns lines of one file, many at once. `delimiter` is one character of ASCII."""

    def __init__(self, delimiter: str, aligner: RowAligner) -> None:
        self.aligner = aligner
        self.delimiter = delimiter
        sign = re.escape(delimiter)
        nothing = "".join(f"\\x{{{ord(char):x}}}" for char in NOTHING)
        self._blank = rf"^[{nothing}{sign}]*$"
        first = r"[\W_]*".join(map(re.escape, aligner.folded_names[0])) if aligner.folded_names else ""
        self._header = rf"(?i)^[\W_]*{first}[\W_]*(?:{sign}|$)|^[^{sign}]*[^\x00-\x7f]"
        self._footer = rf"(?i){_WORDS_OF_FOOTERS}|[{_FOLDED_TO_ASCII}]"
        self._many_cells = rf"(?:[0-9A-Za-z][^{sign}]*{sign}.*){{{MAX_FOOTER_CELLS}}}[0-9A-Za-z]"
        self._rule = r"^[^0-9A-Za-z]*[-=_*]{2}[^0-9A-Za-z]*$"

    def are_blank(self, lines: pl.Series) -> pl.Series:
        """Return which lines are blank rows."""
        return lines.str.contains(self._blank)

    def may_be_no_records(self, lines: pl.Series) -> pl.Series:
        """Return which lines may be a footer or the header again; `no_records` knows."""
        if self.delimiter.isalnum() or self.delimiter == "_":
            return pl.repeat(True, lines.len(), eager=True)
        line = pl.col("line")
        is_footer = line.str.contains(self._footer) & ~line.str.contains(self._many_cells)
        odd = is_footer | line.str.contains(self._header) | line.str.contains(self._rule)
        return lines.alias("line").to_frame().select(odd).to_series()

    def no_records(self, lines: pl.Series, numbers: pl.Series) -> pl.DataFrame:
        """Return the issues, shaped as ISSUES, of those lines that are a footer or the header again; `numbers` has the
        rows of all. Each is looked at once, however often it comes."""
        if lines.is_empty():
            return NO_ISSUES
        found = pl.DataFrame({"row": numbers, "line": lines})
        said = {line: issue for line in lines.unique().to_list() if (issue := self._no_record(line))}
        of_lines = issues_of(said.values()).drop("row").with_columns(pl.Series("line", list(said), dtype=pl.String))
        return found.join(of_lines, on="line").select(list(ISSUES)).sort("row")

    def _no_record(self, line: str) -> IssueLine | None:
        cells = line.split(self.delimiter)
        is_row = len(cells) == self.aligner.width and cells[0].isdigit()  # as `RowAligner.fit` says first of all
        return None if is_row else self.aligner.no_record(0, cells)

    def fit(self, lines: pl.Series, numbers: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Align lines that are not blank and certainly records; `numbers` has their row numbers.

        Returns:
            The rows, shaped as those of a Reading, and their issues, shaped as ISSUES.
        """
        width = self.aligner.width
        found = pl.DataFrame({"row": numbers, "line": lines}).with_columns(
            (pl.col("line").str.count_matches(self.delimiter, literal=True) + 1).alias("cells"),
            pl.col("line").str.splitn(self.delimiter, width + 1).alias("cut"),
        )
        beyond = pl.col("cut").struct.field(f"field_{width}")
        found = found.with_columns(self._code(~beyond.str.contains(self._blank).fill_null(True)).alias("code"))
        is_early = (pl.col("cells") < width) & pl.col("code").is_null()
        self.aligner.early_ends += int(found.select(is_early.sum()).item())
        none = pl.when(is_early).then(pl.lit(""))
        columns = [
            pl.coalesce(pl.col("cut").struct.field(f"field_{position}"), none).alias(self.aligner.names[position])
            for position in self.aligner.positions
        ]
        return found.select("row", *columns), self._issues(found.filter(pl.col("code").is_not_null()))

    def _code(self, is_long: pl.Expr) -> pl.Expr:
        """Return the code of the issue of the row as a whole, null if there is none."""
        short = [count for count in range(self.aligner.width) if self.aligner.missing(count)]
        return (
            pl.when(is_long)
            .then(pl.lit("FILE021"))
            .when(pl.col("cells") > self.aligner.usual_count)
            .then(pl.lit("FILE028"))
            .when(pl.col("cells").is_in(short))
            .then(pl.lit("FILE020"))
        )

    def _issues(self, found: pl.DataFrame) -> pl.DataFrame:
        if found.is_empty():
            return NO_ISSUES
        aligner, is_short, is_blank_beyond = self.aligner, pl.col("code") == "FILE020", pl.col("code") == "FILE028"
        missing = {count: aligner.missing(count) for count in range(aligner.width)}
        said = {count: aligner.missing_in_words(count) for count in missing if missing[count]}
        said_of = pl.col("cells").replace_strict(said, default=None, return_dtype=pl.String)
        too_many = self._too_many(found.filter(is_blank_beyond).select("row", "line"))
        others = found.filter(~is_blank_beyond).select(
            "row",
            "code",
            pl.lit("").alias("value"),
            pl.when(is_short)
            .then(pl.col("cells").replace_strict(missing, default=None, return_dtype=pl.String))
            .alias("column"),
            pl.col("cells").cast(pl.String).alias("count"),
            pl.lit(str(aligner.width)).alias("width"),
            pl.when(is_short).then(said_of).alias("text"),
            pl.lit(None, pl.String).alias("columns"),
        )
        return pl.concat([too_many, others.cast(dict(ISSUES))]).sort("row")  # type: ignore[arg-type]

    def _too_many(self, found: pl.DataFrame) -> pl.DataFrame:
        """Return the issues of lines with more blank cells at their end than others have."""
        if found.is_empty():
            return NO_ISSUES
        aligner = self.aligner
        positions = {name: position for position, name in aligner.names.items()}
        marks = marks_of_lines(found["line"], self.delimiter, positions, aligner.layout, width=aligner.width)
        marked = found.hstack(marks)
        first = marked.unique(marks.columns, keep="first", maintain_order=True)
        asked = first.select("row", "line").iter_rows()
        said = issues_of(aligner.too_many(row, line.split(self.delimiter)) for row, line in asked)
        of_marks = first.select(marks.columns).hstack(said.drop("row"))
        return marked.join(of_marks, on=marks.columns, how="left").select(list(ISSUES))
