"""What another definition does to each school: who is counted by one and not by the other, in one run."""

from collections.abc import Mapping
from typing import NamedTuple

from psycopg import sql

from tidegate.accountability.counting.counted_students import names_in
from tidegate.accountability.counting.enrolled_students import places_counted
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.materialize import numbers_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.participation import COUNTED

_COMPARED = sql.SQL("""
    WITH both_ways AS (
        SELECT student, {place} AS school, bool_or(is_first) AS is_first, bool_or(NOT is_first) AS is_second
        FROM (
            SELECT student, school, true AS is_first FROM ({first}) first
            UNION ALL SELECT student, school, false FROM ({second}) second
        ) counted GROUP BY 1, 2
    )
    SELECT school, count(*) FILTER (WHERE is_first), count(*) FILTER (WHERE is_second),
        count(*) FILTER (WHERE NOT is_first), count(*) FILTER (WHERE NOT is_second)
    FROM both_ways GROUP BY school ORDER BY school COLLATE "C"
""")


class MovedNumber(NamedTuple):
    """A number by one definition and by another: how many there are, and how many only the second or the first has."""

    first: int = 0
    second: int = 0
    only_second: int = 0
    only_first: int = 0

    @property
    def difference(self) -> int:
        """By how much the second number is larger; below 0 it is smaller."""
        return self.second - self.first


class ComparedSchool(NamedTuple):
    """The numbers of a school by two definitions, by what is counted; without an ID it is all of the state."""

    identifier: str
    name: str
    numbers: Mapping[str, MovedNumber]


def compare_definitions(
    snapshot: Snapshot, first: Definition, second: Definition, *, reach: Reach = None
) -> list[ComparedSchool]:
    """Return the numbers of all students, and then of each school, by two definitions."""
    found: dict[str, dict[str, MovedNumber]] = {"": {}}
    for measure in COUNTED:
        queries = [places_counted(snapshot, each, measure, reach=reach) for each in (first, second)]
        for place in (sql.SQL("''::text"), sql.SQL("school")):
            query = _COMPARED.format(place=place, first=queries[0], second=queries[1])
            for school, *counts in numbers_of(snapshot, query, of="differences of two definitions", reach=reach):
                found.setdefault(school, {})[measure] = MovedNumber(*counts)
    names, _ = names_in(snapshot)
    return [
        ComparedSchool(
            school,
            names.get(school, school) or "All",
            {each: found[school].get(each, MovedNumber()) for each in COUNTED},
        )
        for school in sorted(found)
    ]
