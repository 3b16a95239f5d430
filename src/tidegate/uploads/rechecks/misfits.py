"""Keeps the list of the lines on file that do not fit the present rules."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.rule import FileRule, RowRule
from tidegate.records.models import Change, StoredLine
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import (
    StoredLines,
    field_of,
    organization_fields,
    records_of,
    resting_on,
    stored_lines,
)
from tidegate.reference.copy_rows import raw_cursor, stage, staged, table_of
from tidegate.uploads.models import Misfit, Upload
from tidegate.uploads.rechecks.check_lines import errors_of_lines, rules_in_force

FOUND = "misfits_found"
_TOUCHED = "touched_students"
_CHECKED = "students_to_check"

_TOUCH = sql.SQL("""
    CREATE TEMPORARY TABLE {touched} ON COMMIT DROP AS
    SELECT DISTINCT student_id AS number FROM {table}
    WHERE replaced_by = {change} AND school_year_id = {year}
    UNION
    SELECT student_id FROM {misfits} misfit WHERE school_year_id = {year} AND EXISTS (
        SELECT FROM {table} touched WHERE touched.student_id = misfit.student_id AND touched.brought_by = {change}
    )
""")
_CLOSE_GONE = sql.SQL("""
    DELETE FROM {misfits} misfit USING {table} line
    WHERE misfit.file_type = {file_type} AND misfit.line_id = line.id AND line.replaced_at IS NOT NULL
""")
_CLOSE = sql.SQL("""
    DELETE FROM {misfits} misfit WHERE file_type = {file_type} AND line_id IN ({ids}) AND NOT EXISTS (
        SELECT FROM {found} found
        WHERE found.id = line_id AND found.code = misfit.code AND found."column" = misfit."column"
    )
""")
_OPEN = sql.SQL("""
    WITH opened AS (INSERT INTO {misfits} AS misfit
        (file_type, line_id, code, "column", message, school_year_id, student_id, organization_id, places)
    SELECT {file_type}, line.id, found.code, found."column", found.message, line.school_year_id, line.student_id,
        coalesce({places}, upload.organization_id),
        array_remove(ARRAY[{places}, upload.organization_id]::integer[], NULL)
    FROM {found} found JOIN {table} line ON line.id = found.id
    LEFT JOIN uploads_upload upload ON upload.id = line.brought_by
    ON CONFLICT (file_type, line_id, code, "column") DO UPDATE SET message = EXCLUDED.message
        WHERE misfit.message <> EXCLUDED.message
    RETURNING misfit.line_id, misfit.xmax = 0 AS is_new)
    SELECT count(DISTINCT line_id) FROM opened WHERE is_new
""")
_LOCK = sql.SQL("""
    SELECT number FROM records_student WHERE number IN (SELECT number FROM {students})
    ORDER BY number FOR NO KEY UPDATE
