"""The reference folder: the reference tables as plain CSV, for a check with no database and no network."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from pathlib import Path
from typing import Any, Protocol, cast

import polars as pl

from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.frames.spill import keep, read_kept
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.codes import Codes
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.number_requests import NumberRequests
from tidegate.core.reference.organizations import Organizations
from tidegate.core.reference.stored_lines import LinesInFolder, LineTable
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import (
    FolderTable,
    R,
    ReferenceFile,
    ReferenceTable,
    T,
    folder_tables,
    required_files,
)
from tidegate.core.reference.taught_codes import TaughtCodes


class ReferenceData(Protocol):
    """The state's reference data, asked for the keys of one file: cost grows with the file, not
    with the state.

    `table` returns any reference table; the methods below it are short ways to the program's own
    tables. State student numbers are integers (see `Digits.number`).
    """

    @property
    def is_locking(self) -> bool:
        """Whether the file's students are to be locked before anything is asked about them."""
        ...

    @property
    def is_bound_to_a_thread(self) -> bool:
        """Whether only the thread that made it may use it, as with a connection to a database."""
        ...

    @property
    def has_every_list(self) -> bool:
        """Whether no list can be missing, as in a database."""
        return True

    def has(self, file: ReferenceFile) -> bool:  # noqa: ARG002 - a database has all of them
        """Whether there is the list that a reference folder has in this file."""
        return True

    def with_missing_as_empty(self) -> "ReferenceData":
        """Return the same data, in which a missing list answers as an empty one."""
        return self

    def note_students(self, numbers: pl.Series) -> None:
        """Note some of the file's students, to be locked by `lock_noted`."""
        ...

    def lock_noted(self) -> None:
        """Lock the noted students until the transaction ends: no other process changes their
        records."""
        ...

    def expect_students(self, school_year: SchoolYear) -> None:
        """Start slow work ahead: students and their rows of the school year will be asked for."""
        ...

    def table(self, table: type[T]) -> T:
        """Return the reference table with its answers. Raises BrokenLayout if nothing answers
        for it."""
        ...

    def organizations(self) -> pl.DataFrame:
        """See `Organizations.all`."""
        return self.table(Organizations).all()

    def codes(self, list_name: str) -> pl.DataFrame:
        """See `Codes.in_list`."""
        return self.table(Codes).in_list(list_name)

    def taught_codes(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """See `TaughtCodes.at_schools`."""
        return self.table(TaughtCodes).at_schools(school_ids, school_year)

    def everybody(self) -> pl.Series | None:
        """See `Students.everybody`."""
        return self.table(Students).everybody()

    def students(self, numbers: pl.Series) -> pl.DataFrame:
        """See `Students.known`."""
        return self.table(Students).known(numbers)

    def people(self, named: pl.DataFrame) -> pl.DataFrame:
        """See `Students.named`."""
        return self.table(Students).named(named)

    def number_requests(self, request_keys: pl.Series) -> pl.DataFrame:
        """See `NumberRequests.answered`."""
        return self.table(NumberRequests).answered(request_keys)

    def enrollments(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """See `Enrollments.of_students`."""
        return self.table(Enrollments).of_students(numbers, school_year)

    def local_numbers(self, local: pl.DataFrame, school_year: SchoolYear) -> pl.DataFrame:
        """See `Enrollments.of_local_numbers`."""
        return self.table(Enrollments).of_local_numbers(local, school_year)

    def lines(
        self, lines: LineTable, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False
    ) -> pl.DataFrame:
        """Return the stored lines of some students in a school year, shaped as `lines.schema`.

        Args:
            lines: The table of the file type.
            numbers: The students' state student numbers.
            school_year: The school year.
            only_several: Whether a line is left out if it is the only one of its group.
        """
        ...

    def lines_at(
        self, lines: LineTable, organizations: pl.Series, school_year: SchoolYear, *, field: str, but: pl.Series
    ) -> pl.DataFrame:
        """Return the stored lines at some organizations in a school year, shaped as `lines.schema`.

        Args:
            lines: The table of the file type.
            organizations: The organizations.
            school_year: The school year.
            field: The rows' column with the organization.
            but: The students whose lines are left out.
        """
        ...

    def values_at(
        self, lines: LineTable, organization_id: int, school_year: SchoolYear, *, field: str, wanted: str
    ) -> pl.Series:
        """Return the distinct values of a column, sorted, in the stored lines at an organization.

        Args:
            lines: The table of the file type.
            organization_id: The organization.
            school_year: The school year.
            field: The rows' column with the organization.
            wanted: The rows' column with the values.
        """
        ...


_CHUNK_BYTES = 1 << 22
# A smaller file is parsed faster than its copy is looked for and written.
_MIN_BYTES_TO_KEEP_PARSED = 1 << 22
# Raise it when other columns or values are kept.
_FORMAT_OF_PARSED = 2


class ReferenceFolder(ReferenceData):
    """Answers from a reference folder, as `tidegate export-reference` writes it. A file is read
    when it is needed.

    This class opens the files; each table knows its columns and its answers.
    """

    def __init__(self, folder: Path, *, takes_missing_as_empty: bool = False) -> None:
        """Take the folder. Raises Refusal if the path is not a folder."""
        if not folder.is_dir():
            raise Refusal(
                "The reference folder does not exist",
                fix="Name the folder that tidegate export-reference has written",
                code="REFERENCE_FOLDER",
            )
        self.folder = folder
        self._takes_missing_as_empty = takes_missing_as_empty
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reference-folder")
        self._table_types = folder_tables()
        self._tables: dict[str, FolderTable] = {}
        self._lines: dict[str, LinesInFolder] = {}

    def lines(
        self, lines: LineTable, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False
    ) -> pl.DataFrame:
        """Return the stored lines of some students; none if the folder has no file of them.

        Args:
            lines: The table of the file type.
            numbers: The students' state student numbers.
            school_year: The school year.
            only_several: Whether a line is left out if it is the only one of its group.
        """
        return self._lines_of(lines).of_students(numbers, school_year, only_several=only_several)

    def lines_at(
        self, lines: LineTable, organizations: pl.Series, school_year: SchoolYear, *, field: str, but: pl.Series
    ) -> pl.DataFrame:
        """Return other students' stored lines at some organizations; none if the folder has no file of them.

        Args:
            lines: The table of the file type.
            organizations: The organizations.
            school_year: The school year.
            field: The rows' column with the organization.
            but: The students whose lines are left out.
        """
        return self._lines_of(lines).at(organizations, school_year, field=field, but=but)

    def values_at(
        self, lines: LineTable, organization_id: int, school_year: SchoolYear, *, field: str, wanted: str
    ) -> pl.Series:
        """Return the distinct values of a column, sorted, at an organization; none if the folder has no such file.

        Args:
            lines: The table of the file type.
            organization_id: The organization.
            school_year: The school year.
            field: The rows' column with the organization.
            wanted: The rows' column with the values.
        """
        return self._lines_of(lines).values_at(organization_id, school_year, field=field, wanted=wanted)

    def line_texts(self, lines: LineTable, ids: pl.Series) -> pl.DataFrame:
        """Return stored lines as the folder has them: see `LinesInFolder.texts`."""
        return self._lines_of(lines).texts(ids)

    def senders(self, lines: LineTable) -> pl.DataFrame | None:
        """Return for which organization each change was made: see `LinesInFolder.senders`."""
        return self._lines_of(lines).senders()

    def _lines_of(self, lines: LineTable) -> LinesInFolder:
        if lines.name not in self._lines:
            self._lines[lines.name] = LinesInFolder(self, lines)
        return self._lines[lines.name]

    def table(self, table: type[T]) -> T:
        """Return what answers the questions of a reference table. Raises BrokenLayout where nothing does."""
        if table.name not in self._table_types:
            raise BrokenLayout(f"No module of tidegate.core.reference has the table {table.name}")
        if table.name not in self._tables:
            self._tables[table.name] = self._table_types[table.name](self)
        return cast("T", self._tables[table.name])

    def with_missing_as_empty(self) -> "ReferenceFolder":
        """Return the same folder, in which a missing file answers as an empty one. Raises Refusal where it has none of
        the files that every folder has."""
        if not any(self.has(file) for file in required_files()):
            raise Refusal(
                "The reference folder has none of the lists",
                fix="Name the folder that tidegate export-reference has written",
                code="REFERENCE_FOLDER",
            )
        lenient = copy(self)
        # the tables are new ones: each knows the folder that reads for it
        vars(lenient).update(_takes_missing_as_empty=True, _tables={}, _lines={})
        return lenient

    @property
    def has_every_list(self) -> bool:
        """Whether no list can be missing: each may be, in a folder."""
        return False

    def has(self, file: ReferenceFile) -> bool:
        """Whether the folder has the file."""
        return (self.folder / file.file_name).is_file()

    def names_in(self, file: ReferenceFile) -> set[str]:
        """Return the names in the header of a file of the folder."""
        return {name.strip('\ufeff "') for name in _names_in(self.folder / file.file_name)}

    def read(self, file: ReferenceFile, columns: Sequence[str] = ()) -> pl.DataFrame:
        """Return the columns of a file, or only some, as texts without surrounding spaces, blank as null."""
        path = self.folder / file.file_name
        if not path.is_file() and self._takes_missing_as_empty:
            return pl.DataFrame(schema=dict.fromkeys(columns or file.columns, pl.String()))
        if not path.is_file():
            raise Refusal(f"The reference folder has no {file.file_name}", code="REFERENCE_FOLDER")
        only = _only(columns, path, file)
        try:
            table = pl.read_csv(path, infer_schema=False, glob=False, columns=only)
        except pl.exceptions.NoDataError:
            table = pl.DataFrame()
        except pl.exceptions.PolarsError as error:
            message = f"{file.file_name} in the reference folder is not a CSV file"
            raise Refusal(message, code="REFERENCE_FOLDER") from error
        table = table.rename({name: name.strip("\ufeff ") for name in table.columns})
        titles = dict(zip(file.columns, file.titles, strict=True))
        own = {title: name for name, title in titles.items() if title in table.columns and name not in table.columns}
        table = table.rename(own)
        lacking = [name for name in file.recent if name not in table.columns]
        table = table.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
        if missing := [titles[name] for name in (columns if only else titles) if name not in table.columns]:
            message = f"{file.file_name} in the reference folder lacks columns: {', '.join(missing)}"
            raise Refusal(message, code="REFERENCE_FOLDER")
        table = table.select(columns or file.columns)
        if _is_clean(path):
            return table
        text = pl.all().str.strip_chars()
        return table.select(pl.when(text != "").then(text).name.keep())

    def parsed(self, name: str, files: Sequence[ReferenceFile], parse: Callable[[], pl.DataFrame]) -> pl.LazyFrame:
        """Return what `parse` makes of files of the folder. If the first is large, it is kept in the folder's
        `.parsed`, and read from there as long as all of the files are what they were.

        Args:
            name: A name for the frame.
            files: The large file first, then all others that it is made of.
            parse: Reads them.
        """
        paths = [self.folder / file.file_name for file in files]
        if not paths[0].is_file() or paths[0].stat().st_size < _MIN_BYTES_TO_KEEP_PARSED:
            return parse().lazy()
        kept = self.folder / ".parsed" / f"{name}-{_fingerprint(paths)}.arrow"
        try:
            return read_kept(kept)
        except (OSError, pl.exceptions.PolarsError):  # there is none, or not a whole one
            frame = parse()
        try:
            keep(frame, kept, name, like=paths[0])
            return read_kept(kept)
        except (OSError, pl.exceptions.PolarsError):  # nobody has to be able to write in a reference folder
            return frame.lazy()

    def in_background(self, read: Callable[..., R], *arguments: Any) -> "Future[R]":
        """Call `read` in the thread that reads large files, one after the other."""
        return self._thread.submit(read, *arguments)

    @property
    def is_locking(self) -> bool:
        """False: nobody else writes in a folder."""
        return False

    @property
    def is_bound_to_a_thread(self) -> bool:
        """False: files can be read from anywhere."""
        return False

    def note_students(self, numbers: pl.Series) -> None:
        """Do nothing."""

    def lock_noted(self) -> None:
        """Do nothing."""

    def expect_students(self, school_year: SchoolYear) -> None:
        """Begin to read the large files. An error is raised only when students are asked for."""
        for table in self._every_table():
            table.expect(school_year)

    def _every_table(self) -> list[ReferenceTable]:
        types = sorted(cast("list[type[ReferenceTable]]", list(self._table_types.values())), key=lambda t: t.order)
        return [self.table(each) for each in types]


def _fingerprint(paths: Sequence[Path]) -> str:
    """Return what changes with the contents of any of the files, with the state's own forms, and with what is kept."""
    # ctime, since programs that copy and unpack files set mtime back, and two exports may have one size
    each = [(path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in paths if path.is_file()]
    return hashlib.sha256(repr((_FORMAT_OF_PARSED, pl.__version__, present_state(), each)).encode()).hexdigest()[:16]


def _names_in(path: Path) -> set[str]:
    """Return the names in the header of a file, to the letter."""
    with path.open("rb") as content:
        return set(content.readline().decode("utf-8", "replace").rstrip("\r\n").split(","))


def _only(columns: Sequence[str], path: Path, file: ReferenceFile) -> list[str] | None:
    """Return the columns to read as the file names them if its header is as expected, to the letter; else None: read
    all."""
    names = _names_in(path)
    for header in (file.titles, file.columns):
        if columns and set(header) <= names:
            return [title for title, name in zip(header, file.columns, strict=True) if name in columns]
    return None


def _is_clean(path: Path) -> bool:
    """Whether no cell can have quotes or surrounding blanks: then a file is read in half the
    time."""
    with path.open("rb") as file:
        file.readline()
        while chunk := file.read(_CHUNK_BYTES):
            if not chunk.isascii() or any(sign in chunk for sign in (b" ", b"\t", b'"')):
                return False
    return True
