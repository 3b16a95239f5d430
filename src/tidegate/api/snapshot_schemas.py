"""What the API says of periods and snapshots."""

from datetime import date, datetime

from ninja import Schema


class PeriodOut(Schema):
    """What the state counts in a school year. `opens` is null where the year has no window, `closes` where the window
    has no last day."""

    period: str
    title: str
    count_day: date
    opens: date | None
    closes: date | None


class SnapshotOut(Schema):
    """A snapshot. `sha256` is the hash of all that was frozen."""

    number: int
    period: str
    school_year: str
    count_day: date
    state: str
    taken_at: datetime
    sha256: str


class CountOut(Schema):
    """One number of a report: how many students there are by what, with the keys and their names."""

    report: str
    by: str
    keys: list[str]
    names: list[str]
    students: int


class SnapshotNumbers(Schema):
    """A snapshot and its numbers."""

    snapshot: SnapshotOut
    counts: list[CountOut]


class UnusualNumberOut(Schema):
    """A number that moved by much against last year's snapshot. Without an explanation it is open."""

    report: str
    by: str
    keys: list[str]
    names: list[str]
    last_year: int
    students: int
    explanation: str | None
    explanation_ends_on: date | None
