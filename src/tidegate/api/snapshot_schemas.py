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
