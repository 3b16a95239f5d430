"""Parses texts into values: removes wrappings, repairs what is certain, and reads the values."""

from collections.abc import Iterator

import msgspec
import polars as pl

from tidegate.core.frames.joins import StringDictionary, code_column
from tidegate.core.frames.spill import prefetch
from tidegate.core.layouts.column_types import Day, Digits, Text
from tidegate.core.layouts.layout import Column, Layout, MappedColumn, SampleRow
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.day_order import OrderCounter, OrderCounts, ParsedTexts
from tidegate.core.parsing.exchanged_days import DaysSeen, days_seen
from tidegate.core.parsing.html_codes import read_html_codes
from tidegate.core.parsing.repairs import (
    RUN_BY_SPREADSHEETS,
    WRITTEN_BLANKS,
    ColumnRepairs,
    Repair,
    WrittenBlanks,
    change,
)
from tidegate.core.reading.issue import ISSUES, NO_ISSUES
from tidegate.core.reading.read_file import Slice
from tidegate.core.reading.records import BLANKS, INVISIBLE

# A text that is another in more than half of so many rows, and of so many at least, is not looked up.
_SAMPLE_SIZE, _MIN_MANY = 20_000, 1_000


class ColumnValues:
    """The values of one column, slice by slice."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._different: StringDictionary | None = StringDictionary()
        self._values = pl.Series(dtype=column.type.polars_type)
        self._are_as_written = column.type.polars_type == pl.String
        self.mapped = column.mapped_values if isinstance(column, MappedColumn) else {}

    def read(self, text: pl.Series) -> ParsedTexts:
        """Return the values of the texts, which are clean."""
        if self._different is None or self._are_many(text, self._different):
            self._different, self._values = None, self._values.clear()
            value = self._values_of(text)
            value = text if _are_same(text, value) else value
            return ParsedTexts(value, None, text, value)
        numbers = self._different.encode(text)
        new = self._different.texts().slice(self._values.len())
        values = self._values.clear()
        if not new.is_empty():
            values = self._values_of(new)
            self._are_as_written = self._are_as_written and _are_same(new, values)
            self._values = pl.concat([self._values, values], rechunk=True)
        value = text if self._are_as_written else self._values.gather(numbers)  # the same memory
        return ParsedTexts(value, numbers, new, values)

    def _are_many(self, text: pl.Series, different: StringDictionary) -> bool:
        if self._values.is_empty():
            sample = text.head(_SAMPLE_SIZE)
            return sample.n_unique() > max(_MIN_MANY, sample.len() // 2)
        return different.are_many()

    def _values_of(self, text: pl.Series) -> pl.Series:
        meant = text.replace(self.mapped) if self.mapped else text
        return meant.alias("text").to_frame().select(self.column.type.value(pl.col("text"))).to_series()

    def take_mapped(self, text: pl.Series) -> tuple[pl.Series, list[Repair]]:
        """Replace texts that a mapping says stand for a blank.

        Returns:
            The texts, which are otherwise as the file has them, and the repair to report, if a mapping says what
            some of them stand for.
        """
        is_mapped = text.is_in(pl.Series(list(self.mapped)).implode())
        if not is_mapped.any():
            return text, []
        said = {before: f"{before} as {meant or 'blank'}" for before, meant in self.mapped.items()}
        pairs = text.filter(is_mapped).replace_strict(said, return_dtype=pl.String)
        blank = pl.Series([before for before, meant in self.mapped.items() if not meant], dtype=pl.String)
        return text.set(text.is_in(blank.implode()), ""), [change("CELL131", self.column.name, pairs)]


def _are_same(text: pl.Series, value: pl.Series) -> bool:
    return value.dtype == pl.String and value.null_count() == text.null_count() and bool((value == text).all())


SHOWN_IN_POWERS = r"^(?:[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,}|#{3,})$"
"""A pattern of numbers that were too long for a spreadsheet's cell: 1.23E+08 or ########. Their
digits are lost."""

# A text without any of these is as clean as a row that has none of them (see `untidy_rows` in core/reading). Where
# more than this share has one, all are cleaned: to put the others aside takes time.
_UNTIDY = r"[^!-~]|['=+#&?%\\]|_x"
_MAX_SHARE_GATHERED = 0.5

_WRAPPED = r'^="((?:[^"]|"")*)"$'
_APOSTROPHE = r"^'(.*[^'])$"
# What is removed from the ends of a value; 0x1A is the end mark of DOS programs, which may be inside
# of a file that was joined from two.
_ENDS = f"{BLANKS}\x1a"

_ENDS_IN_ASCII = "".join(filter(str.isascii, _ENDS))

_NO_WIDTH = f"[{INVISIBLE}]"
_ODD_SPACES = "[" + "".join(sign for sign in BLANKS if sign not in INVISIBLE and not sign.isascii()) + "]"
# Letters, and pictures, that signs without width join or part: they belong to the value.
_IN_OTHER_SCRIPTS = r"[^\p{Latin}\p{Common}\p{Inherited}]|\p{Extended_Pictographic}"


class Parsed(msgspec.Struct, frozen=True):
    """Rows with a text and a value (`<name>:value`) for each column, and what was repaired.

    The texts of a look-up's column are also there as numbers, if few of them differ (see `code_column`). `day_orders`
    counts the texts of each column of days by the orders of day and month in which they can be read; `days_seen` has
    their distinct days. `untidy` has, by column, the positions of the rows whose text may not have been clean. A column
    that is not in it has clean texts only (see `Slice`).
    """

    rows: pl.DataFrame
    repairs: list[Repair]
    day_orders: dict[str, OrderCounts]
    days_seen: dict[str, DaysSeen]
    untidy: dict[str, pl.Series]


class Parser:
    """Parses the slices of one file, in order.

    Every change is reported as a repair of its column, except the wrappings of a fix file, which
    this program has made itself. Without a school year no day is repaired that could mean another.
    """

    def __init__(
        self,
        layout: Layout,
        school_year: SchoolYear | None = None,
        *,
        is_fix_file: bool = False,
        blanks: WrittenBlanks | None = None,
    ) -> None:
        """Prepare the parsing of a file.

        Args:
            layout: The layout of the school year.
            school_year: The school year, None if it is not known.
            is_fix_file: Whether the file is a fix file, whose wrappings are not reported.
            blanks: The columns whose blanks are written, as an earlier pass over the file has found
                them.
        """
        self.layout = layout
        self.is_fix_file = is_fix_file
        self._blanks = blanks or WrittenBlanks(layout, {})
        self._columns = [ColumnValues(column) for column in layout.columns.values()]
        of_days = ((column.name, column.type) for column in layout.columns.values())
        self._orders = {name: OrderCounter(of, school_year) for name, of in of_days if isinstance(of, Day)}
        self._repairs = {
            name: ColumnRepairs(column, school_year, self._orders.get(name)) for name, column in layout.columns.items()
        }
        lookups = layout.stored.values()
        self._cached_columns = {lookup.cached_column for lookup in lookups}
        self._number_columns = {lookup.number_column for lookup in lookups}

    def parse(self, rows: pl.DataFrame, untidy_rows: pl.Series | None = None) -> Parsed:
        """Return the rows of a slice with clean texts and typed values; `untidy_rows` are the slice's `untidy`."""
        may_be_untidy = None if untidy_rows is None else rows["row"].is_in(untidy_rows.implode()).arg_true()
        series, repairs = [], list[Repair]()
        day_orders, seen, untidy = dict[str, OrderCounts](), dict[str, DaysSeen](), dict[str, pl.Series]()
        for of_column in self._columns:
            column = of_column.column
            text, is_text, cleaned = rows[column.name], None, list[Repair]()
            positions = _untidy(text, may_be_untidy)
            is_tidy = positions.is_empty()
            if not is_tidy:
                untidy[column.name] = positions
                text, is_text, cleaned = self._cleaned(text, positions, column)
            repairs += cleaned
            text, written = self._blanks.read(text, column, is_text=is_text)
            text, matched = of_column.take_mapped(text) if of_column.mapped else (text, [])
            repairs += [*written, *matched]
            read = of_column.read(text)
            value, repaired = self._repairs[column.name].repair(text, read)
            repairs += [*repaired, *([] if is_tidy else _shown_in_powers(text, value, column))]
            if column.name in self._number_columns:
                value, shortened = _without_extra_zeros(text, value, column)
                repairs += shortened
            series += [text, value.alias(f"{column.name}:value")]
            if read.numbers is not None and column.name in self._cached_columns:
                series.append(read.numbers.alias(code_column(column.name)))
            if column.name in self._orders:
                day_orders[column.name] = self._orders[column.name].count(text, read)
                if not read.new.is_empty():  # days are seen once in a file
                    seen[column.name] = days_seen(text, value)
        return Parsed(rows.with_columns(series), repairs, day_orders, seen, untidy)

    def _cleaned(
        self, text: pl.Series, positions: pl.Series, column: Column
    ) -> tuple[pl.Series, pl.Series | None, list[Repair]]:
        """Clean the texts of a column that stand at some positions.

        Returns:
            All texts, which of them were wrapped since they could not be written in another way (None if none was),
            and the repairs to report.
        """
        if positions.len() > _MAX_SHARE_GATHERED * text.len():
            return self._all_cleaned(text, column)
        clean, is_text, repairs = self._all_cleaned(text.gather(positions), column)
        if is_text is not None:
            is_text = pl.repeat(False, text.len(), eager=True).scatter(positions, is_text)
        return text.scatter(positions, clean), is_text, repairs

    def _all_cleaned(self, text: pl.Series, column: Column) -> tuple[pl.Series, pl.Series | None, list[Repair]]:
        """Clean all texts.

        Returns:
            What `_cleaned` returns.
        """
        text, repairs = read_html_codes(text, column.name)
        clean, is_wrapped = _clean(text, column)
        is_text = _needs_wrapping(clean, is_wrapped)
        needed = is_wrapped if self.is_fix_file else is_text
        if count := int((clean != text).sum()) - int(0 if needed is None else needed.sum()):
            repairs.append(Repair("CELL121", column.name, count, pl.Series(dtype=pl.String)))
        return clean, is_text, repairs


