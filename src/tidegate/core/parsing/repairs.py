"""Repairs of values, reported once per column of a file, whatever its number of slices."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from operator import itemgetter

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.layouts.column_types import EXCEL_DAYS, Choice, Code, ColumnType, RepairMethod, Text
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.day_order import OrderCounter, Orders, ParsedTexts
from tidegate.core.reading.issue import ReadingIssue, show_text

_MAX_EXAMPLES = 5
# Codes of repairs whose examples are descriptions, not values: shown without quotes.
_SHOWN_AS_THEY_ARE = {"CELL124", "CELL131"}
_OF_ONE = {EXCEL_DAYS: "saved as an Excel day number"}
_NOUNS = {"CELL122": "number", "CELL123": "date", "CELL124": "number"}


class Repair(msgspec.Struct, frozen=True):
    """Repaired values of one column, reported by the rule with this code.

    `different` are the distinct texts in the order of the file. `how` says what was odd about them,
    `orders` in which orders dates can be read, and `pair` is a text as it was and as it was read.
    """

    code: str
    column: str
    count: int
    different: pl.Series
    how: str = ""
    orders: Orders = Orders.NONE
    pair: str = ""

    def notice(self) -> ReadingIssue:
        """Return the notice for the log."""
        is_one = self.count == 1
        words = {
            "column": self.column,
            "count": f"{self.count:,} {_NOUNS.get(self.code, 'value')}{'' if is_one else 's'}",
            "were": "was" if is_one else "were",
            "it": "it" if is_one else "them",
            "values": self._examples(),
            "how": self.how,
            "form": _OF_ONE.get(self.how, self.how) if is_one else self.how,
            "pair": self.pair,
        }
        return ReadingIssue(self.code, words=words)

    def _examples(self) -> str:
        quote = "" if self.code in _SHOWN_AS_THEY_ARE else '"'
        more = f" and {self.different.len() - _MAX_EXAMPLES:,} more" if self.different.len() > _MAX_EXAMPLES else ""
        shown = (show_text(value) for value in self.different.head(_MAX_EXAMPLES))
        return ", ".join(f"{quote}{value}{quote}" for value in shown) + more


def change(
    code: str, column: str, values: pl.Series, *, how: str = "", orders: Orders = Orders.NONE, pair: str = ""
) -> Repair:
    """Return the repair of some values of a column.

    Args:
        code: The code of the notice.
        column: The name of the column.
        values: The repaired values, one for each cell.
        how: What was odd about the texts, if the notice says it.
        orders: In which orders of day and month the dates can be read.
        pair: The first of the texts as it was and as it was read.
    """
    different = values.unique(maintain_order=True).cast(pl.String).alias("different")
    return Repair(code, column, values.len(), different, how, orders, pair)


class Repairs:
    """The repairs of all slices of a file."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str, str], Repair] = {}

    def add(self, changes: Iterable[Repair]) -> None:
        """Add the repairs of a slice."""
        for more in changes:
            key = (more.code, more.column, more.how)
            known = self._by_key.get(key)
            if known is not None:
                different = pl.concat([known.different, more.different]).unique(maintain_order=True)
                more = replace(known, count=known.count + more.count, different=different)  # noqa: PLW2901
            self._by_key[key] = more

    def notices(self) -> list[ReadingIssue]:
        """Return a notice per column and type of repair, in an order that does not depend on the
        slices."""
        return [change.notice() for _, change in sorted(self._by_key.items(), key=itemgetter(0))]


_MAY_BE_NAMES = ["NA", "N/A", "NULL", "None"]
# The last is an error in a column of names (CELL128): nobody is called so.
_FORMS = [*_MAY_BE_NAMES, "#N/A"]
WRITTEN_BLANKS = tuple(_FORMS)
"""The words that programs write where there is no value."""
RUN_BY_SPREADSHEETS = r"^[-=+@\t\r]"
"""A pattern of texts that a spreadsheet would run."""


def wrapped_where_needed(text: str, column: Column) -> str:
    """Return the text of a stored line as a file has to have it so that it is read as just this text: wrapped like
    ="NA" where a spreadsheet would run it, or where reading may take it for a blank."""
    if not isinstance(column.type, Text):
        return text
    is_taken = re.match(RUN_BY_SPREADSHEETS, text) or (not column.required and text in WRITTEN_BLANKS)
    doubled = text.replace('"', '""')
    return f'="{doubled}"' if is_taken else text


