"""The code lists in the database: what they answer, and how they are exported and imported; and the import of the CIP
list as the NCES publishes it."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars as pl
from psycopg import sql

from tidegate.core.layouts.column_types import Code
from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state import LIST_NAME_FORM
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.codes import Codes, list_file
from tidegate.core.reference.table import ReferenceFile, reference_tables
from tidegate.core.rules.expressions import ROW
from tidegate.reference.copy_rows import copy_out, raw_cursor, read_columns, stage
from tidegate.reference.database_table import ImportedTable
from tidegate.reference.import_file import ImportFile, Merged, merge, read_import_file
from tidegate.reference.problem import ReferenceProblem
from tidegate.reference.read_reference_file import (
    folded_header,
    problems_at,
    read_first_year,
    read_reference_file,
    repeated,
)

_LAYOUTS = Path(__file__).parents[1] / "layouts"
LIST_LAYOUT = load_layout(_LAYOUTS / "code_list.toml")
"""What the file of a list looks like; a list of the state may say the form of its codes."""
CIP_LAYOUT = load_layout(_LAYOUTS / "cip_list.toml")
STAGED = "new_codes"

_WHOLE_CODE = r"^[0-9]{2}\.[0-9]{4}$"
_MERGE = """
INSERT INTO reference_code AS old (list_name, code, title, first_year, last_year)
SELECT list_name, code, COALESCE(title, ''), first_year, last_year FROM new_codes ORDER BY code
ON CONFLICT (list_name, code) DO UPDATE
    SET title = EXCLUDED.title, first_year = EXCLUDED.first_year, last_year = EXCLUDED.last_year
    WHERE (old.title, old.first_year, old.last_year)
        IS DISTINCT FROM (EXCLUDED.title, EXCLUDED.first_year, EXCLUDED.last_year)
RETURNING xmax = 0
"""
_ENDING = """
SELECT count(*) FROM new_codes new JOIN reference_code old ON old.list_name = new.list_name AND old.code = new.code
WHERE old.last_year IS NULL AND new.last_year IS NOT NULL
"""
_LIST = sql.SQL("SELECT code, title, first_year, last_year FROM reference_code WHERE list_name = {}")
_EXPORT = sql.SQL("""
    SELECT code, NULLIF(title, ''), first_year || '-' || first_year + 1, last_year || '-' || last_year + 1
    FROM reference_code WHERE list_name = {} ORDER BY code COLLATE "C"
""")
_OTHER_LISTS = """
SELECT DISTINCT list_name FROM reference_code WHERE list_name <> ALL (%s) ORDER BY list_name
"""
_LIST_NAME = re.compile(LIST_NAME_FORM)


class CodesInDatabase(ImportedTable, Codes):
    """Answers from the code lists on file."""

    def in_list(self, list_name: str) -> pl.DataFrame:
        """Return a list; it is empty where no code of it is on file."""
        return read_columns(_LIST.format(list_name), self.schema)

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:  # noqa: ARG003
        """Yield a file for each list, the same in every year."""
        of_state = list(present_state().code_lists)
        for name in of_state:
            yield list_file(name), _EXPORT.format(name)
        with raw_cursor() as cursor:
            cursor.execute(_OTHER_LISTS, [of_state])
            names = [str(name) for (name,) in cursor.fetchall()]
        for name in filter(_LIST_NAME.fullmatch, names):
            yield list_file(name), _EXPORT.format(name)

    @classmethod
    def read(cls, folder: Path) -> list[ImportFile]:
        """Return the files of the state's lists, and of all other lists in the folder."""
        return [read_code_list(folder, name) for name in (*present_state().code_lists, *_other_lists(folder))]

    @classmethod
    def merge(cls, file: ImportFile) -> Merged:
        """Add what is new and change what differs."""
        list_name = file.file_name.removesuffix(".csv")
        stage(STAGED, file.rows.with_columns(pl.lit(list_name).alias("list_name")))
        return merge(_MERGE, row_count=file.rows.height, ending=_ENDING)


