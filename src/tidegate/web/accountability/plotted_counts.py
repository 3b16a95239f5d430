"""A table of a snapshot's report as a page has it: its numbers, and bars of those that are by one thing."""

from dataclasses import dataclass

from tidegate.accountability.reports.report import Count, CountTable
from tidegate.web.plots.bars import BarRows, Part, Row

_MAX_BARS = 20
_PARTS = (Part("Students", "look-1"),)


@dataclass(frozen=True)
class PlottedCounts:
    """A table of counts with its plot. One bar alone would say nothing, and students by two things would be bars
    without an order."""

    table: CountTable

    @property
    def plot(self) -> BarRows | None:
        """A bar for each number in the order of the table, or of the largest ones where there are many."""
        if len(self.table.counts) < 2 or not all(len(count.dimensions or ()) == 1 for count in self.table.counts):
            return None
        return BarRows(_PARTS, [Row(count.names[0], (count.student_count,)) for count in self._drawn])

    @property
    def left_out_in_words(self) -> str:
        """What the plot does not have; blank where it has every number."""
        count = len(self.table.counts)
        return f"The {_MAX_BARS} largest of {count:,}" if count > _MAX_BARS else ""

    @property
    def _drawn(self) -> list[Count]:
        counts = list(self.table.counts)
        if len(counts) > _MAX_BARS:
            counts.sort(key=lambda count: -count.student_count)
        return counts[:_MAX_BARS]
