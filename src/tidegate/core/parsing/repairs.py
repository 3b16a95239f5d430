"""What was put right or left out of the values, told once per column however many slices a file has."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import itemgetter

import polars as pl

from tidegate.core.layouts.column_types import Text
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.parsing.day_order import Orders
from tidegate.core.reading.issue import ReadingIssue, show_text

_MOST_EXAMPLES = 5
_SHOWN_AS_THEY_ARE = {"CELL124"}
"""Codes of repairs whose examples are descriptions, not values: shown without quotes."""


@dataclass(frozen=True)
class Repair:
    """Repaired values of one column, reported by the rule with this code. `different` are the distinct texts, in the
    order in which they come; `how` says what was odd about them, and `orders` in which orders dates can be read."""

    code: str
    column: str
    count: int
    different: pl.Series
    how: str = ""
    orders: Orders = Orders.NONE

    def notice(self) -> ReadingIssue:
        """Return what is said of it in the log."""
        is_one = self.count == 1
        words = {
            "column": self.column,
            "count": f"{self.count:,} value{'' if is_one else 's'}",
            "were": "was" if is_one else "were",
            "are": "is" if is_one else "are",
            "values": self._examples(),
            "how": self.how,
        }
        return ReadingIssue(self.code, words=words)

    def _examples(self) -> str:
        quote = "" if self.code in _SHOWN_AS_THEY_ARE else '"'
        more = f" and {self.different.len() - _MOST_EXAMPLES:,} more" if self.different.len() > _MOST_EXAMPLES else ""
        shown = (show_text(value) for value in self.different.head(_MOST_EXAMPLES))
        return ", ".join(f"{quote}{value}{quote}" for value in shown) + more


def change(code: str, column: str, values: pl.Series, *, how: str = "", orders: Orders = Orders.NONE) -> Repair:
    """Return the change of `values`, one for each cell that it touches."""
    different = values.unique(maintain_order=True).cast(pl.String).alias("different")
    return Repair(code, column, values.len(), different, how, orders)


class Repairs:
    """The changes of all slices of a file."""

    def __init__(self) -> None:
        self._by_kind: dict[tuple[str, str, str], Repair] = {}

    def add(self, changes: Iterable[Repair]) -> None:
        """Add those of a slice."""
        for more in changes:
            kind = (more.code, more.column, more.how)
            known = self._by_kind.get(kind)
            if known is not None:
                different = pl.concat([known.different, more.different]).unique(maintain_order=True)
                more = replace(known, count=known.count + more.count, different=different)  # noqa: PLW2901
            self._by_kind[kind] = more

    def notices(self) -> list[ReadingIssue]:
        """Return a notice for each kind of change of each column, in an order that hangs on nothing else."""
        return [change.notice() for _, change in sorted(self._by_kind.items(), key=itemgetter(0))]


_MAY_BE_NAMES = ["NA", "N/A", "NULL", "None"]
_FORMS = [*_MAY_BE_NAMES, "#N/A"]
"""The last is an error in a column of names (CELL128): nobody is called so."""


class WrittenBlanks:
    """The columns of one file that have their blanks written out, as far as its slices tell, in order.

    A column is one of these as long as no cell of it was empty. Where a later slice has an empty cell after one of
    these words was taken for a blank, the file must be judged again, with what `again` returns.
    """

    def __init__(self, layout: Layout, *, has_empty: frozenset[str] = frozenset()) -> None:
        """`has_empty` names the columns that are known to have an empty cell."""
        self._layout = layout
        self._has_empty = set(has_empty)
        self._told_of: set[str] = set()
        self._may_be_blank = {column.name for column in layout.columns.values() if not column.required}

    def read(self, text: pl.Series, column: Column) -> tuple[pl.Series, list[Repair]]:
        """Return the texts of a slice, an empty one for each blank that is written out, and what is to be told of it.
        Names are left alone, since somebody may be called so, and so are IDs beside an empty cell."""
        name = column.name
        if name not in self._may_be_blank:
            return text, []
        if name not in self._has_empty and (text == "").any():
            self._has_empty.add(name)
        is_id = isinstance(column.type, Text) and not column.type.is_free
        if name in self._has_empty and not is_id:
            return text, []
        forms = pl.Series(_MAY_BE_NAMES if column.holds_names or name in self._has_empty else _FORMS)
        is_written = text.is_in(forms.implode()).fill_null(False)
        if not is_written.any():
            return text, []
        written = text.filter(is_written)
        if name in self._has_empty:
            return text, [change("CELL119", name, written, how="written")]
        self._told_of.add(name)
        if column.holds_names:
            return text, [change("CELL119", name, written, how="a name")]
        return text.set(is_written, ""), [change("CELL118", name, written)]

    @property
    def is_settled(self) -> bool:
        """Whether no column turned out to have an empty cell after it was told of as one that has none."""
        return not self._told_of & self._has_empty

    def again(self) -> "WrittenBlanks":
        """Return what is known now for the first slice and all that follow."""
        return WrittenBlanks(self._layout, has_empty=frozenset(self._has_empty))


_SHAPED = r"^[0-9]{1,4}[A-Za-z][0-9]{1,3}$"
_NUMBER = r"^[1-9][0-9]{0,3}0*$"
_SHOWN_AS_POWER = r"^[0-9.]+[Ee]\+[0-9]+$"
_LOOKED_AT = 1_000
"""Values after which a column without such an ID is not looked at any further: few files have one."""
_FEWEST = 3
_OTHERS = 0.1
"""Smallest number of IDs of the shape, and the largest share of others."""


class ReadAsPowers:
    """The columns of local IDs of one file, slice by slice."""

    def __init__(self, layout: Layout) -> None:
        ids = (c.name for c in layout.columns.values() if isinstance(c.type, Text) and not c.type.is_free)
        self._columns = {name: _Ids() for name in ids}

    def note(self, rows: pl.DataFrame) -> None:
        """Note the IDs of a slice."""
        for name, ids in self._columns.items():
            ids.note(rows[f"{name}:value"])

    def repairs(self) -> list[Repair]:
        """Return what is to be told of the columns, when all slices are noted."""
        return [told for name, ids in self._columns.items() if (told := ids.change(name))]


class _Ids:
    """The IDs of one column: how many have which shape, and the numbers among them."""

    def __init__(self) -> None:
        self._value_count = 0
        self._shapes: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._other_count = 0

    def note(self, value: pl.Series) -> None:
        value = value.drop_nulls()
        first = max(_LOOKED_AT - self._value_count, 0)
        self._value_count += value.len()
        self._count(value.head(first))
        if self._shapes:
            self._count(value.slice(first))

    def _count(self, value: pl.Series) -> None:
        is_shaped, is_number = value.str.contains(_SHAPED), value.str.contains(_NUMBER)
        shapes = value.filter(is_shaped).str.replace_all("[0-9]", "9").str.replace("[A-Za-z]", "E")
        self._shapes.update(dict(shapes.value_counts().iter_rows()))
        self._numbers.update(value.filter(is_number).to_list())
        self._other_count += int((~is_shaped & ~is_number & ~value.str.contains(_SHOWN_AS_POWER)).sum())

    def change(self, name: str) -> Repair | None:
        count = self._shapes.total()
        if count < _FEWEST or self._other_count > _OTHERS * count:
            return None
        meant = {number: power for number in self._numbers if (power := self._power(number))}
        if not meant:
            return None
        numbers = [number for number in meant for _ in range(self._numbers[number])]
        how = ", ".join(f'"{power}"' for power in list(meant.values())[:5])
        return change("CELL129", name, pl.Series("number", numbers), how=how)

    def _power(self, number: str) -> str:
        """Return how the number is written as a power of ten in one of the column's shapes, blank where in none."""
        for shape, _ in self._shapes.most_common():
            before, after = map(len, re.split("E", shape))
            exponent = str(len(number) - before).zfill(after)
            if len(number) >= before and len(exponent) == after and not number[before:].strip("0"):
                return f"{number[:before]}E{exponent}"
        return ""
