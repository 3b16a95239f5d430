"""The numbers of a snapshot beside those of last year's and of the one before it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.models import Snapshot, SnapshotState
from tidegate.accountability.outputs.counts import counts_of, reports_of
from tidegate.accountability.reports.report import Count

Key: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...]]
"""What a number is of: the slug of the report (with the measure, where a report has several), the dimensions, and their
keys."""
_WHOLE_CIP_CODE = 6
"""The digits of a code of the CIP, which a definition may take as a whole."""


class ComparedCount(NamedTuple):
    """A number beside others of the same kind; None where there is no such snapshot, or it does not count this. Without
    a student there is none, which is 0."""

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
    now = _numbers(snapshot)
    of_last_year, of_before = _OtherNumbers(snapshot, last_year), _OtherNumbers(snapshot, before)
    gone = {key: count for key, count in of_last_year.numbers.items() if key not in now and of_last_year.has(key)}
    every = {**now, **{key: _none_left(count) for key, count in gone.items()}}
    return [
        ComparedCount(key[0], count, of_last_year.number(key), of_before.number(key)) for key, count in every.items()
    ]


def have_same_programs(one: Snapshot, other: Snapshot) -> bool:
    """Whether the definitions of two snapshots take as many digits of a code for the program, so that a number by
    program is of the same thing in both."""
    digits = [definition_of(each).file.program_digits or _WHOLE_CIP_CODE for each in (one, other)]
    return digits[0] == digits[1]


class _OtherNumbers:
    """The numbers of another snapshot, or of none, beside those of a snapshot."""

    def __init__(self, snapshot: Snapshot, other: Snapshot | None) -> None:
        self.numbers: Mapping[Key, Count] = _numbers(other) if other else {}
        reports = dict(reports_of(snapshot))
        self._reports = reports.keys() & {slug for slug, _ in reports_of(other)} if other else set()
        by_definition = {slug for slug in self._reports if reports[slug].needs_definition}
        has_others = other is not None and by_definition and not have_same_programs(snapshot, other)
        self._with_other_programs = by_definition if has_others else set()

    def has(self, key: Key) -> bool:
        """Whether both snapshots have the report, and the number is of the same thing in both."""
        slug = key[0].partition(":")[0]
        return slug in self._reports and not ("program" in key[1] and slug in self._with_other_programs)

    def number(self, key: Key) -> int | None:
        """Return a number; None where there is none to compare with."""
        if not self.has(key):
            return None
        return self.numbers[key].student_count if key in self.numbers else 0


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