""")


def note_upload(upload: Upload) -> None:
    """Bring the list up to date after an upload was loaded, in its transaction."""
    records = records_of(upload.type)
    if records is not None:
        note_misfits(records, change_id=upload.pk, school_year=upload.year)


def note_misfits(records: type[Versioned], *, change_id: int, school_year: SchoolYear, is_undo: bool = False) -> int:
    """Bring the list up to date after a change of records, in its transaction, whose students are locked.

    Lines that rest on what was changed are checked again, of the students whose records ended with the change, and of
    those who have lines on the list. A change itself was checked; an undo restores lines that nobody has checked now.

    Args:
        records: The records that were changed.
        change_id: The ID that their versions have, in `began_with` or `ended_with`.
        school_year: The school year of the records.
        is_undo: Whether the change was undone.

    Returns:
        How many lines that rest on what was changed have come onto the list.
    """
    if not issubclass(records, StoredLine):
        return 0
    by_model = {lines.model: lines for lines in stored_lines()}
    if own := by_model.get(records):
        close_gone(own)
    checked = [by_model[model] for model in resting_on(records) if model in by_model]
    checked += [own] if own and is_undo else []
    if not checked:
        return 0
    touched = sql.Identifier(_TOUCHED)
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(touched))
        cursor.execute(
            _TOUCH.format(
                touched=touched,
                table=sql.Identifier(table_of(records)),
                misfits=sql.Identifier(table_of(Misfit)),
                change=change_id,
                year=school_year.first,
            )
        )
        has_touched = cursor.rowcount > 0
    if not has_touched:
        return 0
    opened = {lines.model: _refresh(lines, school_year, students=_TOUCHED) for lines in checked}
    return sum(count for model, count in opened.items() if model is not records)


def unfit_after(upload: Upload) -> int:
    """Return how many lines that rest on the upload's are on the list, of the students whose lines have ended with the
    upload or with its undo."""
    records = records_of(upload.type)
    resting = set(resting_on(records)) if records else set()
    types = [lines.file_type.slug for lines in stored_lines() if lines.model in resting and lines.model is not records]
    if records is None or not types:
        return 0
    changes = Change.objects.filter(Q(pk=upload.pk) | Q(undoes=upload.pk))
    ended: QuerySet[Any] = QuerySet(records).filter(Q(ended_with__in=list(changes.values_list("pk", flat=True))))
    listed = Misfit.objects.filter(file_type__in=types, school_year_id=upload.school_year_id)
    of_students = listed.filter(student_id__in=ended.values("student_id"))
    return of_students.values("file_type", "line_id").distinct().count()


def close_gone(lines: StoredLines) -> None:
    """Take what was replaced or withdrawn from the list."""
    with raw_cursor() as cursor:
        cursor.execute(_CLOSE_GONE.format(**_names(lines)))


def refresh(lines: StoredLines, school_year: SchoolYear, *, numbers: pl.DataFrame) -> None:
    """Bring the list up to date for some students (`number`), who are locked until the caller's transaction ends."""
    stage(_CHECKED, numbers)
    with raw_cursor() as cursor:
        cursor.execute(_LOCK.format(students=sql.Identifier(_CHECKED)))
    _refresh(lines, school_year, students=_CHECKED)


def _refresh(lines: StoredLines, school_year: SchoolYear, *, students: str) -> int:
    """Return how many lines have come onto the list."""
    rules, opened = rules_in_force(lines, school_year), 0
    for ids, errors in errors_of_lines(lines, school_year, students=students):
        with staged(FOUND, as_listed(errors, rules)), raw_cursor() as cursor:
            names = _names(lines) | {"ids": ids, "found": sql.Identifier(FOUND)}
            cursor.execute(_CLOSE.format(**names))
            cursor.execute(_OPEN.format(**names))
            opened += int(str((cursor.fetchone() or (0,))[0]))
    return opened


def as_listed(errors: pl.DataFrame, rules: Iterable[RowRule]) -> pl.DataFrame:
    """Return errors of lines as the list has them: a message that names a row of the file says the rule's summary in
    its place, since nobody has sent this file."""
    of_rows = {
        rule.code: rule.summary.removesuffix(".")
        for rule in rules
        if isinstance(rule, FileRule) and any(name.endswith("row") for name in rule.named())
    }
    instead = pl.col("code").replace_strict(of_rows, default=None, return_dtype=pl.String)
    return errors.select("id", "code", "column", pl.coalesce(instead, "message").alias("message"))


def _names(lines: StoredLines) -> dict[str, sql.Composable]:
    places = [
        sql.Identifier("line", str(field_of(lines.model, name).column)) for name in organization_fields(lines.model)
    ]
    return {
        "misfits": sql.Identifier(table_of(Misfit)),
        "table": sql.Identifier(table_of(lines.model)),
        "file_type": sql.Literal(lines.file_type.slug),
        "places": sql.SQL(", ").join([*places, sql.SQL("NULL::integer")]),
    }
