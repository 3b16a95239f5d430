"""A reference table in the database: how it is found, and what else it can do."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Protocol

import polars as pl
from psycopg import sql

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.table import ReferenceFile, ReferenceTable
from tidegate.reference.import_file import ImportFile, Merged


class LockedStudents(Protocol):
    """The students that the current transaction has locked."""

    @property
    def is_locking(self) -> bool:
        """Whether students are locked before anything is asked about them."""
        ...

    @property
    def table(self) -> str:
        """The temporary table with the numbers of the locked students, in a column `number`."""
        ...

    @property
    def numbers(self) -> pl.DataFrame | None:
        """The `student_number` of all locked students, None where none were locked."""
        ...


class DatabaseTable(ReferenceTable, is_part=True):
    """The part of a reference table that answers from the database; it is next to the table's
    model."""

    def __init__(self, locked: LockedStudents) -> None:
        self.locked = locked

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:
        """Yield the files of the table, each with the query of its rows: those of one school year where one is named
        and the rows have one. Empty texts are NULL, which COPY writes as nothing, and the order of the rows does not
        depend on a server's collation."""
        raise NotImplementedError


class ImportedTable(DatabaseTable, is_part=True):
    """A reference table that can be imported: its files are read, then checked, then compared with what is stored, then
    merged, each step of all tables before the next one."""

    @classmethod
    def read(cls, folder: Path) -> list[ImportFile]:
        """Return the table's files in the folder, with what is wrong with each by itself."""
        raise NotImplementedError

    @classmethod
    def check(cls, file: ImportFile) -> None:
        """Note what does not fit together, in the file and with what is stored; the files of earlier tables are staged
        already."""

    @classmethod
    def compare(cls, file: ImportFile) -> None:
        """Note which rows may not change what is stored; every file of the folder is staged, and what it may change is
        locked."""

    @classmethod
    def merge(cls, file: ImportFile) -> Merged:
        """Add what is new and change what differs; what the file does not have stays as it is."""
        raise NotImplementedError


def database_tables(packages: Iterable[ModuleType]) -> tuple[type[DatabaseTable], ...]:
    """Return the table of every module of the packages, in the order of lists. Raises BrokenLayout where a module has
    not one."""
    found = (
        _table_of(f"{package.__name__}.{module.name}")
        for package in packages
        for module in pkgutil.iter_modules(package.__path__)
    )
    return tuple(sorted(found, key=lambda table: (table.order, table.name)))


def _table_of(module_name: str) -> type[DatabaseTable]:
    module = importlib.import_module(module_name)
    own = [each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == module_name]
    tables = [each for each in own if issubclass(each, DatabaseTable)]
    if len(tables) != 1 or tables[0].name != module_name.rpartition(".")[2]:
        raise BrokenLayout(f"{module_name} has one DatabaseTable, and the name of its table")
    return tables[0]
