"""Puts the versions of a student's lines into order: which one follows which, and what differs."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from operator import attrgetter
from typing import NamedTuple

from tidegate.records.models import StoredLine
from tidegate.uploads.history.sections import Section

_NO_ID = 0
_MAX_PAIRS = 2_500  # among more versions of one key and change the best pairs are not looked for


@dataclass(eq=False)
class Version:
    """A version of a line, the one that it followed, and the one that followed it.

    `differs_in` has the attributes in which it differs from the version before.
    """

    record: StoredLine
    before: "Version | None" = None
    after: "Version | None" = None
    differs_in: frozenset[str] = frozenset()


class _Way(NamedTuple):
    """A way to tell what ended a version, None while nothing did, and what began another; they are compared."""

    ended: Callable[[StoredLine], Hashable | None]
    begun: Callable[[StoredLine], Hashable | None]


_BY_TIME = _Way(lambda record: record.replaced_at, lambda record: record.on_file_from)
# An import takes several moments.
_BY_CHANGE = _Way(
    lambda record: (record.ended_with or _NO_ID) if record.replaced_at else None,
    lambda record: None if record.restored_at else (record.began_with or _NO_ID),
)
# What an undo restored is a copy: of a version that was withdrawn, where nothing had taken its place.
_BY_COPY = _Way(
    lambda record: (record.began_with, record.valid_from) if record.replaced_at else None,
    lambda record: (record.began_with, record.valid_from) if record.restored_at else None,
)
_PASSES = ((_BY_TIME, True), (_BY_CHANGE, True), (_BY_TIME, False), (_BY_CHANGE, False), (_BY_COPY, True))
"""Each way, and whether versions of the same key are joined, or of different ones."""


def lines_with_versions(records: Sequence[StoredLine], section: Section) -> list[list[Version]]:
    """Return each line as its versions, in order; lines are in the order of their first days.

    A version follows another if one change ended that and began this, and both agree in the key of their file type;
    where several do, those follow each other that differ least. What a change wrote of another key follows what it
    ended if they agree in more than half of what they say: an enrollment with a corrected entry date does.
    """
    follow = _Follow(section)
    versions = [Version(record) for record in records]
    for way, is_same_key in _PASSES:
        follow.join(versions, way, is_same_key=is_same_key)
    lines = [_from_first(version) for version in versions if version.before is None]
    return sorted(lines, key=lambda line: (section.first_day(line[-1].record) or date.min, line[0].record.pk))


def _from_first(version: Version) -> list[Version]:
    line = [version]
    while (after := line[-1].after) is not None:
        line.append(after)
    return line


class _Follow:
    """Joins versions of one section with those that follow them."""

    def __init__(self, section: Section) -> None:
        self._compared = section.compared
        self._values = attrgetter("pk", *self._compared)
        self._key = attrgetter("pk", *section.key)

    def join(self, versions: Sequence[Version], way: _Way, *, is_same_key: bool) -> None:
        """Join each version with the one that it followed, as far as neither has one yet."""
        for ended, begun in self._by_change(versions, way, is_same_key=is_same_key):
            self._join_best(ended, begun, is_same_key=is_same_key)

    def _by_change(
        self, versions: Sequence[Version], way: _Way, *, is_same_key: bool
    ) -> Iterator[tuple[list[Version], list[Version]]]:
        """Yield what each change has ended and what it has begun, in the same key where that is asked for."""
        groups: dict[Hashable, tuple[list[Version], list[Version]]] = defaultdict(lambda: ([], []))
        for version in versions:
            key = self._key(version.record)[1:] if is_same_key else ()
            for place, other, change in (
                (0, version.after, way.ended(version.record)),
                (1, version.before, way.begun(version.record)),
            ):
                # Imports of before there were changes have no ID: only the key says what they replaced.
                if other is None and change is not None and (is_same_key or change != _NO_ID):
                    groups[change, key][place].append(version)
        yield from (group for group in groups.values() if all(group))

    def _join_best(self, ended: list[Version], begun: list[Version], *, is_same_key: bool) -> None:
        """Join the pairs that differ least, the nearest in time first."""
        is_few = len(ended) * len(begun) <= _MAX_PAIRS
        pairs = product(ended, begun) if is_few else zip(ended, begun, strict=False)
        ranked = []
        for old, new in pairs:
            wait = new.record.on_file_from - (old.record.replaced_at or new.record.on_file_from)
            differs_in, said_count = self._compare(old.record, new.record)
            is_like = is_same_key or 2 * len(differs_in) < said_count
            if old is not new and wait.total_seconds() >= 0 and is_like:
                ranked.append((wait, len(differs_in), old.record.pk, new.record.pk, old, new, differs_in))
        for *_, old, new, differs_in in sorted(ranked, key=lambda pair: pair[:4]):
            if old.after is None and new.before is None:
                old.after, new.before, new.differs_in = new, old, differs_in

    def _compare(self, old: StoredLine, new: StoredLine) -> tuple[frozenset[str], int]:
        """Compare two versions.

        Returns:
            The attributes in which they differ, and in how many at least one of them has a value.
        """
        values = zip(self._compared, self._values(old)[1:], self._values(new)[1:], strict=True)
        said = [
            (name, before, after)
            for name, before, after in values
            if before not in ("", None) or after not in ("", None)
        ]
        return frozenset(name for name, before, after in said if before != after), len(said)
