"""Draws bars that are put together from parts: one bar for each month, or one for each file type.

Places are in percent of the drawing's width or height and letters in pixels, so that nothing is stretched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tidegate.web.plots.axis import round_top

_HEIGHT = 120
_ROW_HEIGHT = 22
_SHARE_OF_SLOT = 0.7
_TOPS = (1, 2, 5, 10)
_MIN_PERCENT = 0.4
"""A part that is there at all is seen."""


@dataclass(frozen=True)
class Part:
    """What the bars are put together from: its name, and its look, so that it is known without its colour."""

    label: str
    look: str


@dataclass(frozen=True)
class BarColumns:
    """Upright bars over the months, each put together from the same parts, the first one at the bottom.

    `names` are written below the bars, `values` has the counts of each bar's parts.
    """

    title: str
    parts: Sequence[Part]
    names: Sequence[str]
    values: Sequence[Sequence[int]]

    @property
    def top(self) -> int:
        """The number at the top of the axis: a round one."""
        highest = max((sum(counts) for counts in self.values), default=0)
        return round_top(highest, _TOPS)

    @property
    def in_words(self) -> str:
        """The text for a person who does not see the bars."""
        sums = [sum(counts[number] for counts in self.values) for number in range(len(self.parts))]
        said = ", ".join(f"{part.label.lower()} {total:,}" for part, total in zip(self.parts, sums, strict=True))
        return f"{self.title}: {said}. The table after it has each month."

    @property
    def svg(self) -> SafeString:
        """The drawing."""
        return format_html(
            '<svg class="columns" width="100%" height="{}" role="img" aria-label="{}">{}{}</svg>',
            _HEIGHT,
            self.in_words,
            format_html_join(
                "", '<line class="grid" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>', ((y,) for y in (0, 50, 100))
            ),
            format_html_join("", "{}", ((self._bar(number),) for number in range(len(self.values)))),
        )

    def _bar(self, number: int) -> SafeString:
        slot = 100 / max(1, len(self.values))
        x, width = (number + (1 - _SHARE_OF_SLOT) / 2) * slot, _SHARE_OF_SLOT * slot
        heights = [_percent_of(count, self.top) for count in self.values[number]]
        boxes = [
            (part.look, _rounded(x), _rounded(width), _rounded(100 - until), _rounded(height))
            for part, height, until in zip(self.parts, heights, accumulate(heights), strict=True)
            if height
        ]
        return format_html_join("", '<rect class="{}" x="{}%" width="{}%" y="{}%" height="{}%"/>', boxes)


@dataclass(frozen=True)
class Row:
    """A lying bar: its name, and the count of each part."""

    label: str
    counts: Sequence[int]


@dataclass(frozen=True)
class BarRows:
    """Lying bars below each other, each put together from the same parts. They end where the longest one does or, with
    `is_whole`, all at the right."""

    parts: Sequence[Part]
    rows: Sequence[Row]
    is_whole: bool = False

    @property
    def drawings(self) -> list[tuple[str, SafeString]]:
        """The name of each bar with its drawing."""
        longest = max((sum(row.counts) for row in self.rows), default=0)
        return [(row.label, self._draw(row, sum(row.counts) if self.is_whole else longest)) for row in self.rows]

    def _draw(self, row: Row, whole: int) -> SafeString:
        widths = [_percent_of(count, whole) for count in row.counts]
        boxes = [
            (part.look, _rounded(until - width), _rounded(width), _ROW_HEIGHT)
            for part, width, until in zip(self.parts, widths, accumulate(widths), strict=True)
            if width
        ]
        said = ", ".join(f"{part.label.lower()} {count:,}" for part, count in zip(self.parts, row.counts, strict=True))
        return format_html(
            '<svg class="rows" width="100%" height="{}" role="img" aria-label="{}">{}</svg>',
            _ROW_HEIGHT,
            f"{row.label}: {said}",
            format_html_join("", '<rect class="{}" x="{}%" width="{}%" y="0" height="{}"/>', boxes),
        )


def _percent_of(count: int, whole: int) -> float:
    return max(_MIN_PERCENT, 100 * count / whole) if count and whole else 0


def _rounded(number: float) -> str:
    return f"{number:.3g}" if number < 1 else f"{number:.4g}"
