"""The students of an organization in a school year, by name, found at once among any number of students.

There are three ways to get the same list, chosen by size so that no page gets slower as the state grows:

1. Few students: all of them are gathered and sorted.
2. More students in a district: its roster is walked, from the row at which the page begins.
3. No roster (a school, the whole state), or a district so large that a search in its roster takes long: an index over
   all students of the state is walked, and students who are not enrolled there are skipped. The larger the
   organization, the fewer are skipped before a page is full."""

from collections.abc import Sequence
from datetime import date
from functools import cache, cached_property, partial
from math import isqrt
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from tidegate.records import student_list_sql as sql
from tidegate.records.find_by_number import students_with
from tidegate.records.models import Student
from tidegate.records.student_search import KEYS, search_for
from tidegate.records.students import with_names
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.show_students import ShowStudents

MAX_GATHERED = 10_000
"""The most students that are gathered where there is no roster; with many millions in the state, `_max_gathered`."""
# The most students of a district that are gathered; longer lists show no total.
_MAX_GATHERED_IN_SAU = 1_000
# The most students of a district whose roster is walked. A larger district is a large part of any state.
_MAX_ON_WALKED_ROSTER = 200_000
_ROWS_ON_A_PAGE = 50


class StudentList:
    """Students currently enrolled at `organization` (None: anywhere in the state), sorted by name.

    Args:
        organization: A school, or a district: then its own students and those of its schools.
        school_year: The year of the enrollments.
        show_students: All, or only active ones (an enrollment there without an exit date, or with one after `today`),
            or only inactive ones.
        search: Narrows the list: each word begins a last name, a first name or a number, or is in a line of the student
            at the organization (see `found_by_lines`). Students found by the last name come before students found by
            the first name, and those found by a line come last.
        today: The day by which an enrollment is active; by default today.

    Each student has `last_name`, `first_name`, `middle_name`, `suffix`, `date_of_birth` and `gender`.
    """

    def __init__(
        self,
        organization: Organization | None,
        school_year: SchoolYear,
        *,
        show_students: str = ShowStudents.ALL,
        search: str = "",
        today: date | None = None,
    ) -> None:
        self._is_state = organization is None
        self._show = ShowStudents(show_students)
        of_lines = cache(partial(students_with, school_year=school_year, organization=organization))
        self._search = search_for(search, of_lines=of_lines)
        self._on_roster = search_for(search, KEYS, of_lines=of_lines)
        self._sau = organization.pk if organization is not None and organization.is_sau else None
        self._values: dict[str, Any] = {"year": school_year.pk, "today": today or timezone.localdate()}
        self._values |= {"sau": self._sau} | _enrolling_ids(organization) | self._search.values
        self._count: int | None = None

    def count(self) -> int | None:
        """Return how many students the list has; None where they are too many to be counted."""
        if self._count is None and self._is_gathered:
            self._gather("TRUE", count=0)
        return self._count

    def rows(self, start: int, count: int) -> list[Student]:
        """Return up to `count` students from the index `start` on."""
        if self._is_gathered:
            return _students(self._gather("TRUE", start=start, count=count))
        return _students(self._walk(start + count)[start:])

    def page_after(self, cursor: str, *, count: int) -> list[Student] | None:
        """Return up to `count` students after the student of this public ID; None where the list has no such one."""
        return self._page(cursor, count=count, is_before=False)

    def page_before(self, cursor: str, *, count: int) -> list[Student] | None:
        """Return up to `count` students before the student of this public ID; None where the list has no such one."""
        return self._page(cursor, count=count, is_before=True)

    def _page(self, cursor: str, *, count: int, is_before: bool) -> list[Student] | None:
        key = self._key_of(cursor)
        if key is None:
            return None
        if self._is_gathered:
            beyond = sql.beyond(("phase", "key_1", "key_2", "number"), is_before=is_before)
            keys = {f"beyond_{index}": value for index, value in enumerate(key)}
            numbers = self._gather(beyond, count=count, is_before=is_before, **keys)
        else:
            numbers = self._walk(count, from_key=key, is_before=is_before)
        return _students(numbers[::-1] if is_before else numbers)

    def cursor_of(self, student: Student) -> str:
        """Return the student's public ID."""
        # It is part of an address, and so of every log on its way: no name and no number.
        return str(student.public_id)

    @cached_property
    def _is_gathered(self) -> bool:
        limit = self._max_gathered()
        self._values["most"] = limit + 1
        ((count,),) = self._ask(sql.count(self._show, is_state=self._is_state))
        return bool(count <= limit)

    def _max_gathered(self) -> int:
        """Return the largest number of students that are gathered at once."""
        if self._sau is not None:
            return (
                MAX_GATHERED if self._show == ShowStudents.INACTIVE else _MAX_GATHERED_IN_SAU
            )  # the few who left are far between
        # Gathering n students takes time by n; walking takes time by (students of the state / n), until a page is full.
        # They take equally long where n is the root of the students of the state, times a page.
        ((everybody,),) = self._ask("SELECT reltuples::bigint FROM pg_class WHERE oid = 'records_student'::regclass")
        return max(MAX_GATHERED, isqrt(_ROWS_ON_A_PAGE * max(everybody, 0) // 2))

    @cached_property
    def _has_roster(self) -> bool:
        """Whether the roster is walked."""
        # The planner's estimate says how large the district is: to count would take longer than the page.
        if self._sau is None:
            return False
        ((plan,),) = self._ask(f"EXPLAIN (FORMAT JSON) {sql.ENROLLED_IN_SAU}")
        return bool(plan[0]["Plan"]["Plan Rows"] <= _MAX_ON_WALKED_ROSTER)

    def _gather(self, beyond: str, *, count: int, start: int = 0, is_before: bool = False, **keys: Any) -> list[str]:
        query = sql.gather(
            self._search, show=self._show, is_state=self._is_state, beyond=beyond, way="DESC" if is_before else "ASC"
        )
        ((self._count, numbers),) = self._ask(query, count=count, start=start, **keys)
        return list(numbers)

    def _walk(self, count: int, *, from_key: Sequence[Any] | None = None, is_before: bool = False) -> list[str]:
        """Return the numbers of up to `count` students after `from_key` (or before), phase by phase of the search."""
        numbers: list[str] = []
        search = self._on_roster if self._has_roster else self._search
        for index, phase in list(enumerate(search.phases))[:: -1 if is_before else 1]:
            is_begun = from_key is not None and index == from_key[0]
            if from_key is not None and not is_begun and (index > from_key[0]) == is_before:
                continue
            keys = from_key[-len(phase.order) :] if from_key is not None and is_begun else ()
            query = sql.walk(
                phase,
                search,
                show=self._show,
                is_state=self._is_state,
                on_roster=self._has_roster,
                is_begun=is_begun,
                way="DESC" if is_before else "ASC",
            )
            found = self._ask(query, count=count - len(numbers), **{f"beyond_{i}": key for i, key in enumerate(keys)})
            numbers += [number for (number,) in found]
            if len(numbers) >= count:
                break
        return numbers

    def _key_of(self, cursor: str) -> Sequence[Any] | None:
        """Return the sort key of the student of this public ID: the phase, two names and the number."""
        try:
            public_id = UUID(cursor)
        except ValueError:
            return None
        query = sql.sort_key(self._search, show=self._show, is_state=self._is_state)
        return next(iter(self._ask(query, public_id=public_id)), None)

    def _ask(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, self._values | values)
            return list(cursor.fetchall())


def _enrolling_ids(organization: Organization | None) -> dict[str, list[int]]:
    """Return the districts and schools whose enrollments are the organization's."""
    if organization is None:
        return {}
    if not organization.is_sau:
        return {"saus": [], "schools": [organization.pk]}
    return {"saus": [organization.pk], "schools": list(organization.schools.values_list("pk", flat=True))}


def _students(numbers: Sequence[str]) -> list[Student]:
    found = with_names(Student.objects.filter(number__in=numbers)).in_bulk()
    return [found[number] for number in numbers]
