"""What a person may see of a snapshot: the numbers of students of the own organizations."""

from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_students
from tidegate.accounts.reach import no_such, organizations_allowing
from tidegate.accounts.roles import Permission


def reach_of(person: Person) -> Reach:
    """Return the organizations whose students a person may see; None is the whole state."""
    if can_view_students(person, None):
        return None
    return list(organizations_allowing(person, Permission.VIEW_STUDENTS).values_list("identifier", flat=True))


def find_seen_snapshot(person: Person, number: int) -> tuple[Snapshot, Reach]:
    """Find a snapshot that a person may see.

    Returns:
        The snapshot, and the organizations whose students are counted for the person.

    Raises:
        NotFound: There is none of that number, or the person may see no students at all.
    """
    reach = reach_of(person)
    if reach is not None and not reach:
        raise no_such("snapshot")
    return find_snapshot(number), reach
