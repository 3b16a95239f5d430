"""Lets the database follow the state after all migrations: how long student numbers are, which form they have, which
numbers new students get, and that no table of another state is left."""

from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ManyToOneRel
from psycopg import sql

from tidegate.core.errors import Refusal
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.records.models import Student
from tidegate.records.models.roster import RosterLine
from tidegate.records.student_keys import as_integer
from tidegate.reference.copy_rows import raw_cursor, table_of
from tidegate.reference.follow_state import set_form

_SHORT = """
SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s AND column_name = %s
    AND character_maximum_length < %s
"""
# PostgreSQL changes the type of no column that a trigger names.
_TRIGGERS = """
SELECT tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger
JOIN pg_attribute ON attrelid = tgrelid AND attnum = ANY(tgattr)
WHERE tgrelid = %s::regclass AND NOT tgisinternal AND attname = %s
"""
_FORM = "student_number_is_"
_ONE_PRIMARY = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'records_enrollment'::regclass AND conname = 'enrollment_one_primary_at_a_time'
"""
_SET_ONE_PRIMARY = sql.SQL("""
ALTER TABLE records_enrollment DROP CONSTRAINT enrollment_one_primary_at_a_time,
    ADD CONSTRAINT enrollment_one_primary_at_a_time EXCLUDE USING gist (
        int8range({number}::bigint, {number}::bigint, '[]') WITH &&,
        int4range(school_year_id, school_year_id, '[]') WITH &&,
        daterange(entry_date, exit_date) WITH &&
    ) WHERE (replaced_at IS NULL AND enrollment_type = 'P')
""")
_RANGE_OF_NEW = "SELECT seqmin, seqmax FROM pg_sequence WHERE seqrelid = 'records_new_number'::regclass"
_SET_NEW = sql.SQL("""
ALTER SEQUENCE records_new_number MINVALUE {lowest} MAXVALUE {highest} START {lowest} RESTART;
CREATE OR REPLACE FUNCTION records_next_number() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    number_drawn text;
BEGIN
    LOOP
        number_drawn := nextval('records_new_number')::text;
        EXIT WHEN NOT EXISTS (SELECT FROM records_student WHERE number = number_drawn);
    END LOOP;
    RETURN number_drawn;
END
$$
""")


# Made by the first migrations, before a state brought its own tables; the app of the state that it was made for has
# it now.
_MADE_FOR_A_STATE = "records_cterecord"
_IS_LEFT = """
SELECT EXISTS (SELECT FROM django_migrations WHERE app = 'records' AND name = '0012_cte_records_are_maines')
    AND to_regclass(%s) IS NOT NULL
"""


def follow_state(**_: Any) -> None:
    """Change what differs from the state's student numbers, most often nothing; Django calls it after it has migrated.

    Raises Refusal where the database has numbers that the state does not have.
    """
    if table_of(RosterLine) not in connection.introspection.table_names():
        return  # the migrations were undone
    try:
        with transaction.atomic(), raw_cursor() as cursor:
            _follow(cursor, student_numbers())
            _drop_what_no_app_has(cursor)
    except IntegrityError as error:
        raise Refusal(
            f"The database has students whose number is not {student_numbers().form()}, as the state's numbers are",
            fix="Use the database of this state, or correct the lengths in its state.toml",
            code="OTHER_STATE",
        ) from error


def _follow(cursor: Any, numbers: Digits) -> None:
    for table, column in _columns():
        _widen(cursor, table, column, numbers.max_length)
    fewest, most = numbers.lengths
    name = f"{_FORM}{fewest}_digits" if numbers.has_one_length else f"{_FORM}{fewest}_to_{most}_digits"
    set_form(cursor, table_of(Student), _FORM, name=name, rule=sql.SQL("number ~ {}").format(numbers.pattern))
    cursor.execute(_ONE_PRIMARY)
    ((rule,),) = cursor.fetchall()
    if ("||" in rule) == numbers.has_one_length:  # the numbers of several lengths have a 1 in front
        cursor.execute(_SET_ONE_PRIMARY.format(number=as_integer("student_id")))
    # Those that begin with 0 are for sample files, and those that begin with 9 for demos: they are never given.
    lowest = 10 ** (numbers.max_length - 1)
    cursor.execute(_RANGE_OF_NEW)
    if cursor.fetchall() != [(lowest, 9 * lowest - 1)]:
        cursor.execute(_SET_NEW.format(lowest=lowest, highest=9 * lowest - 1))


def _drop_what_no_app_has(cursor: Any) -> None:
    """Drop the table that is another state's, unless it has rows, which somebody may want."""
    if _MADE_FOR_A_STATE in {table_of(model) for model in apps.get_models()}:
        return
    cursor.execute(_IS_LEFT, [_MADE_FOR_A_STATE])
    ((is_left,),) = cursor.fetchall()
    table = sql.Identifier(_MADE_FOR_A_STATE)
    if is_left:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table))
        if not cursor.fetchone()[0]:
            cursor.execute(sql.SQL("DROP TABLE {}").format(table))


def _columns() -> Iterator[tuple[str, str]]:
    """Yield table and column of everything that has a student number."""
    yield table_of(Student), "number"
    yield table_of(RosterLine), "student_id"
    # Hidden are those that say related_name="+".
    for field in Student._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented way to them
        if isinstance(field, ManyToOneRel):
            yield table_of(cast("Any", field.related_model)), str(field.field.column)


def _widen(cursor: Any, table: str, column: str, length: int) -> None:
    """Make room in a column where it is too short; a column that has room enough stays as it is."""
    cursor.execute(_SHORT, [table, column, length])
    if not cursor.fetchall():
        return
    of_table, name = sql.Identifier(table), sql.Identifier(column)
    cursor.execute(_TRIGGERS, [table, column])
    triggers = cursor.fetchall()
    for trigger, _ in triggers:
        cursor.execute(sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(trigger), of_table))
    varchar = sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE varchar({})")
    cursor.execute(varchar.format(of_table, name, sql.Literal(length)))
    for _, definition in triggers:
        cursor.execute(definition)