def list_as_csv(list_name: str) -> Iterator[bytes]:
    """Yield a list as a file of the reference folder, which can be imported."""
    yield (",".join(list_file(list_name).titles) + "\n").encode()
    yield from copy_out(_EXPORT.format(list_name))


def read_code_list(folder: Path, list_name: str) -> ImportFile:
    """Return a list of the folder, with the problems of the file."""
    of_state = present_state().code_lists.get(list_name)
    if of_state is None or not of_state.pattern:
        return _read(folder, list_file(list_name), LIST_LAYOUT)
    column_type = Code(list_name, of_state.pattern, of_state.pattern_in_words)
    code = msgspec.structs.replace(LIST_LAYOUT.columns["Code"], type=column_type)
    layout = msgspec.structs.replace(LIST_LAYOUT, columns=LIST_LAYOUT.columns | {"Code": code})
    file = _read(folder, list_file(list_name), layout)
    misspelt = file.rows.filter(~pl.col("code").str.contains(of_state.pattern))[ROW]
    sentence = f"Code is not {of_state.pattern_in_words}"
    file.problems += problems_at(misspelt, file_name=file.file_name, sentence=sentence)
    return file


def _other_lists(folder: Path) -> list[str]:
    """Return the names of the lists that the state does not name: each file named as one
    (`race_codes.csv`), or with the header of one, that is not the file of another table."""
    taken = {file.file_name for table in reference_tables() for file in table.files()}
    names = [path.stem for path in folder.glob("*.csv") if path.name not in taken and path.is_file()]
    return sorted(name for name in names if _LIST_NAME.fullmatch(name) and _is_code_list(folder / f"{name}.csv"))


def _is_code_list(path: Path) -> bool:
    if path.stem.endswith("_codes"):
        return True  # with another header it is refused with a sentence, and not passed over
    return folded_header(path) == [fold_name(name) for name in Codes.file.header]


def _read(folder: Path, file: ReferenceFile, layout: Layout) -> ImportFile:
    read, values = read_import_file(folder, file, layout)
    first_year, first_problems = read_first_year(values, "FirstYear", file_name=read.file_name)
    last_year, last_problems = read_first_year(values, "LastYear", file_name=read.file_name)
    read.rows = values.select(
        pl.col(ROW),
        pl.col("Code").alias("code"),
        pl.col("Title").alias("title"),
        first_year.alias("first_year"),
        last_year.alias("last_year"),
    )
    read.problems += [*first_problems, *last_problems, *_order_and_repeats(read)]
    return read


def _order_and_repeats(file: ImportFile) -> list[ReferenceProblem]:
    ends_early = file.rows.filter(pl.col("last_year") < pl.col("first_year"))[ROW]
    return [
        *problems_at(ends_early, file_name=file.file_name, sentence="LastYear is before FirstYear"),
        *repeated(file.rows, ["code"], file_name=file.file_name, sentence="Code is in an earlier row"),
    ]


def is_cip_file(path: Path) -> bool:
    """Whether the file begins with the header of the CIP list as the NCES publishes it."""
    return set(folded_header(path)) >= {fold_name(name) for name in CIP_LAYOUT.columns}


def is_list_of_cip(list_name: str) -> bool:
    """Whether the state takes the CIP list of the NCES as this list."""
    listed = present_state().code_lists.get(list_name)
    return listed is not None and listed.is_of_cip


def read_cip_codes(path: Path) -> ImportFile:
    """Return every whole code of the CIP list, valid in all years; families and series are left out.

    The NCES writes codes also as `="01.0000"`; both are taken.
    """
    read = read_reference_file(path, CIP_LAYOUT)
    whole = read.rows.filter(pl.col("CIPCode").str.contains(_WHOLE_CODE)).unique(
        "CIPCode", keep="first", maintain_order=True
    )
    rows = whole.select(
        pl.col(ROW),
        pl.col("CIPCode").alias("code"),
        pl.col("CIPTitle").str.strip_suffix(".").alias("title"),
        pl.lit(None, dtype=pl.Int32).alias("first_year"),
        pl.lit(None, dtype=pl.Int32).alias("last_year"),
    )
    return ImportFile(path.name, rows, read.problems, read.is_readable)
