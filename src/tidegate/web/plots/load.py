"""Draws the load of the site: one or two lines over the last day.

The drawing has nothing but lines and is stretched to fit; its words are texts next to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tidegate.web.plots.axis import round_top

_HEIGHT = 100
_TOPS = (2, 4, 10)  # each has a half that is a whole number, for the line in the middle


@dataclass(frozen=True)
class Series:
    """A line of a plot: what it shows, and a value for each part of the time, None where nothing is known."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Plot:
    """A plot of one or two lines over a time in `part_count` equal parts, which may not have come to their end yet.

    `times` are written below, each at the beginning of an equal share of the time.
    """

    lines: Sequence[Series]
    part_count: int
    times: Sequence[str]

    @property
    def scale(self) -> tuple[str, str, str]:
        """The numbers on the axis.

        Returns:
            Those at the top, in the middle and at the bottom.
        """
        return f"{self._top:,.0f}", f"{self._top / 2:,.0f}", "0"

    @property
    def in_words(self) -> str:
        """The text for a person who does not see the plot."""
        said = ", ".join(f"{line.label.lower()} at most {_most(line):,.0f}" for line in self.lines)
        return f"Plot of the last 24 hours: {said}. The table after it has each hour."

    @property
    def svg(self) -> SafeString:
        """The drawing."""
        drawn = [(f"line-{number}", self._path(line)) for number, line in enumerate(self.lines, start=1)]
        return format_html(
            '<svg class="drawing" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>',
            self.part_count,
            _HEIGHT,
            self.in_words,
            format_html_join("", '<path class="grid" d="{}"/>', ((path,) for path in self._grid())),
            format_html_join("", '<path class="{}" d="{}"/>', drawn),
        )

    @property
    def _top(self) -> float:
        highest = max((_most(line) for line in self.lines), default=0)
        return round_top(highest, _TOPS)

    def _grid(self) -> Sequence[str]:
        share = self.part_count / len(self.times)
        across = [f"M0 {y}H{self.part_count}" for y in (0, _HEIGHT / 2, _HEIGHT)]
        return across + [f"M{number * share:g} 0V{_HEIGHT}" for number in range(len(self.times))]

    def _path(self, line: Series) -> str:
        """Return the line in steps, broken off where nothing is known."""
        steps, is_known = [], False
        for number, value in enumerate(line.values):
            if value is not None:
                y = _HEIGHT * (1 - value / self._top)
                steps.append(f"{'V' if is_known else f'M{number} '}{y:g}H{number + 1}")
            is_known = value is not None
        return "".join(steps)


def _most(line: Series) -> float:
    return max((value for value in line.values if value is not None), default=0)
