"""The numbers of a snapshot beside those of last year's and of the one before it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from tidegate.accountability.models import Snapshot, SnapshotState
from tidegate.accountability.outputs.counts import counts_of, reports_of
from tidegate.accountability.reports.report import Count

Key: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...]]
"""What a number is of: the slug of the report (with the measure, where a report has several), the dimensions, and their
keys."""


class ComparedCount(NamedTuple):
    """A number beside others of the same kind; None where there is no such snapshot. Without a student there is none,
    which is 0."""

    report: str
    number: Count
    last_year: int | None
    last_snapshot: int | None

    @property
    def key(self) -> Key:
        """What the number is of."""
        return self.report, self.number.dimensions or (), self.number.keys


def last_years(snapshot: Snapshot) -> Snapshot | None:
    """Return last year's snapshot of the same period: the signed one, else the newest that was not reopened."""
    of_year = Snapshot.objects.filter(period=snapshot.period, school_year=snapshot.school_year.first - 1)
    standing = of_year.exclude(state=SnapshotState.OPEN).select_related("school_year").order_by("-pk")
    return next((each for each in standing if each.is_signed), standing.first())


def one_before(snapshot: Snapshot) -> Snapshot | None:
    """Return the snapshot of the same period and year that was taken before."""
    of_year = Snapshot.objects.filter(period=snapshot.period, school_year=snapshot.school_year, pk__lt=snapshot.pk)
    return of_year.select_related("school_year").order_by("-pk").first()


class Beside(NamedTuple):
    """The snapshots whose numbers stand beside those of another one; None where there is no such snapshot."""

    last_years: Snapshot | None
    one_before: Snapshot | None


def snapshots_beside(snapshot: Snapshot) -> Beside:
    """Return the snapshots whose numbers stand beside those of a snapshot."""
    return Beside(last_years(snapshot), one_before(snapshot))


def compared_counts(snapshot: Snapshot, beside: Beside | None = None) -> list[ComparedCount]:
    """Return the numbers of the reports that are compared, those included that are 0 now and were not last year."""
    last_year, before = beside or snapshots_beside(snapshot)
    of_last_year = _numbers(last_year) if last_year else None
    of_before = _numbers(before) if before else None
    now = _numbers(snapshot)
    every = {**now, **{key: _none_left(count) for key, count in (of_last_year or {}).items() if key not in now}}
    return [
        ComparedCount(key[0], count, _number(of_last_year, key), _number(of_before, key))
        for key, count in every.items()
    ]


def _numbers(snapshot: Snapshot) -> dict[Key, Count]:
    return {_key(slug, count): count for slug, count in _counts(snapshot)}


def _counts(snapshot: Snapshot) -> Iterator[tuple[str, Count]]:
    compared = {slug for slug, report in reports_of(snapshot) if report.is_compared}
    for slug, table in counts_of(snapshot, only=compared):
        yield from ((slug, count) for count in table.counts if count.dimensions is not None)


def _key(slug: str, count: Count) -> Key:
    report = f"{slug}:{count.measure}" if count.measure else slug
    return report, count.dimensions or (), count.keys


def _none_left(count: Count) -> Count:
    return count._replace(student_count=0)


def _number(counts: Mapping[Key, Count] | None, key: Key) -> int | None:
    if counts is None:
        return None
    return counts[key].student_count if key in counts else 0
