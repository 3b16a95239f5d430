"""The lines on file as districts would send them: which lines, in which columns, in which order, and the students."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from psycopg import sql

from tidegate.core.layouts.column_types import Text
from tidegate.core.layouts.layout import VALUE, Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import lookups_of
from tidegate.core.parsing.repairs import RUN_BY_SPREADSHEETS, WRITTEN_BLANKS
from tidegate.core.rules.rule import identity_look_ups
from tidegate.records.models import StudentVersion
from tidegate.records.stored_lines import StoredField, StoredLines
from tidegate.records.student_keys import as_integer
from tidegate.reference.copy_rows import raw_cursor, read_columns, table_of
from tidegate.reference.models import Organization
from tidegate.reference.organization_keys import identifier_of

# The field of a look-up that says the same as the cell that was looked up.
_SAME_AS_CELL = ("id", "code", "student_number")
_ROWS_PER_SLICE = 10_000
_TEXT_TYPES = {"CharField", "TextField"}
_STUDENTS = {
    "StateStudentID": "student_id",
    "LastName": "last_name",
    "FirstName": "first_name",
    "MiddleName": "middle_name",
    "Suffix": "suffix",
    "DateOfBirth": "date_of_birth",
    "Gender": "gender",
}
_QUERY = sql.SQL("SELECT {columns} FROM {table} line WHERE {where} ORDER BY {order}")
_IS_TRUE_OF_ANY = sql.SQL("SELECT EXISTS (SELECT FROM {table} line WHERE {where} AND ({condition}))")
_STUDENTS_OF = sql.SQL("SELECT DISTINCT {student} FROM {table} line WHERE {where}")
_COUNT = sql.SQL("SELECT count(*) FROM (SELECT FROM {table} line WHERE {where} LIMIT {limit}) counted")
_CHANGES = sql.SQL("SELECT DISTINCT brought_by FROM {table} line WHERE {where} AND brought_by IS NOT NULL")
# A version that an undo has restored is a copy with the time at which the first one began.
_ON_FILE_AT = sql.SQL(
    "COALESCE(line.put_back_at, line.brought_at) <= {moment}"
    " AND (line.replaced_at IS NULL OR line.replaced_at > {moment})"
)
_CURRENT = sql.SQL("line.replaced_at IS NULL")


@dataclass(frozen=True)
class ExportedColumn:
    """A column of an exported file. `cell` is SQL for its value, None where nothing is stored for it; `is_written_text`
    says that people write it freely, so that it may be what a spreadsheet would run."""

    title: str
    type: pl.DataType
    cell: sql.Composable | None
    is_written_text: bool = False
    may_be_blank: bool = True


@dataclass(frozen=True)
class ExportedFile:
    """A file of records as they are on file: its name without an ending, its columns, and which rows in which order."""

    name: str
    columns: tuple[ExportedColumn, ...]
    table: str
    where: sql.Composable
    order: sql.Composable

    @property
    def titles(self) -> list[str]:
        """The header."""
        return [column.title for column in self.columns]

    @property
    def schema(self) -> pl.Schema:
        """The types of the columns."""
        return pl.Schema({column.title: column.type for column in self.columns})

    @property
    def not_stored(self) -> list[str]:
        """The titles of the columns that are collected and not stored: their cells are blank."""
        return [column.title for column in self.columns if column.cell is None]

    def rows(self, *, is_protected: bool = False) -> Iterator[list[tuple[str | None, ...]]]:
        """Yield the rows as texts, some thousand at once. With `is_protected` texts that a spreadsheet would run, or
        that reading would take for a blank, are wrapped like ="=1", which reading removes again."""
        return self._read([_protected(each) if is_protected else _plain(each) for each in self.columns])

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the rows as typed columns."""
        return map(self.typed, self.texts())

    def texts(self) -> Iterator[pl.DataFrame]:
        """Yield the rows as columns of texts."""
        schema = dict.fromkeys(self.schema, pl.String())
        return (pl.DataFrame(rows, schema=schema, orient="row") for rows in self.rows())

    def typed(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return columns of texts with the types of their values."""
        return texts.select(
            pl.col(name).str.to_date() if of == pl.Date else pl.col(name).cast(of) for name, of in self.schema.items()
        )

    def sources(self) -> Iterator[list[tuple[int | None, int]]]:
        """Yield of each row, in the same order, the change that it began with, None for an import, and the ID of the
        version."""
        for rows in self._read([sql.SQL("brought_by"), sql.SQL("id")]):
            yield [(int(change) if change else None, int(version or 0)) for change, version in rows]

    def changes(self) -> list[int]:
        """Return the changes that the rows began with, each once."""
        query = _CHANGES.format(table=sql.Identifier(self.table), where=self.where)
        return read_columns(query, pl.Schema({"change": pl.Int64})).to_series().to_list()

    def count_up_to(self, limit: int) -> int:
        """Return how many rows there are, or the limit where there are more."""
        parts = {"table": sql.Identifier(self.table), "where": self.where, "limit": sql.Literal(limit)}
        return int(read_columns(_COUNT.format(**parts), pl.Schema({"count": pl.Int64})).item())

    def has_only_ascii(self) -> bool:
        """Whether no text that people write has a letter that programs of different ages spell in different bytes."""
        odd = [
            sql.SQL("octet_length({0}) <> char_length({0})").format(each.cell)
            for each in self.columns
            if each.is_written_text
        ]
        if not odd:
            return True
        parts = {"table": sql.Identifier(self.table), "where": self.where, "condition": sql.SQL(" OR ").join(odd)}
        with raw_cursor() as cursor:
            cursor.execute(_IS_TRUE_OF_ANY.format(**parts))
            return not (cursor.fetchone() or (False,))[0]

    def _read(self, columns: list[sql.Composable]) -> Iterator[list[tuple[str | None, ...]]]:
        parts = {"table": sql.Identifier(self.table), "where": self.where, "order": self.order}
        query = _QUERY.format(columns=sql.SQL(", ").join(columns), **parts)
        with raw_cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as copy:
            slice_: list[tuple[str | None, ...]] = []
            for row in copy.rows():
                slice_.append(row)
                if len(slice_) == _ROWS_PER_SLICE:
                    yield slice_
                    slice_ = []
        if slice_:
            yield slice_


def exported_lines(
    lines: StoredLines,
    school_year: SchoolYear,
    *,
    organization: Organization | None = None,
    moment: datetime | None = None,
) -> ExportedFile:
    """Return the lines of a file type in the columns of an upload of that school year.

    Args:
        lines: The stored lines of the file type.
        school_year: The school year.
        organization: Only the lines that it would send (see `is_sent_by`); None for those of the whole state.
        moment: When they were on file; None is now.
    """
    layout = lines.layout.in_year(school_year)
    conditions: list[sql.Composable] = [sql.SQL("line.school_year_id = {}").format(school_year.first), _on_file(moment)]
    if organization is not None:
        conditions.append(is_sent_by(lines, organization))
    columns = tuple(_column(lines, layout, column) for column in layout.columns.values())
    return ExportedFile(
        lines.file_type.slug.replace("-", "_"),
        columns,
        table_of(lines.model),
        sql.SQL(" AND ").join(conditions),
        _order(lines, columns),
    )


def exported_students(files: list[ExportedFile], *, moment: datetime | None = None) -> ExportedFile:
    """Return the students who have a line in one of the files."""
    named = [
        sql.SQL("SELECT student_id FROM {table} line WHERE {where}").format(
            table=sql.Identifier(each.table), where=each.where
        )
        for each in files
    ]
    fields = {field.column: field for field in StudentVersion._meta.concrete_fields}  # noqa: SLF001 - Django's way
    columns = tuple(
        ExportedColumn(
            title,
            pl.Date() if name == "date_of_birth" else pl.String(),
            _cell(fields[name]),
            is_written_text=name.endswith(("name", "suffix")),
        )
        for title, name in _STUDENTS.items()
    )
    having_lines = sql.SQL("line.student_id IN ({})").format(sql.SQL(" UNION ").join(named))
    where = sql.SQL(" AND ").join([_on_file(moment), having_lines]) if named else sql.SQL("false")
    order = sql.SQL('line.student_id COLLATE "C"')
    return ExportedFile("students", columns, table_of(StudentVersion), where, order)


def is_sent_by(lines: StoredLines, organization: Organization) -> sql.Composable:
    """Return SQL for whether a line is the organization's to send: the rule ORG201 lets the row pass because its
    district or school is the organization, or its school belongs to it. A file type whose rows name no organization has
    no such lines."""
    layout, fields = lines.layout, lines.fields
    districts, schools = identity_look_ups(layout)
    of_schools = [fields[row] for name in schools if (row := f"{name}.id") in fields]
    own = [fields[row] for name in districts if (row := f"{name}.id") in fields] + of_schools
    is_own: list[sql.Composable] = [sql.SQL("{} = {}").format(_column_of(field), organization.pk) for field in own]
    belongs = sql.SQL("{} IN (SELECT id FROM reference_organization WHERE parent_id = {})")
    is_own += [belongs.format(_column_of(field), organization.pk) for field in of_schools]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(is_own or [sql.SQL("false")]))


def students_with_lines(lines: StoredLines, organization: Organization, school_year: SchoolYear) -> sql.Composable:
    """Return the query of the students with a line on file that the organization would send (see `is_sent_by`)."""
    student = str(lines.fields[lines.table.student].column)
    return _STUDENTS_OF.format(
        student=as_integer(f"line.{student}"),
        table=sql.Identifier(table_of(lines.model)),
        where=sql.SQL(" AND ").join(
            [
                sql.SQL("line.school_year_id = {}").format(school_year.first),
                _CURRENT,
                is_sent_by(lines, organization),
            ]
        ),
    )


def row_of_cell(layout: Layout, column: str) -> str | None:
    """Return the stored column of a row that has the value of a cell; None where it is not stored."""
    assert layout.on_file, layout.name
    stored = layout.on_file.columns
    if f"{column}{VALUE}" in stored:
        return f"{column}{VALUE}"
    fields = (
        f"{name}.{field}"
        for name, find in lookups_of(layout).items()
        if find.columns[:1] == (column,)
        for field in _SAME_AS_CELL
    )
    return next((row for row in fields if row in stored), None)


def _column(lines: StoredLines, layout: Layout, column: Column) -> ExportedColumn:
    row = row_of_cell(layout, column.name)
    if row is None:
        return ExportedColumn(column.name, column.type.polars_type, None)
    field, is_organization = lines.fields[row], lines.table.column_of(row).is_organization
    return ExportedColumn(
        column.name,
        column.type.polars_type,
        _cell(field, is_organization=is_organization),
        is_written_text=isinstance(column.type, Text) and _is_text(field),
        may_be_blank=not column.required,
    )


def _cell(field: StoredField, *, is_organization: bool = False) -> sql.Composable:
    """Return SQL for a cell; a blank text is nothing."""
    if is_organization:
        return identifier_of(f"line.{field.column}")
    return sql.SQL("NULLIF({}, '')").format(_column_of(field)) if _is_text(field) else _column_of(field)


def _is_text(field: StoredField) -> bool:
    return not field.is_relation and field.get_internal_type() in _TEXT_TYPES


def _column_of(field: StoredField) -> sql.Composable:
    return sql.Identifier("line", str(field.column))


def _on_file(moment: datetime | None) -> sql.Composable:
    return _CURRENT if moment is None else _ON_FILE_AT.format(moment=sql.Literal(moment))


def _plain(column: ExportedColumn) -> sql.Composable:
    return column.cell if column.cell is not None else sql.SQL("NULL")


def _protected(column: ExportedColumn) -> sql.Composable:
    """Return SQL for a cell as `wrapped_where_needed` has it."""
    if column.cell is None or not column.is_written_text:
        return _plain(column)
    is_taken = sql.SQL("{} ~ {}").format(column.cell, RUN_BY_SPREADSHEETS)
    if column.may_be_blank:
        is_taken = sql.SQL("{} OR {} = ANY({})").format(is_taken, column.cell, list(WRITTEN_BLANKS))
    wrapped = sql.SQL("""'="' || replace({}, '"', '""') || '"'""").format(column.cell)
    return sql.SQL("CASE WHEN {} THEN {} ELSE {} END").format(is_taken, wrapped, column.cell)


def _order(lines: StoredLines, columns: tuple[ExportedColumn, ...]) -> sql.Composable:
    """Return the order of the lines: by student, group or key and first day, and at last by all other cells, so that
    it depends neither on a server's collation nor on the IDs of versions."""
    in_order = [lines.table.student, *lines.table.unit, *([lines.first_day] if lines.first_day else [])]
    by: list[sql.Composable] = [_ordered(lines, row) for row in dict.fromkeys(in_order)]
    by += [sql.SQL('({})::text COLLATE "C"').format(each.cell) for each in columns if each.cell is not None]
    return sql.SQL(", ").join([*by, sql.SQL("line.id")])


def _ordered(lines: StoredLines, row: str) -> sql.Composable:
    column = lines.table.column_of(row)
    cell = _cell(lines.fields[row], is_organization=column.is_organization)
    is_day_or_number = column.type.is_temporal() or column.type.is_decimal()
    return cell if is_day_or_number else sql.SQL('({})::text COLLATE "C"').format(cell)
