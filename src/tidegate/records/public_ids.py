"""The public IDs of students: the audit log names students by these."""

from collections.abc import Iterable, Iterator
from itertools import islice

from tidegate.records.models import Student

STUDENTS_PER_EVENT = 10_000
"""Of how many students one event of the audit log says that a file showed them."""


def public_ids_of(numbers: Iterable[str]) -> list[str]:
    """Return the public IDs of students by their numbers, in order."""
    found = Student.objects.filter(pk__in=set(numbers)).values_list("public_id", flat=True)
    return sorted(map(str, found))


def public_ids_in_parts(numbers: Iterable[str]) -> Iterator[list[str]]:
    """Yield the public IDs of students by their numbers, for one event each: a file may be of the whole state. Of no
    student it is one part without any."""
    waiting = iter(dict.fromkeys(numbers))
    first = True
    while (part := list(islice(waiting, STUDENTS_PER_EVENT))) or first:
        yield public_ids_of(part)
        first = False
