"""Who is to be asked in a school year where they are after leaving school, from which day and until when."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from tidegate.accountability.definitions.definition import find_definitions
from tidegate.accountability.frozen_lines.tables import PLACEMENT
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.core.reference.stored_lines import YEARS_OF_PROGRAM
from tidegate.records.models import Student
from tidegate.records.stored_lines import StoredLines, field_of, stored_lines
from tidegate.records.students import with_names
from tidegate.reference.copy_rows import table_of
from tidegate.reference.models import Organization, SchoolYear

HEADER = (
    "StateStudentID",
    "LastName",
    "FirstName",
    "SchoolID",
    "School",
    "Code",
    "LeftOn",
    "AskFrom",
    "AskUntil",
    "Answer",
)
# Who has left: whose last primary enrollment of this school year and the one before has ended. Quarters are those of
# the calendar; the second one after an exit begins six months after the first day of the quarter of the exit.
_FOLLOW_UP = sql.SQL("""
    WITH last_enrollment AS (
        SELECT DISTINCT ON (student_id) student_id, sau_id, exit_date, exit_type,
            (date_trunc('quarter', exit_date) + interval '6 months')::date AS ask_from
        FROM records_enrollment
        WHERE replaced_at IS NULL AND enrollment_type = {primary} AND school_year_id BETWEEN {first} - 1 AND {first}
        ORDER BY student_id, entry_date DESC, exit_date DESC NULLS FIRST
    ), program AS (
        SELECT DISTINCT {student} AS student_id, {school} AS school_id, {code} AS code
        FROM {programs} WHERE replaced_at IS NULL AND school_year_id BETWEEN {first_of_program} AND {first}
    )
    SELECT {selected}
    FROM last_enrollment JOIN program ON program.student_id = last_enrollment.student_id
    LEFT JOIN {outcomes} outcome ON outcome.{outcome_student} = program.student_id
        AND outcome.{outcome_school} = program.school_id
        AND outcome.{outcome_code} = program.code AND outcome.school_year_id = {first} AND outcome.replaced_at IS NULL
    WHERE ask_from BETWEEN {first_day} AND {last_day} AND ({any_exit} OR exit_type = ANY({left_school}))
        AND ({everywhere} OR last_enrollment.sau_id = ANY({places}) OR program.school_id = ANY({places}))
        AND ({all} OR COALESCE(outcome.{placement}, '') = '')