class WrittenBlanks:
    """The columns of one file whose blanks are written as a word such as `NULL`, slice by slice.

    Such a word is a blank as long as no cell of the column was empty. If a later slice has an empty
    cell after a word was taken for a blank, the file must be checked again, with what `again`
    returns.
    """

    def __init__(
        self, layout: Layout, codes: Mapping[str, Collection[str]], *, has_empty: frozenset[str] = frozenset()
    ) -> None:
        """Take a file's layout.

        Args:
            layout: The layout of the school year.
            codes: The codes, in capitals, of each optional column of codes, by its name.
            has_empty: The columns that are known to have an empty cell.
        """
        self._layout = layout
        self._codes = codes
        self._has_empty = set(has_empty)
        self._reported: set[str] = set()
        self._may_be_blank = {column.name for column in layout.columns.values() if not column.required}

    def read(
        self, text: pl.Series, column: Column, *, is_text: pl.Series | None = None
    ) -> tuple[pl.Series, list[Repair]]:
        """Replace written blanks by empty texts in the texts of a slice.

        Names are not changed, since somebody may be called like that, nor are IDs of a column with
        an empty cell, nor words that are codes of the column.

        Args:
            text: The texts.
            column: The column that they are of.
            is_text: Which of them are certainly values, None if that is known of none.

        Returns:
            The texts, and the repairs to report.
        """
        name = column.name
        if name not in self._may_be_blank:
            return text, []
        if name not in self._has_empty and (text == "").any():
            self._has_empty.add(name)
        is_id = isinstance(column.type, Text) and not column.type.is_free
        if name in self._has_empty and not is_id:
            return text, []
        is_written = text.is_in(self._forms(column).implode()).fill_null(False)
        if is_text is not None:
            is_written &= ~is_text
        if not is_written.any():
            return text, []
        written = text.filter(is_written)
        if name in self._has_empty:
            return text, [change("CELL119", name, written, how="written")]
        self._reported.add(name)
        if column.holds_names:
            return text, [change("CELL119", name, written, how="names")]
        return text.set(is_written, ""), [change("CELL118", name, written)]

    def _forms(self, column: Column) -> pl.Series:
        """Return the words that may stand for a blank in this column."""
        forms = _MAY_BE_NAMES if column.holds_names or column.name in self._has_empty else _FORMS
        # In a list of races, NA may be Native American.
        if isinstance(column.type, Choice):
            forms = [form for form in forms if not column.type.may_be_meant(form)]
        if isinstance(column.type, Code):
            forms = [form for form in forms if form.upper() not in self._codes.get(column.name, ())]
        return pl.Series(forms, dtype=pl.String)

    @property
    def is_settled(self) -> bool:
        """Whether no column has had an empty cell after a word in it was taken for a blank."""
        return not self._reported & self._has_empty

    def again(self) -> "WrittenBlanks":
        """Return a new object that knows the columns with empty cells from the first slice on."""
        return WrittenBlanks(self._layout, self._codes, has_empty=frozenset(self._has_empty))


_SHAPED = r"^[0-9]{1,4}[A-Za-z][0-9]{1,3}$"
_NUMBER = r"^[1-9][0-9]{0,3}0*$"
_SHOWN_AS_POWER = r"^[0-9.]+[Ee]\+[0-9]+$"
# A column without such an ID in this many values is not examined further: few files have one.
_SAMPLE_SIZE = 1_000
# Smallest number of IDs of the shape, and the largest share of other IDs.
_MIN_SHAPED_IDS = 3
_MAX_SHARE_OF_OTHERS = 0.1


class PowerNotation:
    """Finds local IDs such as 1E5 that a spreadsheet has read as powers of ten, slice by slice."""

    def __init__(self, layout: Layout) -> None:
        ids = (c.name for c in layout.columns.values() if isinstance(c.type, Text) and not c.type.is_free)
        self._columns = {name: _LocalIds() for name in ids}

    def note(self, rows: pl.DataFrame) -> None:
        """Note the IDs of a slice."""
        for name, ids in self._columns.items():
            ids.note(rows[f"{name}:value"])

    def repairs(self) -> list[Repair]:
        """Return the repairs to report, after all slices were noted."""
        return [repair for name, ids in self._columns.items() if (repair := ids.change(name))]


class _LocalIds:
    """The IDs of one column: counts by shape, and the numbers among them."""

    def __init__(self) -> None:
        self._value_count = 0
        self._shapes: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._other_count = 0

    def note(self, value: pl.Series) -> None:
        value = value.drop_nulls()
        first = max(_SAMPLE_SIZE - self._value_count, 0)
        self._value_count += value.len()
        if first:
            self._count(value.head(first))
        if self._shapes:
            self._count(value.slice(first))

    def _count(self, value: pl.Series) -> None:
        is_shaped, is_number = value.str.contains(_SHAPED), value.str.contains(_NUMBER)
        shapes = value.filter(is_shaped).str.replace_all("[0-9]", "9").str.replace("[A-Za-z]", "E")
        self._shapes.update(dict(shapes.value_counts().iter_rows()))
        self._numbers.update(value.filter(is_number).to_list())
        others = value.filter(~is_shaped & ~is_number)
        self._other_count += int((~others.str.contains(_SHOWN_AS_POWER)).sum())

    def change(self, name: str) -> Repair | None:
        count = self._shapes.total()
        if count < _MIN_SHAPED_IDS or self._other_count > _MAX_SHARE_OF_OTHERS * count:
            return None
        meant = {number: power for number in self._numbers if (power := self._power(number))}
        if not meant:
            return None
        numbers = [number for number in meant for _ in range(self._numbers[number])]
        how = ", ".join(f'"{power}"' for power in list(meant.values())[:5])
        return change("CELL129", name, pl.Series("number", numbers), how=how)

    def _power(self, number: str) -> str:
        """Return the number as a power of ten in one of the column's shapes, blank if it has
        none of them."""
        for shape, _ in self._shapes.most_common():
            before, after = map(len, re.split("E", shape))
            exponent = str(len(number) - before).zfill(after)
            if len(number) >= before and len(exponent) == after and not number[before:].strip("0"):
                return f"{number[:before]}E{exponent}"
        return ""


