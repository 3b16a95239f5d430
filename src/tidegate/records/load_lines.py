"""Loads the good rows of a file type into the model of its lines: the SQL follows from the model and the layout."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db import IntegrityError, models

from tidegate.core.layouts.layout import VALUE, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import FileType
from tidegate.records.stored_lines import StoredField, StoredLines, lines_of, on_file_of
from tidegate.reference.copy_rows import table_of

Load = Callable[..., tuple[int, int, int]]
"""Takes a cursor, the name of the table with the staged rows, the upload, the school year and the time; moves the rows
into the records, and returns how many versions were added, replaced and unchanged."""

_FILE_LINE = """
WITH file_line AS (
    SELECT {values} FROM {{staged}}
)
"""
_FIND_STORED = """
CREATE TEMPORARY TABLE lines_stored ON COMMIT DROP AS
{file_line}
SELECT record.id, {columns_of_record}
FROM {table} record
JOIN (SELECT DISTINCT {unit} FROM file_line) file_group USING ({unit})
WHERE record.school_year_id = %(year)s AND record.replaced_at IS NULL
"""
# Two identical lines are legal and both count, so that lines are matched by their content and their number among
# equals. What the file has and the records have not is added; what the records have in the file's groups and the file
# has not is replaced, unless the file has fewer lines of the group (`stays`, decision 23); what both have stays as it
# is, with its version. Groups without stored lines have no match.
_COMPARE = """
CREATE TEMPORARY TABLE line_change ON COMMIT DROP AS
{file_line}, stored_group AS (
    SELECT {unit}, stored_count > file_count AS stays
    FROM (SELECT {unit}, count(*) AS stored_count FROM lines_stored GROUP BY {unit}) stored
    JOIN (SELECT {unit}, count(*) AS file_count FROM file_line GROUP BY {unit}) file USING ({unit})
), file_side AS (
    SELECT file_line.*, row_number() OVER (PARTITION BY file_line) AS ordinal, file_line::text AS content, stays
    FROM file_line JOIN stored_group USING ({unit})
), stored_side AS (
    SELECT id, stays, content, row_number() OVER (PARTITION BY content) AS ordinal
    FROM (SELECT id, stays, ROW({columns})::text AS content
          FROM lines_stored JOIN stored_group USING ({unit})) line
)
SELECT stored_side.id, coalesce(stored_side.stays, file_side.stays) AS stays, {columns}
FROM file_side FULL JOIN stored_side USING (content, ordinal)
"""
_REPLACE = """
UPDATE {table} SET replaced_by = %(upload)s, replaced_at = %(at)s
WHERE id IN (SELECT id FROM line_change WHERE id IS NOT NULL AND {student} IS NULL AND NOT stays)
"""
_ADD = """
{file_line}
INSERT INTO {table} ({columns}, school_year_id, brought_by, brought_at)
SELECT {columns}, %(year)s, %(upload)s, %(at)s FROM line_change WHERE id IS NULL
UNION ALL
SELECT {columns}, %(year)s, %(upload)s, %(at)s FROM file_line
WHERE NOT EXISTS (SELECT FROM lines_stored stored WHERE {is_same_unit})
"""
_KEPT_OUT = "SELECT count(*) FROM line_change WHERE id IS NULL AND stays"
_UNCHANGED = "SELECT count(*) FROM line_change WHERE id IS NOT NULL AND {student} IS NOT NULL"

_COMPARE_BY_KEY = """
CREATE TEMPORARY TABLE line_change ON COMMIT DROP AS
WITH file_row AS (
    SELECT DISTINCT ON ({staged_unit}) {values} FROM {{staged}} ORDER BY {staged_unit}, row
)
SELECT stored.id, file_row.*, {is_same} AS is_same
FROM file_row LEFT JOIN {table} stored
  ON {is_same_unit} AND stored.school_year_id = %(year)s AND stored.replaced_at IS NULL
