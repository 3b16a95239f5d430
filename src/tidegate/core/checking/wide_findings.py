"""Findings in wide form: a line for each row, and columns for each kind of finding, where most rows have most kinds.

In a file in which everything is wrong nearly each cell has a finding. In the long form each is sorted into its place,
and has its row's names beside it; here all findings of a row stand on its line as they are made.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import polars as pl

from tidegate.core.frames.joins import IntIndex, are_alike, no_positions
from tidegate.core.rules.expressions import ROW
from tidegate.core.suggestions.suggestion import ASKED, SCOPE

ORIGIN = "origin"
SAID = {"message": None, "known": "", "suggestions": ""}
"""What may be said of a finding, and what stands in it where nothing is said."""

_OF_EACH = ("value", *SAID, ASKED, SCOPE)


class FindingKind(NamedTuple):
    """What findings of one kind have in common: the last two are NOT_YET, the words around their values."""

    column: str
    code: str
    severity: str
    begins: str
    ends: str


def _name(of: str, number: int) -> str:
    return f"{of}:{number}"


class WideParts(NamedTuple):
    """The columns of each kind (`value:3` is the third's), and those that are the same for all rows, each once.

    A value is null where a row has no finding of its kind.
    """

    cells: pl.DataFrame
    same: Mapping[str, pl.Series]


def widened(findings: Sequence[tuple[int, pl.DataFrame]], rows: pl.Series) -> WideParts | None:
    """Return findings in wide form; None where a row has several of one kind, or rows are not in order.

    Args:
        findings: The number of each kind, and its findings.
        rows: The numbers of the rows that they are about.
    """
    height = rows.len()
    if len(dict(findings)) < len(findings) or not rows.is_sorted():
        return None
    cells, same, index = dict[str, pl.Series](), dict[str, pl.Series](), IntIndex(rows)
    for number, part in findings:
        at = _places(part, rows, index)
        if at is None:
            return None
        is_whole = part.height == height
        for name in _OF_EACH:
            values = part[name]
            if (is_whole or name != "value") and are_alike(values):
                same[_name(name, number)] = values.new_from_index(0, 1)
            else:
                cells[_name(name, number)] = values if is_whole else values.gather(at)
    return WideParts(pl.DataFrame(cells), same)


def _places(part: pl.DataFrame, rows: pl.Series, index: IntIndex) -> pl.Series | None:
    """Return which finding of a kind each row has, null where it has none; None if they cannot be put so."""
    numbers, messages = part[ROW], part["message"]
    if part["value"].null_count() or messages.null_count() not in (0, part.height):
        return None
    each = pl.int_range(part.height, dtype=pl.UInt32, eager=True)
    if part.height == rows.len():
        return each if bool((numbers == rows).all()) else None
    positions = index.positions(numbers)
    if positions.null_count():
        return None
    at = no_positions(rows.len()).scatter(positions, each)
    return at if at.null_count() == rows.len() - part.height else None


class WideFindings:
    """The findings about some rows in wide form."""

    def __init__(
        self,
        parts: WideParts,
        rows: pl.DataFrame,
        kinds: Mapping[int, FindingKind],
        *,
        tell: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame],
    ) -> None:
        """Take the parts of findings.

        Args:
            parts: The columns of each kind.
            rows: The numbers of the rows, and the texts that name them.
            kinds: What the findings of each kind have in common, in the order of the Result Log.
            tell: Makes findings of what was noted, and of the rows.
        """
        self.rows, self.kinds = rows, kinds
        self._cells, self._same = parts
        self._tell = tell

    def is_empty(self) -> bool:
        """Whether there is no finding."""
        return self.rows.is_empty() or not self.kinds

    def of(self, name: str, number: int) -> pl.Series:
        """Return a column of a kind, null where a row has no such finding."""
        same = self._same.get(_name(name, number))
        if same is None:
            return self._cells[_name(name, number)]
        every = same.new_from_index(0, self.rows.height)
        if not self._lacks_some[number]:
            return every
        return every.zip_with(self._cells[_name("value", number)].is_not_null(), every.clear(self.rows.height))

    def told(self, number: int) -> pl.DataFrame:
        """Return `value` and `message` of a kind: of each row, null where it has none, or in a single line what is the
        same in all."""
        names = ("value", "message")
        same = {name: self._same.get(_name(name, number)) for name in names}
        each = {name: self.of(name, number) for name in names} if any(each is None for each in same.values()) else same
        return pl.DataFrame(each)

    @cached_property
    def _lacks_some(self) -> dict[int, bool]:
        """Whether a row has no finding of a kind, by the kind's number."""
        values = ((number, _name("value", number)) for number in self.kinds)
        return {number: name in self._cells and bool(self._cells[name].null_count()) for number, name in values}

    def long(self) -> pl.DataFrame:
        """Return the number of the row and of the kind of each finding, and what was noted of it, in the order of the
        Result Log."""
        order = pl.int_range(self.rows.height * len(self.kinds), dtype=pl.UInt32, eager=True)
        line, kind = order // len(self.kinds), order % len(self.kinds)
        at = kind * self.rows.height + line
        numbers = pl.Series(list(self.kinds), dtype=pl.UInt32)
        told = [name for name in _OF_EACH if not self._is_unsaid(name)]
        columns = {name: pl.concat([self.of(name, number) for number in self.kinds]).gather(at) for name in told}
        noted = pl.DataFrame({ROW: self.rows[ROW].gather(line), ORIGIN: numbers.gather(kind), **columns})
        return noted.filter(pl.col("value").is_not_null()) if any(self._lacks_some.values()) else noted

    def _is_unsaid(self, name: str) -> bool:
        """Whether nothing is said in a column that needs not be there."""
        said = (self._same.get(_name(name, number)) for number in self.kinds)
        return name in SAID and all(each is not None and each[0] == SAID[name] for each in said)

    def of_rows(self, numbers: Sequence[int]) -> pl.DataFrame:
        """Return the findings of some rows in the long form, which may lack their messages (see `all_worded`)."""
        at = self.rows[ROW].is_in(numbers).arg_true()
        cells = self._cells[at] if self._cells.width else self._cells
        some = WideFindings(WideParts(cells, self._same), self.rows[at], self.kinds, tell=self._tell)
        return self._tell(some.long(), some.rows)