""")
_SELECTED = sql.SQL(
    "program.student_id, program.school_id, program.code, exit_date, ask_from, COALESCE(outcome.{placement}, '')"
)
_STUDENTS = sql.SQL("DISTINCT program.student_id")
_AFTER = sql.SQL(
    " AND (ask_from, program.student_id, program.school_id, program.code) > ({ask_from}, {student}, {school}, {code})"
)
_PAGE = sql.SQL(" ORDER BY ask_from, program.student_id, program.school_id, program.code LIMIT {limit} OFFSET {start}")
_ALL = sql.SQL("")
_ROWS_PER_PIECE = 10_000  # each piece asks for all enrollments anew


class FollowUpKey(NamedTuple):
    """What the list is in the order of."""

    ask_from: date
    student: str
    school: int
    code: str


class FollowUp(NamedTuple):
    """A student to ask, for a program at a school: when the student left, from when and until when to ask, and the
    answer on file; blank is that nobody has asked."""

    student: Student
    school: Organization
    code: str
    left_on: date
    ask_from: date
    ask_until: date
    answer: str
    answer_in_words: str

    @property
    def key(self) -> FollowUpKey:
        """Its place in the list, wherever others of it have gone."""
        return FollowUpKey(self.ask_from, self.student.pk, self.school.pk, self.code)

    def is_late_on(self, day: date) -> bool:
        """Whether the last day to ask has passed without an answer."""
        return not self.answer and day > self.ask_until


def placement_lines() -> tuple[StoredLines, StoredLines] | None:
    """Return the lines of programs and those with placements; None where the state does not collect both."""
    programs = next((lines for lines in stored_lines() if lines.taught and lines.first_day), None)
    outcomes = next((lines for lines in stored_lines() if PLACEMENT in lines.model.outcomes and lines.taught), None)
    return (programs, outcomes) if programs and outcomes else None


def count_follow_ups(places: Collection[int] | None, school_year: SchoolYear, *, only_open: bool = False) -> int:
    """Return how many answers are asked for of the students of these districts and schools; None is the whole state."""
    ((count,),) = _ask(sql.SQL("count(*)"), places, school_year, only_open=only_open) or ((0,),)
    return int(count)


def find_follow_ups(
    places: Collection[int] | None,
    school_year: SchoolYear,
    *,
    only_open: bool = False,
    after: FollowUpKey | None = None,
    start: int = 0,
    limit: int | None = None,
) -> list[FollowUp]:
    """Return whom to ask in a school year, those first who are asked first.

    Args:
        places: The IDs of the districts and schools that teach or send the students; None is the whole state.
        school_year: The school year in which they are asked.
        only_open: Whether those are left out for whom an answer is on file.
        after: Behind which place of the list they are; None is from its beginning.
        start: How many are left out.
        limit: How many are returned at most.
    """
    page = _PAGE.format(limit=sql.Literal(limit), start=start)
    behind = _AFTER.format(**{name: sql.Literal(value) for name, value in after._asdict().items()}) if after else _ALL
    rows = _ask(None, places, school_year, only_open=only_open, end=behind + page)
    organizations = Organization.objects.in_bulk({row[1] for row in rows})
    numbers = {row[0] for row in rows}
    students = {student.pk: student for student in with_names(Student.objects.filter(pk__in=numbers))}
    words = _words()
    return [
        FollowUp(
            students[number],
            organizations[school],
            code,
            left_on,
            ask_from,
            _end_of_quarter(ask_from),
            answer,
            words.get(answer, answer),
        )
        for number, school, code, left_on, ask_from, answer in rows
    ]


def students_to_ask(
    places: Collection[int] | None, school_year: SchoolYear, *, only_open: bool = False
) -> Iterator[str]:
    """Yield the numbers of the students who are in the list, each once; `places` of None is the whole state."""
    yield from (number for (number,) in _ask(_STUDENTS, places, school_year, only_open=only_open))


def follow_ups_csv(
    places: Collection[int] | None, school_year: SchoolYear, *, only_open: bool = False
) -> Iterator[bytes]:
    """Yield the list as CSV in UTF-8, read as it is needed; `places` of None is the whole state."""
    yield csv_lines([HEADER])
    after, part = None, list[FollowUp]()
    while after is None or len(part) == _ROWS_PER_PIECE:
        part = find_follow_ups(places, school_year, only_open=only_open, after=after, limit=_ROWS_PER_PIECE)
        if not part:
            return
        after = part[-1].key
        yield csv_lines(map(_cells, part))


def _cells(asked: FollowUp) -> tuple[object, ...]:
    return (
        asked.student.number,
        asked.student.last_name,  # type: ignore[attr-defined]  # the query adds the names
        asked.student.first_name,  # type: ignore[attr-defined]
        asked.school.identifier,
        asked.school.name,
        asked.code,
        asked.left_on,
        asked.ask_from,
        asked.ask_until,
        asked.answer,
    )


def _words() -> dict[str, str]:
    found = placement_lines()
    if found is None:
        return {}
    model = found[1].model
    return dict(field_of(model, model.outcomes[PLACEMENT]).flatchoices)


def _end_of_quarter(first: date) -> date:
    month = first.month + 3
    following = date(first.year + (month > 12), (month - 1) % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _ask(
    selected: sql.Composable | None,
    places: Collection[int] | None,
    school_year: SchoolYear,
    *,
    only_open: bool,
    end: sql.Composable = _ALL,
) -> list[tuple[Any, ...]]:
    """Return what the query says; nothing where the state does not collect placements."""
    found = placement_lines()
    if found is None:
        return []
    (programs, outcomes), year = found, school_year.period
    definition = find_definitions().get(year.name)
    left_school = list(definition.file.left_school) if definition else []
    placement = sql.Identifier(outcomes.model.outcomes[PLACEMENT])
    query = _FOLLOW_UP.format(
        **_columns(programs),
        **{f"outcome_{name}": column for name, column in _columns(outcomes).items()},
        programs=sql.Identifier(table_of(programs.model)),
        outcomes=sql.Identifier(table_of(outcomes.model)),
        selected=selected or _SELECTED.format(placement=placement),
        placement=placement,
        primary=PRIMARY,
        any_exit=not left_school,
        left_school=sql.Literal(left_school),
        first=year.first,
        first_of_program=year.first - YEARS_OF_PROGRAM + 1,
        first_day=year.first_day,
        last_day=year.last_day,
        everywhere=places is None,
        places=sql.Literal(list(places or ())),
        all=not only_open,
    )
    with connection.cursor() as cursor:
        cursor.execute(query + end)
        return list(cursor.fetchall())


def _columns(lines: StoredLines) -> dict[str, sql.Composable]:
    assert lines.taught is not None  # see placement_lines
    names = {
        "student": str(lines.fields[lines.table.student].column),
        "school": lines.taught[0],
        "code": lines.taught[1],
    }
    return {name: sql.Identifier(column) for name, column in names.items()}
