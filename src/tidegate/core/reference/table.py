"""What a reference table is, and how the tables are found: each is one module of this package."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
import polars as pl

from tidegate.core import reference
from tidegate.core.errors import BrokenLayout
from tidegate.core.frames.joins import StringDictionary
from tidegate.core.layouts.column_types import is_digits
from tidegate.core.layouts.identifiers import STUDENT_NUMBER, StudentSchema, student_numbers
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state

# Fewer texts are read faster than it takes to find out which are alike.
_MIN_TEXTS_TO_READ_ONCE = 50_000


def student_number(column: str) -> pl.Expr:
    """Return `student_number`, null if the text is none. A number without its leading zeros is
    none."""
    numbers, text = student_numbers(), pl.col(column)
    is_whole = text.str.len_bytes().is_between(*numbers.lengths) & is_digits(text)
    return pl.when(is_whole).then(numbers.number(text)).alias(STUDENT_NUMBER)


def students_asked_for(numbers: pl.Series) -> pl.DataFrame:
    """Return the numbers as a frame with the column `student_number`, to join with."""
    return pl.DataFrame({STUDENT_NUMBER: numbers.cast(student_numbers().number_type)})


def read_once(texts: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Return `read` of each text; each distinct text is read once."""
    distinct = StringDictionary()
    numbers = distinct.encode(texts)
    return distinct.texts().alias("text").to_frame().select(read(pl.col("text"))).to_series().gather(numbers)


