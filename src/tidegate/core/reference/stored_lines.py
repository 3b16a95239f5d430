"""The lines that file types store, as reference tables: each follows from the type's layout."""

from functools import cache, cached_property

import msgspec
import polars as pl

from tidegate.core.layouts.column_types import Code, Day
from tidegate.core.layouts.layout import VALUE, Layout, OnFile
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.organizations import OrganizationKeys
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import (
    FolderFiles,
    ReferenceFile,
    day,
    first_year,
    read_once_where_many,
    reference_tables,
    student_number,
    students_asked_for,
    unwrapped_code,
)

UPLOAD_ID = "upload_id"
"""The column with the upload that a line came with, null where it was none."""
LINE_ID = "line_id"
"""The column with the ID of a line; in a folder that has none, its position in the file, from 0."""
SENDER = "sender"
"""The organization for which a change was made; null is the state."""
YEARS_OF_PROGRAM = 13
"""For how many school years, the present one among them, a line of a program counts: as many as there are from
kindergarten to grade 12, so that a repeated year leaves nobody out."""
LINES_ORDER = 50
"""The position of stored lines in lists of reference tables: after the enrollments."""
_UPLOAD_TITLE, _LINE_TITLE, _SENDER_TITLE = "Upload", "LineID", "SentFor"
_UPLOAD_TYPE = pl.Int64()
_YEAR_TITLE = "SchoolYear"
# What look-ups find is text, but for these fields.
_TYPES_OF_FIELDS = {"id": pl.Int32(), "sau_id": pl.Int32(), "mended": pl.Boolean()}


class LineColumn(msgspec.Struct, frozen=True):
    """One column of stored lines.

    `row` is the column of a row that fills it, `field` the field of the model, and `title` the
    column of the file in a reference folder.
    """

    row: str
    field: str
    title: str
    type: pl.DataType
    is_student: bool = False
    is_code: bool = False

    @property
    def is_organization(self) -> bool:
        """Whether it has the integers by which organizations are stored."""
        return self.type == pl.Int32()

    @property
    def is_correctable(self) -> bool:
        """Whether a line with another value of it may be the same line, corrected: a code or a day."""
        return self.is_code or self.type == Day.polars_type


class LineTable(msgspec.Struct, frozen=True, dict=True):
    """The stored lines of a file type: what they are called, and their columns in the layout's
    order.

    `unit` names the rows' columns in which lines agree that are replaced together.
    """

    name: str
    noun: tuple[str, str]
    columns: tuple[LineColumn, ...]
    unit: tuple[str, ...]

    @property
    def student(self) -> str:
        """The rows' column with the state student number."""
        return next(column.row for column in self.columns if column.is_student)

    @property
    def file(self) -> ReferenceFile:
        """The file in a reference folder. Where a reference table of the program has the table's
        name, its own file has other columns than the file type."""
        titles = (column.title for column in self.columns)
        name = f"{self.name}_on_file" if self.name in _names_of_tables() else self.name
        return ReferenceFile(f"{name}.csv", (_YEAR_TITLE, *titles, _UPLOAD_TITLE), (_LINE_TITLE, _SENDER_TITLE))

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the file that name a line, or the lines of a group."""
        titles = {column.row: column.title for column in self.columns}
        return (_YEAR_TITLE, *(titles[name] for name in self.unit))

    @property
    def has_correctable_unit(self) -> bool:
        """Whether a line of another unit may be the same line, corrected."""
        return any(self.column_of(row).is_correctable for row in self.unit)

    @cached_property
    def schema(self) -> pl.Schema:
        """The columns of an answer, under the rows' names."""
        types = {column.row: column.type for column in self.columns}
        return pl.Schema({**types, UPLOAD_ID: _UPLOAD_TYPE, LINE_ID: _UPLOAD_TYPE})

    def column_of(self, row: str) -> LineColumn:
        """Return the column that is filled by a column of a row."""
        return next(column for column in self.columns if column.row == row)


@cache
def _names_of_tables() -> frozenset[str]:
    return frozenset(table.name for table in reference_tables())


def line_table(layout: Layout, on_file: OnFile) -> LineTable:
    """Return the table of the lines that the layout's file type stores."""
    positions = {name: position for position, name in enumerate(layout.columns)}
    in_order = sorted(on_file.columns, key=lambda row: positions.get(_read_from(layout, row), len(positions)))
    taken: set[str] = set()
    columns = []
    for row in sorted(in_order, key=lambda row: not row.endswith(VALUE)):
        title = _read_from(layout, row)
        columns.append(_column(layout, on_file, row, on_file.columns[row] if title in taken else title))
        taken.add(title)
    columns.sort(key=lambda column: in_order.index(column.row))
    return LineTable(on_file.table, on_file.noun, tuple(columns), layout.group or layout.key)


def _read_from(layout: Layout, row: str) -> str:
    """Return the column of the file that a column of a row is read from."""
    return next(iter(layout.read_from(row)), row)


def _column(layout: Layout, on_file: OnFile, row: str, title: str) -> LineColumn:
    """Return the column of stored lines that a column of a row fills.

    Args:
        layout: The layout.
        on_file: What it says about stored lines.
        row: The column of a row: a value, or a field of a look-up.
        title: The column's title in a reference folder.
    """
    of = layout.columns.get(_read_from(layout, row))
    if row == on_file.student:
        return LineColumn(row, on_file.columns[row], title, Students.schema["student_number"], is_student=True)
    if row.endswith(VALUE) and of is not None:
        return LineColumn(row, on_file.columns[row], title, of.type.polars_type, is_code=isinstance(of.type, Code))
    field = row.partition(".")[2]
    found = _TYPES_OF_FIELDS.get(field, pl.String())
    return LineColumn(row, on_file.columns[row], title, found, is_code=of is not None and isinstance(of.type, Code))


