"""Conflicts: two districts that say of one student at the same time that the student is theirs.

One of them has a primary enrollment on file. What the other one has sent was not loaded, and is kept as a claim. A
conflict is asked for each time, so that it closes by itself as soon as a file has settled it.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from tidegate.core.reference.enrollments import PRIMARY
from tidegate.records.models import Student
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.contradictions import ENROLLED_ELSEWHERE

_CONFLICTS = """
SELECT {selected}
FROM uploads_enrollmentclaim claim
JOIN uploads_upload upload ON upload.id = claim.upload_id AND upload.state = 'finished'
LEFT JOIN {enrolled_elsewhere}
WHERE claim.ended_at IS NULL AND claim.school_year_id = %(year)s
    AND NOT EXISTS (SELECT FROM records_enrollment own WHERE own.student_id = claim.student_id
        AND own.school_year_id = claim.school_year_id AND own.replaced_at IS NULL
        AND own.enrollment_type = %(primary)s AND own.school_id = claim.school_id
        AND own.entry_date = claim.entry_date AND own.exit_date IS NOT DISTINCT FROM claim.exit_date)
    AND ({everywhere} OR claim.sau_id = ANY(%(places)s) OR claim.school_id = ANY(%(places)s)
        OR enrolled.sau_id = ANY(%(places)s) OR enrolled.school_id = ANY(%(places)s))
"""
# What is on file since when: the first version of the line, whatever was corrected in it since.
_SINCE = """
    greatest(claim.since, (SELECT min(brought_at) FROM records_enrollment first
        WHERE first.student_id = enrolled.student_id AND first.school_year_id = enrolled.school_year_id
        AND first.school_id = enrolled.school_id AND first.enrollment_type = enrolled.enrollment_type
        AND first.entry_date = enrolled.entry_date))
"""
_SELECTED = f"""
    claim.student_id, claim.sau_id, claim.school_id, claim.entry_date, claim.exit_date, claim.upload_id,
    enrolled.sau_id, enrolled.school_id, enrolled.entry_date, enrolled.exit_date,
    {_SINCE} AS since, claim.id AS claim_id, COALESCE(enrolled.id, 0) AS enrollment_id
"""
_AFTER = f" AND ({_SINCE}, claim.id, COALESCE(enrolled.id, 0)) > (%(since)s, %(claim_id)s, %(enrollment_id)s)"
_PAGE = " ORDER BY since, claim_id, enrollment_id LIMIT %(limit)s OFFSET %(start)s"


class Move(StrEnum):
    """Whose move it is: the side that has the enrollment on file, the one that claims it, either, or the claiming one
    once more, since nothing is in its way now."""

    ON_FILE = "on file"
    CLAIM = "claim"
    EITHER = "either"
    SEND_AGAIN = "send again"


class ConflictKey(NamedTuple):
    """What the list is in the order of: since when both sides say so, and the IDs of the claim and of the enrollment on
    file; 0 is none."""

    since: datetime
    claim_id: int
    enrollment_id: int


class Side(NamedTuple):
    """What each side may know of the other: where, and from when to when."""

    sau: Organization
    school: Organization
    entry_date: date
    exit_date: date | None


class SeenConflict(NamedTuple):
    """A conflict: what is claimed, and what is on file, None where that is out of the way by now. `upload_id` is the
    upload of the claim, which its own side may open. `key` is its place in the list, wherever others of it have
    gone."""

    student: Student
    claim: Side
    on_file: Side | None
    key: ConflictKey
    upload_id: int

    @property
    def since(self) -> datetime:
        """When both sides said so."""
        return self.key.since

    @property
    def move(self) -> Move:
        """Whose move it is. A student leaves the earlier enrollment: that one needs an exit."""
        if self.on_file is None:
            return Move.SEND_AGAIN
        if self.claim.entry_date == self.on_file.entry_date:
            return Move.EITHER
        return Move.ON_FILE if self.on_file.entry_date < self.claim.entry_date else Move.CLAIM

    @property
    def mover(self) -> Organization | None:
        """The district whose move it is; None where it is either's."""
        if self.move == Move.EITHER:
            return None
        return self.on_file.sau if self.move == Move.ON_FILE and self.on_file else self.claim.sau


def count_conflicts(places: Collection[int] | None, school_year: SchoolYear) -> int:
    """Return how many conflicts these districts and schools are part of; None is the whole state."""
    ((count,),) = _ask("count(*)", places, school_year)
    return int(count)


def find_conflicts(
    places: Collection[int] | None,
    school_year: SchoolYear,
    *,
    after: ConflictKey | None = None,
    start: int = 0,
    limit: int,
) -> list[SeenConflict]:
    """Return the conflicts that these districts and schools are part of, the oldest first.

    Args:
        places: The IDs of the districts and schools; None is the whole state.
        school_year: The school year.
        after: Behind which place of the list they are; None is from its beginning.
        start: How many are left out.
        limit: How many are returned at most.
    """
    behind, end = (after._asdict(), _AFTER + _PAGE) if after else ({}, _PAGE)
    rows = _ask(_SELECTED, places, school_year, end=end, **behind, start=start, limit=limit)
    named = {pk for row in rows for pk in (*row[1:3], *row[6:8]) if pk is not None}
    organizations = Organization.objects.in_bulk(named)
    students = Student.objects.in_bulk({row[0] for row in rows})
    return [
        SeenConflict(
            students[number],
            Side(organizations[sau], organizations[school], entry, left),
            None if of is None else Side(organizations[of], organizations[at], first, last),
            ConflictKey(*key),
            upload_id,
        )
        for number, sau, school, entry, left, upload_id, of, at, first, last, *key in rows
    ]


def _ask(
    selected: str, places: Collection[int] | None, school_year: SchoolYear, *, end: str = "", **page: Any
) -> list[tuple[Any, ...]]:
    everywhere = "true" if places is None else "false"
    query = _CONFLICTS.format(selected=selected, everywhere=everywhere, enrolled_elsewhere=ENROLLED_ELSEWHERE)
    values: dict[str, Any] = {
        "places": list(places or ()),
        "year": school_year.first,
        "primary": PRIMARY,
        **page,
    }
    with connection.cursor() as cursor:
        cursor.execute(query + end, values)
        return list(cursor.fetchall())
