"""The answer file: a line for every data row of an upload, with the state student number and what became of the row."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

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
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def answer_file(lines: Iterable[Sequence[object]], *, at_once: int = 5_000) -> Iterator[str]:
    """Yield the answer file in pieces. `lines` have the values of the columns; they are read as they are needed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for count, line in enumerate(lines, start=1):
        writer.writerow([_as_text(value) for value in line])
        if count % at_once == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _as_text(value: object) -> object:
    """Return a cell as it stands in the file; one that a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