def _untidy(text: pl.Series, positions: pl.Series | None) -> pl.Series:
    """Return the positions of the texts that may not be clean, which are among some; None for all."""
    if positions is None:
        return text.str.contains(_UNTIDY).arg_true()
    return positions.filter(text.gather(positions).str.contains(_UNTIDY))


def parse(rows: pl.DataFrame, layout: Layout) -> Parsed:
    """Return the parsed rows of a file that is one slice."""
    return Parser(layout).parse(rows)


def _clean(text: pl.Series, column: Column) -> tuple[pl.Series, pl.Series | None]:
    """Remove surrounding spaces, and wrappings that keep leading zeros in a spreadsheet (="0123").

    Signs without width stay in free text if its script needs them. Within IDs and names, other
    spaces become plain ones.

    Returns:
        The clean texts, and which of them were wrapped as a formula; None if none was.
    """
    is_ascii = text.str.len_bytes().sum() == text.str.len_chars().sum()
    ends = _ENDS_IN_ASCII if is_ascii else _ENDS  # looking for all of them takes half of the time
    text = text.str.strip_chars(ends)
    wrapped = None
    if (may_be_wrapped := text.str.starts_with('="')).any():
        inner = _unwrapped(text, may_be_wrapped).str.strip_chars(ends)
        wrapped = inner.is_not_null()
        text = inner.zip_with(wrapped, text)
    is_free = isinstance(column.type, Text) and column.type.is_free
    if not is_free and text.str.starts_with("'").any():
        inner = text.str.extract(_APOSTROPHE, 1).str.strip_chars(ends)
        text = inner.zip_with(inner.is_not_null(), text)
    if not is_ascii and (column.holds_names or (not is_free and isinstance(column.type, Text | Day))):
        text = text.str.replace_all(_ODD_SPACES, " ")
    if not is_ascii and text.str.contains(_NO_WIDTH).any():
        bare = text.str.replace_all(_NO_WIDTH, "")
        text = text.zip_with(bare.str.contains(_IN_OTHER_SCRIPTS), bare) if is_free else bare
    return text, wrapped