class LinesInFolder:
    """Answers for the stored lines of one file type from a reference folder."""

    def __init__(self, folder: FolderFiles, lines: LineTable) -> None:
        self._folder = folder
        self._lines = lines
        self._by_year: dict[SchoolYear, pl.DataFrame] = {}

    def of_students(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool) -> pl.DataFrame:
        """Return these students' lines of the school year; none if the folder has no file of them.

        With `only_several` a line is left out if it is the only one of its group.
        """
        lines = self._lines
        if not self._folder.has(lines.file):
            return lines.schema.to_frame()
        asked = students_asked_for(numbers).rename({"student_number": lines.student})
        found = self._of_year(school_year).join(asked, on=lines.student, how="semi")
        return found.filter(pl.struct(lines.unit).is_duplicated()) if only_several else found

    def at(self, organizations: pl.Series, school_year: SchoolYear, *, field: str, but: pl.Series) -> pl.DataFrame:
        """Return the lines at some organizations; none if the folder has no file of them.

        Args:
            organizations: The organizations.
            school_year: The school year.
            field: The rows' column with the organization.
            but: The students whose lines are left out.
        """
        if not self._folder.has(self._lines.file):
            return self._lines.schema.to_frame()
        known = students_asked_for(but).rename({"student_number": self._lines.student})
        there = self._of_year(school_year).filter(pl.col(field).is_in(organizations.implode()))
        return there.join(known, on=self._lines.student, how="anti")

    def values_at(self, organization_id: int, school_year: SchoolYear, *, field: str, wanted: str) -> pl.Series:
        """Return the distinct values of column `wanted`, sorted, in the lines whose `field` is `organization_id`.

        Args:
            organization_id: The organization.
            school_year: The school year.
            field: The rows' column with the organization.
            wanted: The rows' column with the values.
        """
        if not self._folder.has(self._lines.file):
            return pl.Series(dtype=self._lines.schema[wanted])
        there = self._of_year(school_year).filter(pl.col(field) == organization_id)
        return there[wanted].drop_nulls().unique().sort()

    def texts(self, ids: pl.Series) -> pl.DataFrame:
        """Return lines by their IDs, in the order of the IDs, as the folder has them: LINE_ID and the columns of the
        file by their titles; nothing is a blank text."""
        lines = self._folder.read(self._lines.file).with_columns(_line_id())
        found = lines.join(ids.unique().alias(LINE_ID).to_frame(), on=LINE_ID, how="semi").sort(LINE_ID)
        return found.select(LINE_ID, pl.col([column.title for column in self._lines.columns]).fill_null(""))

    def senders(self) -> pl.DataFrame | None:
        """Return the organization for which each change was made that a line began with: UPLOAD_ID and SENDER. None if
        the folder does not say so for every line that names its change."""
        lines, keys = self._folder.read(self._lines.file), OrganizationKeys.of_folder(self._folder)
        changes = lines.filter(pl.col(_UPLOAD_TITLE).is_not_null()).unique(_UPLOAD_TITLE)
        if not changes.is_empty() and _SENDER_TITLE not in self._folder.names_in(self._lines.file):
            return None
        return changes.select(
            pl.col(_UPLOAD_TITLE).cast(_UPLOAD_TYPE, strict=False).alias(UPLOAD_ID),
            keys.of(_SENDER_TITLE).alias(SENDER),
        )

    def _of_year(self, school_year: SchoolYear) -> pl.DataFrame:
        if school_year not in self._by_year:
            self._by_year[school_year] = self._read(school_year)
        return self._by_year[school_year]

    def _read(self, school_year: SchoolYear) -> pl.DataFrame:
        table, keys = self._folder.read(self._lines.file), OrganizationKeys.of_folder(self._folder)
        table = table.with_columns(_line_id()).filter(first_year(pl.col(_YEAR_TITLE)) == school_year.first)
        read = [self._values(table, column, keys).alias(column.row) for column in self._lines.columns]
        lines = table.lazy().select(*read, pl.col(_UPLOAD_TITLE).alias(UPLOAD_ID), pl.col(LINE_ID))
        typed = lines.cast(dict(self._lines.schema), strict=False)  # type: ignore[arg-type]
        return typed.drop_nulls(self._lines.student).collect()

    def _values(self, table: pl.DataFrame, column: LineColumn, keys: OrganizationKeys) -> pl.Expr:
        """Return a column of the file as values; a blank text is an empty string."""
        if column.is_student:
            return student_number(column.title)
        if column.is_organization:
            return keys.of(column.title)
        if column.type == Day.polars_type:
            return read_once_where_many(table[column.title], day)
        text = pl.col(column.title)
        if column.is_code:
            text = unwrapped_code(text)
        return text.fill_null("") if column.type == pl.String() else text


def _line_id() -> pl.Expr:
    """Return the IDs of the lines of a file."""
    position = pl.int_range(pl.len(), dtype=_UPLOAD_TYPE)
    return pl.coalesce(pl.col(_LINE_TITLE).cast(_UPLOAD_TYPE, strict=False), position).alias(LINE_ID)
