"""The stored lines of file types in the database: what they answer a check, and how they are exported."""

import polars as pl
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.stored_lines import LineColumn
from tidegate.core.reference.table import students_asked_for
from tidegate.records.lock_students import StudentLocks
from tidegate.records.stored_lines import StoredField, StoredLines
from tidegate.records.student_keys import as_integer, key_limits, outermost_keys, student_keys
from tidegate.reference.copy_rows import read_columns, staged, table_of
from tidegate.reference.organization_keys import identifier_of

# The lines of a group are counted in a window: a join with the groups compared each line with each
# group where the database took the table for an empty one.
_OF_STUDENTS = sql.SQL("""
    SELECT {answers}, brought_by, id FROM (
        SELECT {columns}, brought_by, id, count(*) OVER (PARTITION BY {unit}) AS line_count
        FROM {table}
        WHERE school_year_id = {year} AND replaced_at IS NULL AND {student} BETWEEN {lowest} AND {highest}
          AND {student} IN (SELECT number FROM {students})
    ) record
    WHERE line_count >= {fewest}
""")
_AT = sql.SQL("""
    SELECT {answers}, brought_by, id FROM {table}
    WHERE school_year_id = {year} AND replaced_at IS NULL AND {organization} = ANY({organizations})
      AND NOT EXISTS (SELECT FROM {students} file WHERE number = {student})
""")
_VALUES_AT = sql.SQL("""
    SELECT DISTINCT {wanted} FROM {table}
    WHERE school_year_id = {year} AND replaced_at IS NULL AND {organization} = {organization_id}
      AND {wanted} IS NOT NULL
    ORDER BY 1
""")
_EXPORT = sql.SQL("""
    SELECT school_year_id || '-' || school_year_id + 1, {columns}, brought_by, id, {sender}
    FROM {table} LEFT JOIN (SELECT id AS began_with, organization_id AS sent_for FROM records_change) change
        ON change.began_with = brought_by
    WHERE replaced_at IS NULL AND (school_year_id = {year} OR {is_every_year})
    ORDER BY school_year_id, {order}, id
""")
_FILE = sql.SQL("SELECT {columns} FROM {table} WHERE id IN ({chosen}) ORDER BY id")

# The lines of all locked students are read, and those of others left out, where these are no more than half of them.
_MAX_STUDENTS_PER_ASKED = 2


class LinesInDatabase:
    """Answers for the stored lines of one file type. They are exported for `check` and never imported."""

    def __init__(self, lines: StoredLines, locked: StudentLocks) -> None:
        self._lines = lines
        self._locked = locked

    def of_students(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool) -> pl.DataFrame:
        """Return these students' lines of the school year; with `only_several` only those of which a student has
        several in a group."""
        locked = self._locked.numbers
        # A large file's students are asked about in parts: the others' lines need not be read each time.
        is_large = locked is not None and numbers.len() > locked.height // _MAX_STUDENTS_PER_ASKED
        # A complete file is also about students that it does not have.
        is_locked = is_large and self._locked.are_noted(numbers)
        keys = outermost_keys(numbers) if is_locked else student_keys(numbers)
        lowest, highest = key_limits(keys)
        table = self._lines.table
        query = _OF_STUDENTS.format(
            **_names(self._lines),
            students=sql.Identifier(self._locked.table if is_locked else "file_students"),
            year=school_year.first,
            lowest=lowest,
            highest=highest,
            fewest=2 if only_several else 1,
            answers=sql.SQL(", ").join(self._answer(column.row) for column in table.columns),
        )
        if not is_locked:
            with staged("file_students", keys):
                return read_columns(query, table.schema)
        asked = students_asked_for(numbers).rename({"student_number": table.student})
        return read_columns(query, table.schema).join(asked, on=table.student, how="semi")

    def at(self, organizations: pl.Series, school_year: SchoolYear, *, field: str, but: pl.Series) -> pl.DataFrame:
        """Return the lines with one of these organizations in the rows' column `field`, of all students `but` some."""
        table = self._lines.table
        with staged("other_students", student_keys(but)):
            query = _AT.format(
                **_names(self._lines),
                students=sql.Identifier("other_students"),
                organization=sql.Identifier(str(self._lines.fields[field].column)),
                organizations=sql.Literal(organizations.to_list()),
                year=school_year.first,
                answers=sql.SQL(", ").join(self._answer(column.row) for column in table.columns),
            )
            return read_columns(query, table.schema)

    def values_at(self, organization_id: int, school_year: SchoolYear, *, field: str, wanted: str) -> pl.Series:
        """Return each value once that the rows' column `wanted` has in the lines with an organization in the column
        `field`, sorted."""
        query = _VALUES_AT.format(
            table=sql.Identifier(table_of(self._lines.model)),
            organization=sql.Identifier(str(self._lines.fields[field].column)),
            organization_id=organization_id,
            year=school_year.first,
            wanted=sql.Identifier(str(self._lines.fields[wanted].column)),
        )
        return read_columns(query, pl.Schema({wanted: self._lines.table.schema[wanted]})).to_series()

    def _answer(self, row: str) -> sql.Composable:
        """Return a column as a check takes it; a blank text is empty."""
        field = self._lines.fields[row]
        column = sql.Identifier(str(field.column))
        if row == self._lines.table.student:
            return as_integer(str(field.column))
        is_text = self._lines.table.column_of(row).type == pl.String()
        return sql.SQL("COALESCE({}, '')").format(column) if is_text and field.null else column


