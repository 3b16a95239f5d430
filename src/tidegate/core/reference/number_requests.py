"""The reference table of requests for a state student number."""

from typing import ClassVar

import polars as pl

from tidegate.core.reference.fold_person import request_key
from tidegate.core.reference.table import FolderTable, ReferenceFile, ReferenceTable, day


class NumberRequests(ReferenceTable):
    """What was asked for with New State ID files, and the number that was given."""

    name = "number_requests"
    order = 60
    file = ReferenceFile(
        "number_requests.csv",
        (
            "SAUID",
            "SchoolStudentID",
            "LastName",
            "FirstName",
            "MiddleName",
            "Suffix",
            "DateOfBirth",
            "StateStudentID",
        ),
    )
    key = ("SAUID", "SchoolStudentID", "LastName", "FirstName", "MiddleName", "Suffix", "DateOfBirth")
    noun = ("number request", "number requests")
    is_optional = True
    schema: ClassVar = pl.Schema({"request_key": pl.String, "student_number": pl.String})

    def answered(self, request_keys: pl.Series) -> pl.DataFrame:
        """Return those of the requests that got a number, each once. Keys are those of `request_key`."""
        raise NotImplementedError


class NumberRequestsInFolder(FolderTable, NumberRequests):
    """Answers from a reference folder."""

    def answered(self, request_keys: pl.Series) -> pl.DataFrame:
        """Return those of the requests that got a number."""
        if not self.folder.has(self.file):
            return self.schema.to_frame()
        requests = self.folder.read(self.file).with_columns(day(pl.col("DateOfBirth")))
        keyed = requests.select(
            request_key(self.key).alias("request_key"), pl.col("StateStudentID").alias("student_number")
        )
        known = keyed.filter(pl.col("request_key").is_in(request_keys.implode())).drop_nulls()
        return known.unique("request_key")
