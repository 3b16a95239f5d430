"""The students behind a number of a snapshot, as a page or a file: the audit log says who was shown."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from django.http import HttpResponseBase

from tidegate.accountability.models import Snapshot
from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.records.public_ids import public_ids_in_parts
from tidegate.web.downloads import csv_download


class _Numbered(Protocol):
    """A student of whatever number, by the state student number."""

    @property
    def number(self) -> str:
        """The state student number."""


Student = TypeVar("Student", bound=_Numbered)


def record_students(
    act: str, person: Person, snapshot: Snapshot, *, by_values_of: list[str], students: list[str]
) -> None:
    """Record which students somebody was shown.

    Args:
        act: `snapshot.students_viewed` or `snapshot.students_downloaded`.
        person: Who was shown them.
        snapshot: The snapshot.
        by_values_of: What the number is by.
        students: The public IDs of the students.
    """
    record_event(
        act,
        by=person,
        school_year=snapshot.school_year,
        subject=snapshot,
        by_values_of=by_values_of,
        students=students,
    )


def students_download(
    person: Person,
    snapshot: Snapshot,
    students: Callable[[], Iterable[Student]],
    *,
    by_values_of: list[str],
    write: Callable[[Snapshot, Iterable[Student]], Iterator[bytes]],
    named: str,
) -> HttpResponseBase:
    """Return the students behind a number as CSV, when the audit log says who they are.

    Args:
        person: Who downloads them.
        snapshot: The snapshot.
        students: Reads the students. Called twice: they may be a whole state's, too many to be kept.
        by_values_of: What the number is by, for the audit log.
        write: Makes CSV of the students.
        named: What the file is called after the snapshot's number.
    """
    for part in public_ids_in_parts(each.number for each in students()):
        record_students("snapshot.students_downloaded", person, snapshot, by_values_of=by_values_of, students=part)
    return csv_download(write(snapshot, students()), f"snapshot-{snapshot.pk}-{named}.csv")
