"""The answer file: a line for every row, with the state student number and what became of it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tidegate.core.errors import NotFound
from tidegate.core.layouts.state_package import present_state
from tidegate.core.outputs.output import CSV, Form, Output
from tidegate.core.outputs.spreadsheet import csv_chunks, escape_formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tidegate.core.errors import Refusal
    from tidegate.core.outputs.source import Source

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
"""The 11 columns, in order (DOMAIN.md, New State ID); a state may name some in its own way."""


class AnswerFile(Output):
    """The answer file of a New State ID upload as CSV."""

    name = "answer file"
    forms = (CSV,)
    order = 40
    saved_as = "answer"
    needs_upload = True

    def when(self, source: Source) -> Refusal | None:
        """Return why there is none: only some file types are answered, and only if rows were read; the answers are
        kept as long as the Result Log."""
        return source.why_no_log() or (None if source.has_answers else NotFound("This upload has no answer file"))

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield a line per row. A row that was held and decided since says so."""
        return (piece.encode() for piece in answer_file(source.answers()))


def answer_file(lines: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the answer file in pieces. `lines` have the values of the columns."""
    kept = ([escape_formula(value) for value in line] for line in lines)
    header = [present_state().header(name) for name in HEADER]
    return csv_chunks(chain([header], kept), line_end="\n")
