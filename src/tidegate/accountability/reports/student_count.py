"""Students of technical schools on the count day: by school, program, grade, gender and who sends them."""

from collections.abc import Iterator

from psycopg import sql

from tidegate.accountability.counting.counted_students import counted_rows, names_in
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.grouping import TABLES, groups_of
from tidegate.accountability.reports.report import Count, CountTable, Report
from tidegate.core.layouts.state_package import present_state
from tidegate.core.layouts.state_text import state_text

_TITLES = {
    "school": "{words.kind_of_cte_school}",
    "program": "Program",
    "grade": "Grade",
    "gender": "Gender",
    "sau": "Sending {words.sau}",
}
MISSING = {
    "school": "",
    "program": "No program on that day",
    "grade": "Not known",
    "gender": "Not known",
    "sau": "No {words.primary} enrollment",
}
"""What a student is called who has no value, with words of the state in it."""
_STUDENTS = sql.SQL("count(DISTINCT student)")


class StudentCount(Report):
    """The students enrolled at technical schools on the count day."""

    title = "Student count"
    summary = state_text("Students with an enrollment at a {words.cte_school} that is active on the count day.")
    is_compared = True

    def tables(self, snapshot: Snapshot, *, reach: Reach = None) -> Iterator[CountTable]:
        """Yield the tables of TABLES, in that order."""
        counts: dict[tuple[str, ...], list[Count]] = {table: [] for table in TABLES}
        organizations, programs = names_in(snapshot)
        names = {"school": organizations, "sau": organizations, "program": programs}
        rows, titles = counted_rows(snapshot), {table: title_of(table) for table in TABLES}
        for dimensions, keys, (students,) in groups_of(snapshot, rows, [_STUDENTS], reach=reach):
            shown = tuple(
                names.get(name, {}).get(key, key) if key else present_state().in_words(MISSING[name])
                for name, key in zip(dimensions, keys, strict=True)
            )
            counts[dimensions].append(Count(titles[dimensions], keys, shown, int(students), dimensions))
        for table, found in counts.items():
            yield CountTable(titles[table], tuple(found))


def title_of(dimensions: tuple[str, ...]) -> str:
    """Return what a table is called."""
    return " and ".join(map(name_of_dimension, dimensions)) or "All"


def name_of_dimension(dimension: str) -> str:
    """Return what people call what is counted by."""
    return present_state().in_words(_TITLES[dimension])
