"""Reads the file of one reference list, as an import of a whole reference folder reads it."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from django.db import transaction

from tidegate.administration.differences import Row
from tidegate.administration.organizations import ORGANIZATIONS, as_row, organization_rows
from tidegate.core.errors import Refusal
from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.codes import list_file
from tidegate.core.reference.organizations import Organizations
from tidegate.reference.import_file import ImportFile
from tidegate.reference.problem import ReferenceRefused
from tidegate.reference.tables.codes import LIST_LAYOUT, is_cip_file, is_list_of_cip, read_cip_codes, read_code_list
from tidegate.reference.tables.organizations import LAYOUT as ORGANIZATIONS_LAYOUT
from tidegate.reference.tables.organizations import OrganizationsInDatabase, read_organizations


class ListFile(NamedTuple):
    """What a file of a list says: its rows by their keys, and its SHA-256."""

    rows: dict[str, Row]
    sha256: str


def read_list_file(list_name: str, path: Path, *, file_name: str) -> ListFile:
    """Return what the file at `path` says. A Refusal lists every problem, with row and column, under the file's own
    name."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if list_name == ORGANIZATIONS:
        return ListFile(_organizations_in(path, file_name), sha256)
    return ListFile(_codes_in(list_name, path, file_name), sha256)


def _codes_in(list_name: str, path: Path, file_name: str) -> dict[str, Row]:
    if is_list_of_cip(list_name) and is_cip_file(path):
        read = read_cip_codes(path)
    else:
        _refuse_other_header(path, file_name, LIST_LAYOUT)
        with _folder_with(path, list_file(list_name).file_name) as folder:
            read = read_code_list(folder, list_name)
    _refuse_problems(read, file_name)
    return {row["code"]: row | {"title": row["title"] or ""} for row in _rows_of(read)}


@transaction.atomic
def _organizations_in(path: Path, file_name: str) -> dict[str, Row]:
    _refuse_other_header(path, file_name, ORGANIZATIONS_LAYOUT)
    with _folder_with(path, Organizations.file.file_name) as folder:
        read = read_organizations(folder)
    if read.is_readable:
        OrganizationsInDatabase.check(read)
    _refuse_problems(read, file_name)
    stored = organization_rows()
    return {str(row["id"]): _organization(row, stored.get(str(row["id"]))) for row in _rows_of(read)}


def _organization(row: Row, stored: Row | None) -> Row:
    """Return the row of an organization; where the file does not say whether it has closed, as it is stored."""
    if not row.pop("says_closed"):
        row["closed_on"] = stored["closed_on"] if stored else None
    return as_row(row | {"local_id": row["local_id"] or ""})


def _rows_of(read: ImportFile) -> list[Row]:
    return read.rows.drop("row").to_dicts()


def _refuse_other_header(path: Path, file_name: str, layout: Layout) -> None:
    """Raise a Refusal where the header has no column of the list: one sentence, and not one for each column."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline(2_000).strip()
    known = {name for column in layout.columns.values() for name in (column.name, *column.aliases)}
    folded = {fold_name(name) for name in (*known, *map(present_state().header, known))}
    if header.isprintable() and not folded & {fold_name(name) for name in re.split(r"[,;\t|]", header)}:
        raise Refusal(
            f"{file_name} is the file of another list, or has no header",
            fix=f"The first row must name the columns: {','.join(map(present_state().header, layout.columns))}",
            code="OTHER_LIST",
        )


def _refuse_problems(read: ImportFile, file_name: str) -> None:
    if read.problems:
        raise ReferenceRefused(replace(problem, file_name=file_name) for problem in read.problems)


@contextmanager
def _folder_with(path: Path, file_name: str) -> Iterator[Path]:
    """Yield a folder that has the file alone, under the name of its list."""
    with TemporaryDirectory() as folder:
        shutil.copyfile(path, Path(folder) / file_name)
        yield Path(folder)
