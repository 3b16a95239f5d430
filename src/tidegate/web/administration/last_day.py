"""The plots of the last day, each with its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from tidegate.uploads.monitoring.samples import Slot, last_day
from tidegate.web.plots.load import Plot, Series

_PART = timedelta(minutes=15)
_HOUR = timedelta(hours=1)
_PART_COUNT = 96
_SHARES = 4


class MeasureColumn(NamedTuple):
    """A title, and the value that a part of the day has under it; None where it is not known."""

    title: str
    value_of: Callable[[Slot], float | None]


@dataclass(frozen=True)
class Subject:
    """What is looked at: the first `line_count` columns of its table are the lines of its plot."""

    slug: str
    title: str
    meaning: str
    columns: Sequence[MeasureColumn]
    line_count: int = 1


@dataclass(frozen=True)
class MeasureSection:
    """A subject with its plot and, for each hour, the cells of its table."""

    subject: Subject
    plot: Plot
    hours: Sequence[tuple[datetime, Sequence[str]]]


def _minutes(slot: Slot) -> float | None:
    return None if slot.oldest_waiting_seconds is None else slot.oldest_waiting_seconds / 60


_SUBJECTS = (
    Subject(
        "waiting",
        "Uploads waiting",
        "The most at any minute of a quarter of an hour",
        [MeasureColumn("Waiting", lambda slot: slot.waiting_count)],
    ),
    Subject(
        "longest-wait",
        "Longest wait, in minutes",
        "How long the oldest upload had waited",
        [MeasureColumn("Minutes", _minutes)],
    ),
    Subject(
        "ended",
        "Uploads ended",
        "In each quarter of an hour",
        [
            MeasureColumn("Finished", lambda slot: slot.finished_count),
            MeasureColumn("Failed", lambda slot: slot.failed_count),
        ],
        line_count=2,
    ),
    Subject(
        "rows",
        "Rows processed",
        "In each quarter of an hour; the speed is that of one worker",
        [
            MeasureColumn("Rows", lambda slot: slot.row_count),
            MeasureColumn("Rows a second", lambda slot: slot.rows_per_second),
        ],
    ),
    Subject(
        "requests",
        "Requests",
        "In each quarter of an hour; slow ones took more than a second, failed ones had a problem on our side",
        [
            MeasureColumn("Answered", lambda slot: slot.request_count),
            MeasureColumn("Slow", lambda slot: slot.slow_request_count),
            MeasureColumn("Failed", lambda slot: slot.failed_request_count),
        ],
        line_count=2,
    ),
    Subject(
        "workers",
        "Workers alive",
        "The fewest at any minute of a quarter of an hour",
        [MeasureColumn("Workers", lambda slot: slot.worker_count)],
    ),
)


def sections_of_last_day() -> list[MeasureSection]:
    """Return each subject with its plot and its table, the newest hour first."""
    parts, hours = last_day(every=_PART), last_day(every=_HOUR)
    times = [_time_of(parts[0].begins_at + number * 24 / _SHARES * _HOUR) for number in range(_SHARES)]
    return [
        MeasureSection(
            subject,
            Plot(_lines_of(subject, parts), part_count=_PART_COUNT, times=times),
            [(hour.begins_at, [_shown(column.value_of(hour)) for column in subject.columns]) for hour in hours[::-1]],
        )
        for subject in _SUBJECTS
    ]


def _lines_of(subject: Subject, parts: Sequence[Slot]) -> list[Series]:
    shown = subject.columns[: subject.line_count]
    return [Series(column.title, [column.value_of(part) for part in parts]) for column in shown]


def _time_of(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


def _shown(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f}"
