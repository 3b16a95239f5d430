"""What a report is: tables of counts, each read from the frozen lines of a snapshot."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from urllib.parse import urlencode

from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot


class Count(NamedTuple):
    """One number of a report.

    `by` says what is counted by, such as `School`; `keys` are the values, as codes and IDs, and `names` what people
    call them. The total has none.
    """

    by: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    student_count: int
    dimensions: tuple[str, ...] | None = None
    measure: str = ""

    @property
    def query(self) -> str:
        """The address's query of the students behind it."""
        measure = [("measure", self.measure)] if self.measure else []
        return urlencode([*measure, *zip(self.dimensions or (), self.keys, strict=True)])


@dataclass(frozen=True)
class CountTable:
    """Counts of one kind, in order."""

    by: str
    counts: tuple[Count, ...]

    @property
    def is_short(self) -> bool:
        """Whether it is counted by one thing at most."""
        return all(len(count.keys) <= 1 for count in self.counts)


class Report(ABC):
    """A report of a snapshot. `title` is what people call it, `summary` says what is counted. `is_compared` is whether
    its numbers stand beside those of another year, so have the same keys in each; `needs_definition` whether it asks
    who is a participant and who a concentrator."""

    title: ClassVar[str]
    summary: ClassVar[str]
    is_compared: ClassVar[bool] = False
    needs_definition: ClassVar[bool] = False

    @abstractmethod
    def tables(self, snapshot: Snapshot, *, reach: Reach = None) -> Iterator[CountTable]:
        """Yield the tables of counts, of the students that an organization of the reach teaches or sends."""
