"""A student's history in a school year: the time line of a day, and every version with its changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.records.models import StoredLine, Student, end_of_day
from tidegate.reference.models import SchoolYear
from tidegate.web.history.sections import sections
from tidegate.web.history.time_line import Fact, draw, facts_of
from tidegate.web.history.version_tables import SectionTable, tables_of
from tidegate.web.plots.time_line import TimeLine


@dataclass(frozen=True)
class History:
    """The history of a student in a school year; `day` is the day that is asked for, None for now."""

    day: date | None
    time_line: TimeLine
    facts: Sequence[Fact]
    tables: Sequence[SectionTable]


def history_of(student: Student, school_year: SchoolYear, *, person: Person, day: date | None) -> History:
    """Return a student's history as the person may see it, with the time line of what was on file at the end of a day.

    Args:
        student: The student.
        school_year: The school year of the lines.
        person: Who sees it. Of changes of others they see no more than elsewhere.
        day: The day; None is now.

    Returns:
        The history. However many versions there are, it takes the same number of queries.
    """
    today = timezone.localdate()
    at = end_of_day(day or today)
    records = {section: section.versions(student, school_year, at=at) for section in sections()}
    facts = facts_of({section: [each for each in found if _was_on_file(each)] for section, found in records.items()})
    return History(
        day=day,
        time_line=draw(facts, school_year, day=day or today, label=str(day) if day else "today"),
        facts=facts,
        tables=tables_of(records, person=person),
    )


def _was_on_file(record: StoredLine) -> bool:
    return bool(record.was_on_file)  # type: ignore[attr-defined]  # annotated
