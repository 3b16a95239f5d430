"""How two states of a reference list differ, row by row."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

Row: TypeAlias = dict[str, Any]
"""A row of a list under the names of its model's fields, each value as JSON has it."""

ENDS = ("last_year", "closed_on")
"""The fields that say until when a row counts; without a value it is open."""


class DifferenceKind(StrEnum):
    """What happens to a row. One that gets an earlier end is ended, whatever else changes."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"
    REMOVED = "removed"


class Difference(NamedTuple):
    """One row as it is and as it will be. Before it was added, and after it was removed, there is none."""

    key: str
    before: Row | None
    after: Row | None

    @property
    def kind(self) -> DifferenceKind:
        """What happens to the row."""
        if self.before is None:
            return DifferenceKind.ADDED
        if self.after is None:
            return DifferenceKind.REMOVED
        return DifferenceKind.ENDED if _ends_earlier(self.before, self.after) else DifferenceKind.CHANGED

    @property
    def row(self) -> Row:
        """The row as it will be; as it is, where it is removed."""
        row = self.after if self.after is not None else self.before
        assert row is not None
        return row

    def reversed(self) -> "Difference":
        """Return what takes this back."""
        return Difference(self.key, self.after, self.before)


def _ends_earlier(before: Row, after: Row) -> bool:
    for name in ENDS:
        was, will_be = before.get(name), after.get(name)
        if will_be is not None and (was is None or will_be < was):
            return True
    return False


def compare(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Difference]:
    """Return what is new and what differs in `after`, in its order. What it does not have stays as it is."""
    return [Difference(key, before.get(key), row) for key, row in after.items() if before.get(key) != row]


def digest_of(differences: Iterable[Difference]) -> str:
    """Return the SHA-256 of the differences: the same for everybody who is shown the same preview."""
    return hashlib.sha256(json.dumps([*differences], sort_keys=True).encode()).hexdigest()


def read_differences(stored: Iterable[Any]) -> list[Difference]:
    """Return the differences that a change keeps."""
    return [Difference(*each) for each in stored]