def export_of(lines: StoredLines, school_year: SchoolYear | None) -> sql.Composable:
    """Return the query of the lines' file in a reference folder, as `DatabaseTable.export` has it."""
    table, fields = lines.table, lines.fields
    columns = [as_sent(lines, column) for column in table.columns]
    by = dict.fromkeys(row for row in (*table.unit, lines.first_day) if row)
    in_order = [_ordered(fields[row], is_text=_is_text(lines, row)) for row in by]
    return _EXPORT.format(
        table=sql.Identifier(table_of(lines.model)),
        columns=sql.SQL(", ").join(columns),
        sender=identifier_of("change.sent_for"),
        year=school_year.first if school_year else 0,
        is_every_year=school_year is None,
        order=sql.SQL(", ").join(in_order),
    )


def file_of(lines: StoredLines, school_year: SchoolYear, *, chosen: sql.Composable) -> tuple[list[str], sql.Composable]:
    """Return a file of some lines of a school year, as a district would send them, in the order of their IDs.

    Args:
        lines: The file type's lines.
        school_year: The school year, whose layout the file has.
        chosen: A query of the IDs.

    Returns:
        The header, and the query of the rows. What is not stored is blank.
    """
    by_title = {column.title: column for column in lines.table.columns}
    titles = [column.name for column in lines.layout.columns_in(school_year)]
    columns = [as_sent(lines, by_title[title]) if title in by_title else sql.NULL for title in titles]
    return titles, _FILE.format(
        columns=sql.SQL(", ").join(columns), table=sql.Identifier(table_of(lines.model)), chosen=chosen
    )


def as_sent(lines: StoredLines, column: LineColumn) -> sql.Composable:
    """Return a column of a stored line as a file has it; a blank text is nothing."""
    field = lines.fields[column.row]
    is_blank = column.row not in lines.table.unit
    return identifier_of(str(field.column)) if column.is_organization else _exported(field, is_blank=is_blank)


def _names(lines: StoredLines) -> dict[str, sql.Composable]:
    columns = [sql.Identifier(str(field.column)) for field in lines.fields.values()]
    return {
        "table": sql.Identifier(table_of(lines.model)),
        "student": sql.Identifier(str(lines.fields[lines.table.student].column)),
        "columns": sql.SQL(", ").join(columns),
        "unit": sql.SQL(", ").join(map(sql.Identifier, lines.unit)),
    }


def _is_text(lines: StoredLines, row: str) -> bool:
    return row == lines.table.student or lines.table.column_of(row).type == pl.String()


def _exported(field: StoredField, *, is_blank: bool) -> sql.Composable:
    """Return a column as COPY writes it: a blank text is nothing."""
    column = sql.Identifier(str(field.column))
    may_be_blank = is_blank and not field.is_relation and field.get_internal_type() in {"CharField", "TextField"}
    return sql.SQL("NULLIF({}, '')").format(column) if may_be_blank else column


def _ordered(field: StoredField, *, is_text: bool) -> sql.Composable:
    """Return what to order by: an order that does not depend on a server's collation."""
    column = sql.Identifier(str(field.column))
    return sql.SQL('{} COLLATE "C"').format(column) if is_text else column