def _unwrapped(text: pl.Series, may_be: pl.Series) -> pl.Series:
    """Return what is wrapped as a formula, null for other texts; `may_be` says which begin so."""
    is_wrapped = may_be & text.str.ends_with('"') & (text.str.len_bytes() > len('="'))
    inner = text.str.strip_prefix('="').str.strip_suffix('"')
    if inner.filter(is_wrapped).str.contains('"', literal=True).any():  # the pattern takes ten times as long
        return text.str.extract(_WRAPPED, 1).str.replace_all('""', '"', literal=True)
    return inner.set(~is_wrapped, None)


def _needs_wrapping(text: pl.Series, is_wrapped: pl.Series | None) -> pl.Series | None:
    """Return which texts were wrapped since they could not be written in another way: a spreadsheet would run them, or
    reading would take them for a blank. None if none was wrapped."""
    if is_wrapped is None:
        return None
    is_taken = text.str.contains(RUN_BY_SPREADSHEETS) | text.is_in(pl.Series(WRITTEN_BLANKS).implode())
    return is_wrapped & is_taken


def _without_extra_zeros(text: pl.Series, value: pl.Series, column: Column) -> tuple[pl.Series, list[Repair]]:
    """Remove leading zeros from the IDs of organizations, which are numbers: 0202 is 202.

    Returns:
        The values, and the repair to report, if there is any.
    """
    if not text.str.starts_with("0").any():
        return value, []
    numbers = text.str.extract(r"^0+([1-9][0-9]*)(?:\.0*)?$").alias("number").to_frame()
    shorter = numbers.select(column.type.value(pl.col("number"))).to_series()
    extra = shorter.drop_nulls()
    if extra.is_empty():
        return value, []
    return shorter.zip_with(shorter.is_not_null(), value), [change("CELL117", column.name, extra)]


