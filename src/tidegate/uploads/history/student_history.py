"""A student's history in a school year: what was on file at the end of a day, and every version with its changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.records.models import StoredLine, Student, end_of_day
from tidegate.reference.models import SchoolYear
from tidegate.uploads.history.facts import Fact, facts_of
from tidegate.uploads.history.sections import sections
from tidegate.uploads.history.version_tables import SectionTable, tables_of


@dataclass(frozen=True)
class History:
    """The history of a student in a school year; `day` is the day that is asked for, None for now."""

    day: date | None
    facts: Sequence[Fact]
    tables: Sequence[SectionTable]


def history_of(
    student: Student,
    school_year: SchoolYear,
    *,
    person: Person,
    day: date | None,
    places: Collection[int] | None = None,
) -> History:
    """Return a student's history as the person may see it, with what was on file at the end of a day.

    Args:
        student: The student.
        school_year: The school year of the lines.
        person: Who sees it. Of changes of others they see no more than elsewhere.
        day: The day; None is now.
        places: Where a program acts: the organizations whose changes it may know of, as far as the person may. None is
            wherever the person may.

    Returns:
        The history. However many versions there are, it takes the same number of queries.
    """
    at = end_of_day(day or timezone.localdate())
    records = {section: section.versions(student, school_year, at=at) for section in sections()}
    facts = facts_of({section: [each for each in found if _was_on_file(each)] for section, found in records.items()})
    return History(day=day, facts=facts, tables=tables_of(records, person=person, places=places))


def _was_on_file(record: StoredLine) -> bool:
    return bool(record.was_on_file)  # type: ignore[attr-defined]  # annotated
