"""The answer file: a line for every data row of an upload, with the state student number and what became of the row."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from tidegate.core.outputs.spreadsheet import escape_formula

HEADER = (
    "Row Number",
    "SAUID",
    "SchoolStudentID",
    "StateStudentID",
    "LastName",
    "FirstName",
    "MiddleName",
    "Suffix",
    "DateOfBirth",
    "Gender",
    "Result",
)
"""The 11 columns, in order (DOMAIN.md, New State ID)."""


def answer_file(lines: Iterable[Sequence[object]], *, at_once: int = 5_000) -> Iterator[str]:
    """Yield the answer file in pieces. `lines` have the values of the columns; they are read as they are needed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for count, line in enumerate(lines, start=1):
        writer.writerow([escape_formula(value) for value in line])
        if count % at_once == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
