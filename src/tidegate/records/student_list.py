"""The students of an organization in a school year, by name, found at once among any number of students.

There are three ways to the same list. Of an organization with few students, all are gathered and sorted. A SAU with
more has a roster, which is walked from where the page begins. For whatever has no roster, or is so large that a search
in its roster would take long, an index over the whole state is walked, and whoever is not enrolled there is passed
over: the larger the organization, the sooner a page is full. So none grows with the state.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from math import isqrt
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from tidegate.records import student_list_sql as sql
from tidegate.records.models import Student
from tidegate.records.student_search import KEYS, search_for
from tidegate.records.students import with_names
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.show_students import ShowStudents

FEW = 10_000
"""So many are gathered, wherever there is no roster; among many millions more, see `_few_among`."""
_FEW_IN_SAU = 1_000
"""So many are gathered in a SAU; of more, no page says how many they are."""
_MANY_IN_SAU = 200_000
"""A SAU with more than so many is large among any number of students that there may be."""
_A_PAGE = 50


class StudentList:
    """The students who have a current enrollment there, by name, and those whom a search names. None is the whole
    state.

    A SAU's students are those that it enrolls and those enrolled at its schools. Active is who has an enrollment there
    without an exit date or with one after `today`. Each student carries `last_name`, `first_name`, `middle_name`,
    `suffix`, `date_of_birth` and `gender`. Who is found by the last name stands before who is found by the first.
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
        self._search = search_for(search)
        self._on_roster = search_for(search, KEYS)
        self._sau = organization.pk if organization is not None and organization.is_sau else None
        self._values: dict[str, Any] = {"year": school_year.pk, "today": today or timezone.localdate()}
        self._values |= {"sau": self._sau} | _places(organization) | self._search.values
        self._count: int | None = None

    def count(self) -> int | None:
        """Return how many they are; None where they are many, whom nobody counts."""
        if self._count is None and self._are_few:
            self._gather("TRUE", count=0)
        return self._count

    def rows(self, start: int, count: int) -> list[Student]:
        """Return so many of the students, from so far on in the list."""
        if self._are_few:
            return _students(self._gather("TRUE", start=start, count=count))
        return _students(self._walk(start + count)[start:])

    def beside(self, name: str, *, is_before: bool, count: int) -> list[Student] | None:
        """Return so many of the students after the one of this public ID, or before, in the list's order; None where
        the list has no such student."""
        place = self._place_of(name)
        if place is None:
            return None
        if self._are_few:
            beyond = sql.beyond(("phase", "key_1", "key_2", "number"), is_before=is_before)
            keys = {f"beyond_{index}": key for index, key in enumerate(place)}
            numbers = self._gather(beyond, count=count, is_before=is_before, **keys)
        else:
            numbers = self._walk(count, place=place, is_before=is_before)
        return _students(numbers[::-1] if is_before else numbers)

    def name_of(self, student: Student) -> str:
        """Return what names the student in an address. A name or a number would stand in every log on its way."""
        return str(student.public_id)

    @cached_property
    def _are_few(self) -> bool:
        few = self._few_among()
        self._values["most"] = few + 1
        ((count,),) = self._ask(sql.count(self._show, is_state=self._is_state))
        return bool(count <= few)

    def _few_among(self) -> int:
        """Return up to how many students all are gathered. Without a roster, it takes then no longer than to walk past
        everybody else until a page is full: the root of how many there are, times a page, as long as both take."""
        if self._sau is not None:
            return FEW if self._show == ShowStudents.INACTIVE else _FEW_IN_SAU  # the few who left are far between
        ((everybody,),) = self._ask("SELECT reltuples::bigint FROM pg_class WHERE oid = 'records_student'::regclass")
        return max(FEW, isqrt(_A_PAGE * max(everybody, 0) // 2))

    @cached_property
    def _has_roster(self) -> bool:
        """Whether the roster is walked. How large the SAU is the database tells as it plans, without counting."""
        if self._sau is None:
            return False
        ((plan,),) = self._ask(f"EXPLAIN (FORMAT JSON) {sql.ENROLLED_IN_SAU}")
        return bool(plan[0]["Plan"]["Plan Rows"] <= _MANY_IN_SAU)

    def _gather(self, beyond: str, *, count: int, start: int = 0, is_before: bool = False, **keys: Any) -> list[str]:
        query = sql.gather(
            self._search, show=self._show, is_state=self._is_state, beyond=beyond, way="DESC" if is_before else "ASC"
        )
        ((self._count, numbers),) = self._ask(query, count=count, start=start, **keys)
        return list(numbers)

    def _walk(self, count: int, *, place: Sequence[Any] | None = None, is_before: bool = False) -> list[str]:
        """Return the numbers of so many students beyond the place, through one phase of the search after the other."""
        numbers: list[str] = []
        search = self._on_roster if self._has_roster else self._search
        for index, phase in list(enumerate(search.phases))[:: -1 if is_before else 1]:
            is_begun = place is not None and index == place[0]
            if place is not None and not is_begun and (index > place[0]) == is_before:
                continue
            keys = place[-len(phase.order) :] if place is not None and is_begun else ()
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

    def _place_of(self, name: str) -> Sequence[Any] | None:
        """Return where the student of this public ID stands in the list."""
        try:
            public_id = UUID(name)
        except ValueError:
            return None
        query = sql.place(self._search, show=self._show, is_state=self._is_state)
        return next(iter(self._ask(query, public_id=public_id)), None)

    def _ask(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, self._values | values)
            return list(cursor.fetchall())


def _places(organization: Organization | None) -> dict[str, list[int]]:
    """Return the SAUs and schools whose enrollments are the organization's."""
    if organization is None:
        return {}
    if not organization.is_sau:
        return {"saus": [], "schools": [organization.pk]}
    return {"saus": [organization.pk], "schools": list(organization.schools.values_list("pk", flat=True))}


def _students(numbers: Sequence[str]) -> list[Student]:
    found = with_names(Student.objects.filter(number__in=numbers)).in_bulk()
    return [found[number] for number in numbers]