def _shown_in_powers(text: pl.Series, value: pl.Series, column: Column) -> Iterator[Repair]:
    """Yield a repair to report if values of a column of numbers or IDs are shown as 1.23E+08."""
    if not isinstance(column.type, Digits | Text) or (isinstance(column.type, Text) and column.type.is_free):
        return
    questioned = text.filter(value.is_null()) if isinstance(column.type, Digits) else text
    lost = questioned.filter(questioned.str.contains(SHOWN_IN_POWERS))
    if not lost.is_empty():
        yield change("CELL124", column.name, lost)


class ParsedSlice(msgspec.Struct, frozen=True):
    """A slice with texts and values.

    `issues` are the reader's, about single rows. `repairs`, `day_orders`, `days_seen`
    and `untidy` are those of `Parsed`. After the look-ups it also has the stored records that its rows
    are compared with.
    """

    rows: pl.DataFrame
    issues: pl.DataFrame
    repairs: list[Repair]
    day_orders: dict[str, OrderCounts]
    days_seen: dict[str, DaysSeen]
    untidy: dict[str, pl.Series]
    stored_records: pl.DataFrame | None = None


def parse_slices(slices: Iterator[Slice], parser: Parser) -> Iterator[ParsedSlice]:
    """Yield the parsed slices in order, while a thread reads and parses the next ones."""
    # A generator would hold a slice until the next one is asked for.
    return prefetch(map(lambda part: _parse(part, parser), slices))  # noqa: C417


def _parse(part: Slice, parser: Parser) -> ParsedSlice:
    parsed = parser.parse(part.rows, part.untidy)
    issues = pl.concat([part.issues, _sample_rows(parsed.rows, parser.layout)])
    return ParsedSlice(parsed.rows, issues, parsed.repairs, parsed.day_orders, parsed.days_seen, parsed.untidy)


def _sample_rows(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return an issue, shaped as ISSUES, for each row that was left in from the sample file."""
    if layout.sample_row is None:
        return NO_ISSUES
    column = layout.sample_row.column
    has_zeros = pl.col(column).str.starts_with(layout.sample_row.starts_with)
    is_short = pl.col(column).str.len_bytes() < len(layout.columns[column].example)  # spares most rows the pattern
    if not rows.select((has_zeros | is_short).any()).item():
        return NO_ISSUES
    candidates = rows.select("row", column, *layout.sample_row.agrees_in).filter(has_zeros | is_short)
    left_in = candidates.filter(has_zeros | _is_example_without_zeros(layout, layout.sample_row))
    if left_in.is_empty():
        return NO_ISSUES
    found = left_in.select("row", pl.col(column).alias("value"), code=pl.lit("ROW101"), column=pl.lit(column))
    return found.select(
        pl.col(name).cast(dtype) if name in found.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in ISSUES.items()
    )


def _is_example_without_zeros(layout: Layout, sample: SampleRow) -> pl.Expr:
    """Whether the number would be an example's with its leading zeros. A number of zeros alone
    is none."""
    bare = pl.col(sample.column).str.extract(r"^0*([1-9][0-9]*)(?:\.0*)?$")
    number = bare.str.zfill(len(layout.columns[sample.column].example))
    is_example = number.str.starts_with(sample.starts_with)
    for name in sample.agrees_in:
        is_example &= pl.col(name).str.to_lowercase() == layout.columns[name].example.lower()
    return is_example.fill_null(False)
