"""Draws a time line: bars over the days of a school year, one track below the other.

Days are places in percent of the width, so that the same drawing fits a wide window and a narrow one; heights and
letters are in pixels and are never stretched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_LANE = 28
_BAR = 22
_PAD = (_LANE - _BAR) // 2
_SCALE_HEIGHT = 18
_MONTHS = 12
_MONTHS_BETWEEN_LONG_NAMES = 3


class Look(StrEnum):
    """How a bar looks, so that it is known without its colour."""

    FILLED = "filled"
    HOLLOW = "hollow"
    PALE = "pale"
    GAP = "gap"


@dataclass(frozen=True)
class Bar:
    """What lasts from `first` on up to `end`, None where no end is known. One with `is_wrong` has an exclamation
    mark."""

    first: date
    end: date | None
    label: str
    look: Look
    is_wrong: bool = False


@dataclass(frozen=True)
class Track:
    """Bars of one kind under a label; `in_words` is for a person who does not see them."""

    label: str
    bars: Sequence[Bar]
    in_words: str


@dataclass(frozen=True)
class TimeLine:
    """Tracks over the days from `first` to `last`, with a line at the end of the day `mark`."""

    first: date
    last: date
    mark: date
    mark_label: str
    tracks: Sequence[Track]

    @property
    def scale(self) -> SafeString:
        """The drawing of the months, and of what the line at the mark is called."""
        return format_html(
            '<svg class="months" width="100%" height="{}" aria-hidden="true">{}</svg>',
            _SCALE_HEIGHT,
            _joined(self._month_names()),
        )

    @property
    def drawings(self) -> list[tuple[Track, SafeString]]:
        """Each track with its drawing."""
        return [(track, self._draw(track)) for track in self.tracks]

    @property
    def signs(self) -> list[tuple[str, str]]:
        """What the signs in the drawings mean, as far as they are there: the name of each, and its meaning."""
        bars = [bar for track in self.tracks for bar in track.bars]
        signs = {
            "gap": ("gap", any(bar.look == Look.GAP for bar in bars)),
            "wrong": ("does not fit", any(bar.is_wrong for bar in bars)),
            "open": ("no end", any(bar.end is None for bar in bars)),
            "mark": (self.mark_label, self.has_mark),
        }
        return [(name, text) for name, (text, is_there) in signs.items() if is_there]

    @property
    def has_mark(self) -> bool:
        """Whether the mark lies between the first day and the last."""
        return self.first <= self.mark <= self.last

    def _draw(self, track: Track) -> SafeString:
        lanes = list(_in_lanes(track.bars))
        count = max((lane for lane, _ in lanes), default=0) + 1
        return format_html(
            '<svg class="track" width="100%" height="{}" role="img" aria-label="{}">{}{}{}</svg>',
            count * _LANE,
            f"{track.label}: {track.in_words}",
            _joined(self._grid()),
            _joined([self._bar(bar, top=lane * _LANE + _PAD) for lane, bar in lanes]),
            self._upright(self.mark + timedelta(days=1), "mark") if self.has_mark else "",
        )

    def _grid(self) -> list[SafeString]:
        ends = (self.first, self.last + timedelta(days=1))
        return [self._upright(day, "month") for day in self._months()[1:]] + [
            self._upright(day, "bound") for day in ends
        ]

    def _upright(self, day: date, name: str) -> SafeString:
        x = _percent(self._place(day))
        return format_html('<line class="{}" x1="{}" x2="{}" y1="0" y2="100%"/>', name, x, x)

    def _bar(self, bar: Bar, *, top: int) -> SafeString:
        """Return a bar. One without an end goes on after the mark with a broken outline, up to an arrow."""
        known_until = max(bar.first, bar.end or self.mark + timedelta(days=1))
        parts = [self._box(bar.first, known_until, f"period {bar.look}", top)]
        if bar.end is None and known_until <= self.last:
            parts.append(self._box(known_until, self.last + timedelta(days=1), "period onward", top))
        parts.append(self._text(bar, bar.end or self.last + timedelta(days=1), top))
        if bar.end is None or bar.end > self.last + timedelta(days=1):
            parts.append(_arrow(bar.look if known_until > self.last else "onward", top))
        return _joined(parts)

    def _box(self, first: date, end: date, name: str, top: int) -> SafeString:
        return format_html(
            '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="3"/>',
            name,
            _percent(self._place(first)),
            _percent(max(0, self._place(end) - self._place(first))),
            top,
            _BAR,
        )

    def _text(self, bar: Bar, end: date, top: int) -> SafeString:
        """Return the label, cut off where the bar ends, and the sign of a bar that is wrong, which is not cut off."""
        x = _percent(self._place(bar.first))
        sign = format_html(
            '<svg class="sign" x="{}" y="{}" overflow="visible"><circle cx="11" cy="11" r="7.5"/>'
            '<text x="11" y="15.5">!</text></svg>',
            x,
            top,
        )
        label = format_html(
            '<svg x="{}" width="{}" y="{}" height="{}"><text class="on-{}" x="{}" y="15">{}</text></svg>',
            x,
            _percent(max(0, self._place(end) - self._place(bar.first))),
            top,
            _BAR,
            bar.look,
            23 if bar.is_wrong else 7,
            bar.label,
        )
        return _joined([label, sign] if bar.is_wrong else [label])

    def _months(self) -> list[date]:
        """Return the first day, and those on which the months after it begin."""
        begins, month = [self.first], self.first
        for _ in range(_MONTHS):
            month = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
            if month <= self.last:
                begins.append(month)
        return begins

    def _month_names(self) -> list[SafeString]:
        """Return the names of the months, of which a narrow drawing shows every third: the first one and January have
        the year, and none follows them closely."""
        names, has_year = [], False
        for number, month in enumerate(self._months()):
            has_room, has_year = not has_year, number == 0 or month.month == 1
            if has_room or has_year:
                name = "long" if number % _MONTHS_BETWEEN_LONG_NAMES == 0 else "short"
                text = f"{month:%b %Y}" if has_year else f"{month:%b}"
                x = _percent(self._place(month))
                names.append(format_html('<text class="{}" x="{}" dx="2" y="13">{}</text>', name, x, text))
        return names

    def _place(self, day: date) -> float:
        """Return where a day begins, in percent; of one outside the year the nearer edge."""
        share = (day - self.first) / (self.last - self.first + timedelta(days=1))
        return min(max(share * 100, 0), 100)


def _in_lanes(bars: Sequence[Bar]) -> Iterator[tuple[int, Bar]]:
    """Yield each bar with the first lane that is free when it begins."""
    ends: list[date] = []
    for bar in sorted(bars, key=lambda bar: (bar.first, bar.end or date.max, bar.label)):
        lane = next((number for number, end in enumerate(ends) if end <= bar.first), len(ends))
        # What begins and ends on one day still takes a place of its own.
        until = max(bar.end or date.max, min(bar.first, date.max - timedelta(days=1)) + timedelta(days=1))
        ends[lane : lane + 1] = [until]
        yield lane, bar


def _arrow(name: str, top: int) -> SafeString:
    """Return an arrow at the end of the year, on a ground of its own that covers a label."""
    return format_html(
        '<svg x="100%" y="{}" overflow="visible"><rect class="{}" x="-15" y="2" width="16" height="18"/>'
        '<path class="arrow on-{}" d="M-10 6l5 5l-5 5"/></svg>',
        top,
        name,
        name,
    )


def _percent(share: float) -> str:
    return f"{round(share, 3):g}%"


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