def read_once_where_many(texts: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Return `read` of a column's texts, for the frame with that column. A short column is read
    text by text."""
    return read(pl.col(texts.name)) if texts.len() < _MIN_TEXTS_TO_READ_ONCE else pl.lit(read_once(texts, read))


def first_year(school_year: pl.Expr) -> pl.Expr:
    """Return the year that a school year written as `2020-2021` or `2020` begins in."""
    return school_year.str.slice(0, 4).cast(pl.Int32, strict=False)


def day(text: pl.Expr) -> pl.Expr:
    """Return a day written in one of the two forms that files may use."""
    return pl.coalesce(text.str.to_date("%Y-%m-%d", strict=False), text.str.to_date("%m/%d/%Y", strict=False))


def unwrapped_code(text: pl.Expr) -> pl.Expr:
    """Return a code that may be written as `="01.0000"`."""
    return text.str.strip_chars('="')


def find_in(parsed: pl.LazyFrame, asked: pl.Series) -> pl.DataFrame:
    """Return the lines of what was parsed of a file that have one of the values in the column of that name. Of a very
    large one no more is in memory than is found."""
    return parsed.filter(pl.col(asked.name).is_in(asked.implode())).collect(engine="in-memory")


T = TypeVar("T", bound="ReferenceTable")
R = TypeVar("R")


class ReferenceFile(msgspec.Struct, frozen=True):
    """One CSV of a reference folder: its file name and its header, in order. A file of an earlier release lacks the
    columns that are `recent`; they stand at the end of the header."""

    file_name: str
    header: tuple[str, ...]
    recent: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, those that are recent included."""
        return (*self.header, *self.recent)

    @property
    def titles(self) -> tuple[str, ...]:
        """All columns as the state writes them."""
        own = present_state().headers
        return tuple(own.get(name, name) for name in self.columns)


class ReferenceTable:
    """One table of what the state knows: its file in a reference folder, and the questions that can
    be asked about it.

    Each table is a class of its own, whose methods are the questions. A subclass in the same
    module, made with `FolderTable`, answers them from a reference folder; another one, next to the
    table's model, answers from the database. The docs show the docstring, which says what a row is.
    """

    name: ClassVar[str]
    """The name of the module."""
    order: ClassVar[int]
    """The position of the table in lists. A table is imported after the tables that its rows
    refer to."""
    file: ClassVar[ReferenceFile]
    schema: ClassVar[pl.Schema | StudentSchema]
    """The columns of an answer."""
    key: ClassVar[tuple[str, ...]]
    """The columns of the file that name a row."""
    noun: ClassVar[tuple[str, str]]
    """What one row is called, and several."""
    is_optional: ClassVar[bool] = False
    """Whether a folder may do without the file."""

    def __init_subclass__(cls, *, is_part: bool = False, **more: Any) -> None:
        """Raise BrokenLayout if a part is missing; `is_part` says that a class is no table yet."""
        super().__init_subclass__(**more)
        if is_part:
            return
        has = {name for each in cls.__mro__ for name in vars(each)}  # a schema that is asked for reads the state
        for part in ("name", "order", "file", "schema", "key", "noun"):
            if part not in has:
                raise BrokenLayout(f"Reference table {cls.__name__} lacks its {part}")

    @classmethod
    def files(cls) -> tuple[ReferenceFile, ...]:
        """Return the files of the table that a folder has: one, but for the table of code lists."""
        return (cls.file,)

    def expect(self, school_year: SchoolYear) -> None:
        """Start slow work ahead: students' rows of that school year will be asked for."""


class FolderFiles(Protocol):
    """The files of one reference folder."""

    def has(self, file: ReferenceFile) -> bool:
        """Whether the folder has the file."""
        ...

    def names_in(self, file: ReferenceFile) -> set[str]:
        """Return the names in the header of a file of the folder."""
        ...

    def read(self, file: ReferenceFile, columns: Sequence[str] = ()) -> pl.DataFrame:
        """Return the columns of a file, or only some, as texts without surrounding spaces, blank as null."""
        ...

    def parsed(self, name: str, files: "Sequence[ReferenceFile]", parse: Callable[[], pl.DataFrame]) -> pl.LazyFrame:
        """Return what `parse` makes of large files of the folder, once: it is kept beside them. Ask it by `find_in`.

        Args:
            name: A name for the frame.
            files: The large file first, then all others that it is made of.
            parse: Reads them.
        """
        ...

    def in_background(self, read: Callable[..., R], *arguments: Any) -> "Future[R]":
        """Call `read` in the thread that reads large files, one after the other."""
        ...


class FolderTable:
    """The part of a table that answers from a reference folder; a file is read when the first question comes."""

    def __init__(self, folder: FolderFiles) -> None:
        self.folder = folder


def reference_tables() -> tuple[type[ReferenceTable], ...]:
    """Return every reference table, in the order of lists. Raises BrokenLayout if one lacks a
    part."""
    return tuple(sorted((table for table, _ in _modules()), key=lambda table: (table.order, table.name)))


def folder_tables() -> dict[str, type[FolderTable]]:
    """Return the classes that answer from a reference folder, by the name of the table."""
    return {table.name: in_folder for table, in_folder in _modules()}


def required_files() -> tuple[ReferenceFile, ...]:
    """Return the files that every reference folder has, in the order of lists."""
    return tuple(file for table in reference_tables() if not table.is_optional for file in table.files())


def _modules() -> Iterator[tuple[type[ReferenceTable], type[FolderTable]]]:
    """Yield the table of each module that has one, with the class that answers from a folder."""
    # The package is listed every time, so that a new file is found; a module is imported once.
    for listed in pkgutil.iter_modules(reference.__path__):
        module_name = f"{reference.__name__}.{listed.name}"
        if module_name == __name__:
            continue
        module = importlib.import_module(module_name)
        own = [each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == module_name]
        tables = [each for each in own if issubclass(each, ReferenceTable)]
        if tables:
            yield _parts(module_name, tables)


def _parts(module_name: str, classes: list[type[ReferenceTable]]) -> tuple[type[ReferenceTable], type[FolderTable]]:
    """Find the two classes of a module.

    Args:
        module_name: The module.
        classes: Its reference tables.

    Returns:
        The table, and the class that answers from a folder.

    Raises:
        BrokenLayout: The module has anything else, or a part is missing.
    """
    tables = [each for each in classes if not issubclass(each, FolderTable)]
    in_folder = [each for each in classes if issubclass(each, FolderTable)]
    if len(tables) != 1 or len(in_folder) != 1:
        raise BrokenLayout(f"{module_name} has one ReferenceTable, and one that is a FolderTable and answers for it")
    table, answers = tables[0], in_folder[0]
    if table.name != module_name.rpartition(".")[2] or not inspect.cleandoc(vars(table).get("__doc__") or ""):
        raise BrokenLayout(f"Reference table {table.__name__} has the name of its file, and a docstring for the docs")
    for part, question in vars(table).items():
        if inspect.isfunction(question) and getattr(answers, part) is question:
            raise BrokenLayout(f"{answers.__name__} does not answer {part}, which {table.__name__} asks")
    return table, answers
