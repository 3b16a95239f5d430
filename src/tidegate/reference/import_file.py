"""The steps that every reference file goes through: read, look for problems, merge into the database."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, LiteralString

import msgspec
import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.table import ReferenceFile
from tidegate.reference.copy_rows import raw_cursor
from tidegate.reference.problem import ReferenceProblem
from tidegate.reference.read_reference_file import ReferenceRows, read_reference_file


@dataclass(frozen=True)
class Merged:
    """What an import did to the rows of one file. A row that gave an end to what had none counts as changed, too."""

    row_count: int = 0
    added_count: int = 0
    changed_count: int = 0
    ended_count: int = 0

    @property
    def unchanged_count(self) -> int:
        """Rows that say what is stored already."""
        return self.row_count - self.added_count - self.changed_count


class NewerRecords(StrEnum):
    """What an import does with rows that differ from what an upload or a correction by hand has made of a record."""

    REFUSE = "refuse"
    KEEP = "keep"
    """Such a row, and one of a closed school year, is passed over."""
    OVERWRITE = "overwrite"


@dataclass
class ImportFile:
    """One file on its way in.

    Attributes:
        file_name: Its name.
        rows: Its rows under the names that they are stored by.
        problems: What is wrong with it, as far as it was looked at.
        is_readable: Whether it has rows at all.
        newer: What is done with rows of records that are newer.
        newer_rows: The numbers of these rows, unless they overwrite.
        change_id: The change with which versions of records begin that it brings.
        changed_at: When they begin.
    """

    file_name: str
    rows: pl.DataFrame
    problems: list[ReferenceProblem] = field(default_factory=list)
    is_readable: bool = True
    newer: NewerRecords = NewerRecords.REFUSE
    newer_rows: list[int] = field(default_factory=list)
    change_id: int | None = None
    changed_at: datetime | None = None

    def refuse(self, query: LiteralString, sentence: str, **values: object) -> None:
        """Note a problem for each row number that `query` returns, which takes the values by their names."""
        with raw_cursor() as cursor:
            cursor.execute(query, values or None)
            own = present_state().in_headers(sentence)
            self.problems += [ReferenceProblem(self.file_name, int(str(row)), own) for (row,) in cursor.fetchall()]


def read_import_file(folder: Path, file: ReferenceFile, layout: Layout) -> tuple[ImportFile, pl.DataFrame]:
    """Return the file on its way in, still without rows, and the values read under the names of the layout. The state
    may name columns in its own way; the usual name of one is taken, too."""
    own = {name: present_state().header(name) for name in layout.columns}
    columns = {
        own[name]: msgspec.structs.replace(
            column, name=own[name], aliases=column.aliases if own[name] == name else (*column.aliases, name)
        )
        for name, column in layout.columns.items()
    }
    read: ReferenceRows = read_reference_file(folder / file.file_name, msgspec.structs.replace(layout, columns=columns))
    rows = read.rows.rename({title: name for name, title in own.items()})
    return ImportFile(file.file_name, rows.clear(), read.problems, read.is_readable), rows


def count_rows(cursor: Any, query: Any) -> int:
    """Return the number that the query, `SELECT count(*) …`, gives."""
    cursor.execute(query)
    count: int = cursor.fetchone()[0]
    return count


def merge(query: LiteralString, *, row_count: int, ending: LiteralString = "SELECT 0") -> Merged:
    """Run an upsert that returns, for each row it wrote, whether the row is new; count what it did. The query `ending`
    counts beforehand to how much it will give an end."""
    with raw_cursor() as cursor:
        ended_count = count_rows(cursor, ending)
        cursor.execute(query)
        is_new = [bool(row[0]) for row in cursor.fetchall()]
    return Merged(row_count, sum(is_new), len(is_new) - sum(is_new), ended_count)
