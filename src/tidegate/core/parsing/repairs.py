"""What was put right or left out of the values, told once per column however many slices a file has."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import itemgetter

import polars as pl

from tidegate.core.parsing.day_order import Orders
from tidegate.core.reading.issue import ReadingIssue, show_text

_MOST_EXAMPLES = 5
_SHOWN_AS_THEY_ARE = {"CELL124"}
"""Their values are no values, so that no quotes stand around them."""


@dataclass(frozen=True)
class Repair:
    """So many values of a column, told by the rule with this code. `different` are the distinct ones, as texts, in the
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
