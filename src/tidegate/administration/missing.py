"""Codes that are on file and not in the file that is imported."""

from collections.abc import Iterator, Mapping

from tidegate.administration.differences import ENDS, Difference, Row
from tidegate.core.layouts.school_year import SchoolYear


def _missing(stored: Mapping[str, Row], read: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    """Yield the rows on file without an end that the file does not have."""
    for key, row in stored.items():
        if key not in read and all(row.get(name) is None for name in ENDS):
            yield key, row


def count_missing(stored: Mapping[str, Row], read: Mapping[str, Row]) -> int:
    """Return how many rows without an end the file does not have."""
    return sum(1 for _ in _missing(stored, read))


def end_missing(stored: Mapping[str, Row], read: Mapping[str, Row], *, last_year: SchoolYear) -> list[Difference]:
    """Return what ends the codes that the file does not have with a school year; one that begins later ends before it
    began and is left as it is."""
    return [
        Difference(key, row, {**row, "last_year": last_year.first})
        for key, row in _missing(stored, read)
        if row["first_year"] is None or row["first_year"] <= last_year.first
    ]
