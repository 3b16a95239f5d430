"""The reference table of code lists: one file for each list, named after it."""

from typing import ClassVar

import polars as pl

from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.table import (
    FolderFiles,
    FolderTable,
    ReferenceFile,
    ReferenceTable,
    first_year,
    unwrapped_code,
)

_HEADER = ("Code", "Title", "FirstYear", "LastYear")


def list_file(list_name: str) -> ReferenceFile:
    """Return the file of a code list."""
    return ReferenceFile(f"{list_name}.csv", _HEADER)


class Codes(ReferenceTable):
    """The codes of a list, and the first and last school year in which each is valid; blank is open.

    A layout names a list (`list_name = "race_codes"`), and the folder has a file of that name (`race_codes.csv`). Every
    list has these columns. Those that `state.toml` names are in every folder.
    """

    name = "codes"
    order = 20
    file = list_file("codes")
    key = ("Code",)
    noun = ("code", "codes")
    schema: ClassVar = pl.Schema({"code": pl.String, "title": pl.String, "first_year": pl.Int32, "last_year": pl.Int32})

    @classmethod
    def files(cls) -> tuple[ReferenceFile, ...]:
        """Return the files of the lists that every folder of the state has."""
        return tuple(list_file(name) for name in present_state().code_lists)

    def in_list(self, list_name: str) -> pl.DataFrame:
        """Return the codes of a list; years are the year that a school year begins in, null is open."""
        raise NotImplementedError


class CodesInFolder(FolderTable, Codes):
    """Answers from a reference folder."""

    def __init__(self, folder: FolderFiles) -> None:
        super().__init__(folder)
        self._lists: dict[str, pl.DataFrame] = {}

    def in_list(self, list_name: str) -> pl.DataFrame:
        """Return a list. Raises Refusal if the folder has no file of its name."""
        if list_name not in self._lists:
            self._lists[list_name] = self._read(list_name)
        return self._lists[list_name]

    def _read(self, list_name: str) -> pl.DataFrame:
        codes = self.folder.read(list_file(list_name)).select(
            unwrapped_code(pl.col("Code")).alias("code"),
            pl.col("Title").fill_null("").alias("title"),
            first_year(pl.col("FirstYear")).alias("first_year"),
            first_year(pl.col("LastYear")).alias("last_year"),
        )
        return codes.filter(pl.col("code").is_not_null())
