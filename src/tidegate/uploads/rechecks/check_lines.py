"""Checks lines on file as a file that the districts had sent together, some students at a time; nothing is changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from django.db import transaction
from django.db.models import F, QuerySet
from psycopg import sql

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.catalogue import rule_set
from tidegate.core.rules.rule import FileRule, RowRule, Severity
from tidegate.records.line_tables import file_of
from tidegate.records.models import CURRENT, StoredLine
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.records.stored_lines import StoredLines
from tidegate.reference.copy_rows import copy_out, raw_cursor, read_columns, table_of
from tidegate.uploads.storage.sealed import in_memory

STUDENTS_PER_SLICE = 50_000
LINE_ERRORS = pl.Schema(
    {"id": pl.Int64, "code": pl.String, "column": pl.String, "message": pl.String, "organization": pl.String}
)
"""An error of a line on file: the line's ID, the rule that it breaks and where, and the ID of the district that the
line names, as people write it."""
CHOSEN = "lines_to_check"

_FIRST_ROW = 2
_YEAR = F("school_year_id")
_CHOOSE = sql.SQL("""
    CREATE TEMPORARY TABLE {chosen} ON COMMIT DROP AS
    SELECT id, {slice} AS slice FROM {table}
    WHERE replaced_at IS NULL AND school_year_id = {year} AND {of_students}
""")
_SLICE = sql.SQL("(dense_rank() OVER (ORDER BY {student}) - 1) / {size}")
_OF_STUDENTS = sql.SQL("{student} IN (SELECT number FROM {students})")
_SLICES = sql.SQL("SELECT DISTINCT slice FROM {} ORDER BY slice")
_IDS = sql.SQL("SELECT id FROM {} WHERE slice = {}")


def years_of(lines: StoredLines, school_year: SchoolYear | None) -> list[SchoolYear]:
    """Return the school years that have lines on file; of them only this one, where one is given."""
    current: QuerySet[StoredLine] = QuerySet(lines.model).filter(CURRENT)
    years = current.order_by(_YEAR).values_list(_YEAR, flat=True).distinct()
    return [SchoolYear(year) for year in years if school_year is None or year == school_year.first]


def errors_of_lines(
    lines: StoredLines,
    school_year: SchoolYear,
    *,
    students: str = "",
    size: int = STUDENTS_PER_SLICE,
    says: bool = True,
    severity: Severity = Severity.ERROR,
) -> Iterator[tuple[sql.Composed, pl.DataFrame]]:
    """Check the lines on file of a school year, within the caller's transaction.

    Args:
        lines: The file type's lines.
        school_year: The school year.
        students: A temporary table with the student numbers (`number`) whose lines are checked; blank for all. Where
            rules compare the lines of different students, all are checked.
        size: The lines of how many students are checked at once, where the rules allow it.
        says: Whether the messages are needed; without them a line comes once for a rule, with blank texts.
        severity: Which findings are asked for: errors, or warnings in their place.

    Yields:
        For some students at a time a query of the IDs of their lines, and the findings of these, shaped as LINE_ERRORS.
    """
    chosen = sql.Identifier(CHOSEN)
    _choose(lines, school_year, students=students, size=size)
    with raw_cursor() as cursor:
        cursor.execute(_SLICES.format(chosen))
        slices = [int(str(number)) for (number,) in cursor.fetchall()]
    for number in slices:
        ids = _IDS.format(chosen, number)
        with rolled_back():
            errors = _errors(lines, school_year, ids, says=says, severity=severity)
        yield ids, errors
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE {}").format(chosen))


def _choose(lines: StoredLines, school_year: SchoolYear, *, students: str, size: int) -> None:
    student = sql.Identifier(str(lines.fields[lines.table.student].column))
    by_student = _SLICE.format(student=student, size=size)
    of_students = _OF_STUDENTS.format(student=student, students=sql.Identifier(students))
    is_by_student = are_checked_by_student(lines, school_year)
    names = {
        "chosen": sql.Identifier(CHOSEN),
        "slice": by_student if is_by_student else sql.SQL("0"),
        "table": sql.Identifier(table_of(lines.model)),
        "year": school_year.first,
        "of_students": of_students if students and is_by_student else sql.SQL("true"),
    }
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{chosen}").format(**names))
        cursor.execute(_CHOOSE.format(**names))
        cursor.execute(sql.SQL("ANALYZE {chosen}").format(**names))


def are_checked_by_student(lines: StoredLines, school_year: SchoolYear) -> bool:
    """Whether no rule compares the lines of one student with another's."""
    of_rows = rules_in_force(lines, school_year)
    across = [rule for rule in of_rows if isinstance(rule, FileRule)]
    return all(lines.table.student in rule.partition_by for rule in across)


def rules_in_force(lines: StoredLines, school_year: SchoolYear) -> list[RowRule]:
    """Return the rules about rows that the lines of a school year are checked by."""
    return list(rule_set(lines.layout.in_year(school_year), lines.file_type.rules, school_year).of_rows)


def _errors(
    lines: StoredLines, school_year: SchoolYear, ids: sql.Composed, *, says: bool, severity: Severity
) -> pl.DataFrame:
    header, query = file_of(lines, school_year, chosen=ids)
    numbered = read_columns(sql.SQL("{} ORDER BY id").format(ids), pl.Schema({"id": LINE_ERRORS["id"]}))
    with in_memory() as (file, path):
        file.write(f"{','.join(header)}\n".encode())
        for piece in copy_out(query):
            file.write(piece)
        file.flush()
        layout, rules = lines.layout, lines.file_type.rules
        checked = check(path, layout, rules, focus=Focus(school_year), tables=ReferenceDatabase(), keeps=())
        wrong = _wrong_rows(checked, lines, says=says, severity=severity)
    if checked.is_refused and severity is Severity.ERROR:  # as a file they would be refused as a whole
        return numbered.join(wrong.drop("row"), how="cross").select(LINE_ERRORS.names()).cast(LINE_ERRORS)
    rows = numbered.with_row_index("row", offset=_FIRST_ROW)
    return rows.join(wrong, on="row", how="inner").select(LINE_ERRORS.names()).cast(LINE_ERRORS)


def _wrong_rows(checked: CheckResult, lines: StoredLines, *, says: bool, severity: Severity) -> pl.DataFrame:
    """Return the findings, but for those about columns that are not stored: these are blank in the lines' file."""
    of = {"row": pl.UInt32, "code": pl.String, "column": pl.String, "message": pl.String, "sau_id": pl.String}
    stored = {column.title for column in lines.table.columns}
    missing = [name for name in checked.layout.columns if name not in stored]
    unsaid = () if says else (pl.lit("").alias("column"), pl.lit("").alias("message"))
    errors = (
        part.filter((pl.col("severity") == severity.value) & ~pl.col("column").is_in(missing))
        .with_columns(*unsaid)
        .select(*of)
        .cast(of)  # type: ignore[arg-type]
        .unique(["row", "code", "column"], keep="first", maintain_order=True)
        for part in checked.findings_in_slices(suggests=False)
    )
    wrong = pl.concat([pl.DataFrame(schema=of), *errors]).rename({"sau_id": "organization"})
    return wrong.unique(["row", "code", "column"], keep="first", maintain_order=True)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what the block has done in the database. With it go the locks of its temporary tables: there are not enough
    for those of thousands of files."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