_EVERY = pl.lit(True)


class ColumnRepairs:
    """The repairs of one column's odd texts, those that have no value, slice by slice, by the methods of its type.
    Where distinct texts are few, each is repaired once per file.

    A `way` is the number of a method of repair and of the orders in which a date can be read.
    """

    def __init__(self, column: Column, school_year: SchoolYear | None, orders: OrderCounter | None) -> None:
        """Take a column; `orders` reads the orders of its dates, None if it has none."""
        self._column = column
        self._orders = orders
        self._school_year = school_year
        self._has_methods = type(column.type).repairs is not ColumnType.repairs
        self._shape = pl.DataFrame(schema={"value": column.type.polars_type, "way": pl.UInt8})
        self._known = self._shape

    @cached_property
    def _methods(self) -> list[RepairMethod]:
        """The methods of the column's type; most files have no odd text, and to put their patterns together takes
        time."""
        return list(self._column.type.repairs(pl.col("text"), self._school_year))

    def repair(self, text: pl.Series, read: ParsedTexts) -> tuple[pl.Series, list[Repair]]:
        """Repair the texts of a slice.

        Returns:
            The values, and the repairs to report.
        """
        if not self._has_methods:
            return read.value, []
        if read.numbers is None:
            self._known = self._shape
            found = self._repaired(text, read.value)
        else:
            if not read.new.is_empty():
                repaired = self._repaired(read.new, read.new_values)
                self._known = pl.concat([self._known, repaired], rechunk=True)
            has_some = self._known["way"].null_count() < self._known.height
            found = self._known.select(pl.all().gather(read.numbers)) if has_some else self._shape
        ways = found["way"].drop_nulls().unique(maintain_order=True)
        if ways.is_empty():
            return read.value, []
        return found["value"].alias(read.value.name), list(self._changes(text, found, ways))

    def _changes(self, text: pl.Series, found: pl.DataFrame, ways: pl.Series) -> Iterator[Repair]:
        """Yield a repair to report for each way, in the order of the methods."""
        for way in sorted(ways, key=lambda way: way // len(Orders)):
            number, orders = divmod(way, len(Orders))
            is_of_way = (found["way"] == way).fill_null(False)
            method, values = self._methods[number], found["value"].filter(is_of_way)
            first = int(is_of_way.arg_max() or 0)
            pair = f"{show_text(text[first])} as {values[0]}"
            yield change(method.code, self._column.name, values, how=method.how, orders=Orders(orders), pair=pair)

    def _repaired(self, text: pl.Series, value: pl.Series) -> pl.DataFrame:
        """Return the value of each text, repaired if it has none, and the way in which it was."""
        whole = pl.DataFrame({"text": text, "value": value})
        odd = whole.lazy().filter((pl.col("text") != "") & pl.col("value").is_null()).select("text").collect()
        found = self._shape if odd.is_empty() else self._found(odd)
        if found.is_empty():
            return whole.select("value", pl.lit(None, pl.UInt8).alias("way"))
        repaired = whole.select("text").join(found, on="text", how="left", maintain_order="left")
        is_read = whole["value"].is_not_null()
        return repaired.select(whole["value"].zip_with(is_read, repaired["value"]), "way")

    def _found(self, odd: pl.DataFrame) -> pl.DataFrame:
        """Return `text`, `value` and `way` of the distinct texts that can be repaired."""
        # cheap tests first: they are false of nearly all texts that are no values in any form
        tests = {str(number): method.candidates for number, method in enumerate(self._methods)}
        tested = odd.lazy().with_columns((_EVERY if test is None else test).alias(name) for name, test in tests.items())
        asked = tested.filter(pl.any_horizontal(pl.col(list(tests)))).collect().unique("text")
        every = self._shape.with_columns(pl.lit("").alias("text"))
        for number, method in enumerate(self._methods):
            texts = asked.filter(pl.col(str(number)))["text"]
            if not texts.is_empty():  # to compile its patterns takes longer than to match a thousand texts
                found = texts.to_frame().select("text", method.value.alias("value")).drop_nulls()
                if not found.is_empty():
                    every.extend(self._with_way(found, number).select(every.columns))
        return every.unique("text", keep="first", maintain_order=True)

    def _with_way(self, found: pl.DataFrame, number: int) -> pl.DataFrame:
        if self._orders is None:
            return found.with_columns(pl.lit(number * len(Orders), pl.UInt8).alias("way"))
        orders = self._orders.orders(found["text"]).cast(pl.UInt8)
        return found.with_columns((orders + number * len(Orders)).cast(pl.UInt8).alias("way"))