"""
# First everything that is replaced, then what is added: at no moment are there two lines of one key.
_REPLACE_BY_KEY = """
UPDATE {table} SET replaced_by = %(upload)s, replaced_at = %(at)s
WHERE id IN (SELECT id FROM line_change WHERE id IS NOT NULL AND NOT is_same)
"""
_ADD_BY_KEY = """
INSERT INTO {table} ({columns}, school_year_id, brought_by, brought_at)
SELECT {columns}, %(year)s, %(upload)s, %(at)s FROM line_change WHERE id IS NULL OR NOT is_same
"""
_UNCHANGED_BY_KEY = "SELECT count(*) FROM line_change WHERE id IS NOT NULL AND is_same"
_BEGIN_AGAIN = "DROP TABLE IF EXISTS lines_stored, line_change"


def load_of(file_type: FileType) -> Load | None:
    """Return what loads a type's good rows: its own `load`, else what follows from its model; None for a type that is
    only checked."""
    if file_type.own_load is not None:
        load: Load = file_type.own_load.load
        return load
    lines = lines_of(file_type)
    if lines is None:
        return None
    return partial(_load_groups if lines.layout.group else _load_by_key, lines)


def _load_groups(
    lines: StoredLines, cursor: Any, staged: str, *, upload_id: int, school_year: SchoolYear, at: datetime
) -> tuple[int, int, int]:
    """Replace the lines of each group by the file's, all or none. Where the file has fewer lines of a group than are
    on file, what is on file stays.

    Raises:
        IntegrityError: What is on file is not what the rows were checked against: they must be checked again.
    """
    values = {"year": school_year.first, "upload": upload_id, "at": at}
    find_stored, compare, replace, add, unchanged = _statements_of_groups(lines, school_year)
    cursor.execute(_BEGIN_AGAIN)
    cursor.execute(find_stored.format(staged=staged), values)
    cursor.execute("ANALYZE lines_stored")
    cursor.execute(compare.format(staged=staged), values)
    cursor.execute(_KEPT_OUT)
    if cursor.fetchone()[0]:  # the lock on the students should not let it come to this
        raise IntegrityError("Lines on file have changed since the file was judged")
    cursor.execute(replace, values)
    replaced_count = cursor.rowcount
    cursor.execute(add.format(staged=staged), values)
    added_count = cursor.rowcount
    cursor.execute(unchanged)
    return added_count, replaced_count, cursor.fetchone()[0]


def _load_by_key(
    lines: StoredLines, cursor: Any, staged: str, *, upload_id: int, school_year: SchoolYear, at: datetime
) -> tuple[int, int, int]:
    """Make what differs of each line its next version; of rows with the same key the first one counts."""
    values = {"year": school_year.first, "upload": upload_id, "at": at}
    compare, replace, add = _statements_by_key(lines, school_year)
    cursor.execute(_BEGIN_AGAIN)
    cursor.execute(compare.format(staged=staged), values)
    cursor.execute(replace, values)
    replaced_count = cursor.rowcount
    cursor.execute(add, values)
    added_count = cursor.rowcount
    cursor.execute(_UNCHANGED_BY_KEY)
    return added_count, replaced_count, cursor.fetchone()[0]


@cache
def _statements_of_groups(lines: StoredLines, school_year: SchoolYear) -> tuple[str, ...]:
    """Return the statements, in order; what is left open is the name of the table with the staged rows."""
    columns = [_quoted(field.column) for field in lines.fields.values()]
    unit = [_quoted(column) for column in lines.unit]
    parts = {
        "table": _quoted(table_of(lines.model)),
        "columns": ", ".join(columns),
        "columns_of_record": ", ".join(f"record.{column}" for column in columns),
        "unit": ", ".join(unit),
        "student": _quoted(lines.fields[lines.table.student].column),
        "file_line": _FILE_LINE.format(values=_values(lines, school_year)),
        "is_same_unit": " AND ".join(f"stored.{column} = file_line.{column}" for column in unit),
    }
    return tuple(each.format(**parts) for each in (_FIND_STORED, _COMPARE, _REPLACE, _ADD, _UNCHANGED))


@cache
def _statements_by_key(lines: StoredLines, school_year: SchoolYear) -> tuple[str, ...]:
    """Return the statements, as above."""
    columns = [_quoted(field.column) for field in lines.fields.values()]
    unit = [_quoted(column) for column in lines.unit]
    others = [column for column in columns if column not in unit]
    parts = {
        "table": _quoted(table_of(lines.model)),
        "columns": ", ".join(columns),
        "values": _values(lines, school_year),
        "staged_unit": ", ".join(_staged(row) for row in lines.table.unit),
        "is_same": f"{_row('stored', others)} IS NOT DISTINCT FROM {_row('file_row', others)}" if others else "true",
        "is_same_unit": " AND ".join(f"stored.{column} = file_row.{column}" for column in unit),
    }
    return tuple(each.format(**parts) for each in (_COMPARE_BY_KEY, _REPLACE_BY_KEY, _ADD_BY_KEY))


def _row(table: str, columns: Sequence[str]) -> str:
    return f"ROW({', '.join(f'{table}.{column}' for column in columns)})"


def _values(lines: StoredLines, school_year: SchoolYear) -> str:
    """Return what fills each field, by the name of its column."""
    layout = lines.layout.in_year(school_year)
    has = on_file_of(layout).columns
    return ", ".join(
        f"{_value(layout, row, field, is_there=row in has)} AS {_quoted(field.column)}"
        for row, field in lines.fields.items()
    )


def _value(layout: Layout, row: str, field: StoredField, *, is_there: bool) -> str:
    """Return what fills a field: a staged column in the field's type. Of a column that the school year has not it is
    blank."""
    of = field.target_field if isinstance(field, models.ForeignKey) else field
    is_text = isinstance(of, models.CharField | models.TextField)
    if not is_there:
        return "''" if is_text and not field.null else f"NULL::{_type_of(of)}"
    staged = _staged(row)
    if is_text:
        is_needed = all(layout.columns[name].required for name in layout.read_from(row))
        return staged if field.null or is_needed else f"coalesce({staged}, '')"
    is_as_staged = isinstance(of, models.DateField) or not row.endswith(VALUE)
    return staged if is_as_staged else f"{staged}::{_type_of(of)}"


def _type_of(field: StoredField) -> str:
    """Return a field's type in the database."""
    from django.db import connection

    return str(field.rel_db_type(connection))


def _staged(row: str) -> str:
    """Return the column of the staged rows that has a column of a row."""
    return _quoted(row.removesuffix(VALUE))


def _quoted(name: str | None) -> str:
    quoted = f'"{name}"'
    return quoted.replace("%", "%%").replace("{", "{{").replace("}", "}}")
