"""Exports the lines on file, each file type in its upload's own columns, and where each line came from."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.core.errors import NotFound, Refusal
from tidegate.core.frames.parquet_stream import parquet_chunks
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.output import Form
from tidegate.core.outputs.spreadsheet import csv_chunks, csv_lines
from tidegate.file_types import FileType
from tidegate.records.exported_lines import ExportedFile, exported_lines, exported_students
from tidegate.records.models import end_of_day
from tidegate.records.stored_lines import StoredLines, lines_of, stored_lines
from tidegate.reference.models import Organization
from tidegate.uploads.models import Upload

CSV = Form("csv", "text/csv; charset=utf-8", "CSV")
PARQUET = Form("parquet", "application/vnd.apache.parquet", "Parquet")
FORMS = {form.suffix: form for form in (CSV, PARQUET)}
"""The forms of an export, by the ending of the file's name."""
SOURCES = pl.Schema(
    {
        "Line": pl.Int64,
        "Change": pl.Int64,
        "FileName": pl.String,
        "SentAt": pl.String,
        "OrganizationID": pl.String,
        "Version": pl.Int64,
    }
)
"""Where a line came from: its line in the file, the header being line 1; the change that it began with, and of an
upload its file, when it was sent and for whom; and the ID of the version. An import has no change."""
MAX_COUNTED = 100_000
_FIRST_LINE = 2
_BYTE_ORDER_MARK = "\ufeff".encode()


@dataclass(frozen=True)
class ExportRequest:
    """What is exported: the lines of a school year that an organization would send, or those of the whole state, as
    they were on file at the end of a day; without a day those on file now."""

    school_year: SchoolYear
    organization: Organization | None = None
    as_of: date | None = None

    @property
    def moment(self) -> datetime | None:
        """The end of the day, in the state's time zone; None is now."""
        return end_of_day(self.as_of) if self.as_of else None

    def lines(self, lines: StoredLines) -> ExportedFile:
        """Return the file of these lines."""
        return exported_lines(lines, self.school_year, organization=self.organization, moment=self.moment)

    def files(self) -> list[ExportedFile]:
        """Return the file of every file type with stored lines, and their students."""
        of_types = [self.lines(lines) for lines in stored_lines()]
        return [*of_types, exported_students(of_types, moment=self.moment)]

    def find(self, name: str) -> ExportedFile:
        """Return the file of a file type, or `students`. Raises NotFound where there is none of that name."""
        by_name = {file.name: file for file in self.files()}
        found = by_name.get(name.strip().lower().replace("-", "_"))
        if found is None:
            raise NotFound("Nothing is on file under this name", fix=f"Choose one of: {', '.join(by_name)}")
        return found


class Written(NamedTuple):
    """A file that was written: its name, and the columns that are collected and not stored."""

    file_name: str
    not_stored: list[str]


class OnFileCount(NamedTuple):
    """How many lines of a file type are on file, counted up to a limit."""

    file_type: FileType
    line_count: int

    @property
    def in_words(self) -> str:
        """Return `1,412 lines`."""
        if self.line_count > MAX_COUNTED:
            return f"more than {MAX_COUNTED:,} lines"
        return f"{self.line_count:,} line{'' if self.line_count == 1 else 's'}"


def count_on_file(organization: Organization, school_year: SchoolYear) -> list[OnFileCount]:
    """Return how many lines of each file type the organization has on file."""
    asked = ExportRequest(school_year, organization)
    return [OnFileCount(lines.file_type, asked.lines(lines).count_up_to(MAX_COUNTED + 1)) for lines in stored_lines()]


def read_day(text: str) -> date | None:
    """Return the day of an export, None if the text is blank. Raises Refusal where it is no day."""
    if not text:
        return None
    try:
        year, month, day = map(int, text.strip().split("-"))
        return date(year, month, day)
    except ValueError as error:
        raise Refusal("There is no such day", fix="Write a day as YYYY-MM-DD", code="NO_DAY") from error


def find_form(suffix: str) -> Form:
    """Return the form of that ending. Raises NotFound where there is none."""
    if suffix not in FORMS:
        raise NotFound("There is no such format", fix=f"Choose one of: {', '.join(FORMS)}")
    return FORMS[suffix]


def find_stored_lines(file_type: FileType) -> StoredLines:
    """Return the stored lines of a file type. Raises NotFound where it stores none."""
    lines = lines_of(file_type)
    if lines is None:
        raise NotFound("Files of this type leave no lines on file", fix="Choose another file type")
    return lines


def export_records(folder: Path, asked: ExportRequest, *, form: Form = CSV, by: Person | None = None) -> list[Written]:
    """Write the lines of every file type into the folder, their students, and where each came from.

    What is read is one moment of the database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with _one_moment():
        for file in asked.files():
            for name, pieces in (
                (file.name, lines_file(file, form)),
                (f"{file.name}_sources", sources_file(file, form)),
            ):
                with (folder / f"{name}.{form.suffix}").open("wb") as out:
                    out.writelines(pieces)
            written.append(Written(f"{file.name}.{form.suffix}", file.not_stored))
        note_export(asked, form, by=by)
    return written


def note_export(asked: ExportRequest, form: Form, *, by: Person | None, **more: Any) -> None:
    """Record that lines were exported: what was asked for, and no line of it."""
    record_event(
        "records.exported",
        by=by,
        organization=asked.organization,
        school_year=asked.school_year,
        form=form.suffix,
        as_of=asked.as_of.isoformat() if asked.as_of else None,
        **more,
    )


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read one moment of the database within the block, unless a transaction has begun before it."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def lines_file(file: ExportedFile, form: Form) -> Iterator[bytes]:
    """Yield the lines of a file in pieces."""
    if form == PARQUET:
        yield from parquet_chunks(file.frames(), file.schema)
        return
    if not file.has_only_ascii():
        yield _BYTE_ORDER_MARK  # a spreadsheet takes the letters for others without it
    yield _as_they_are([file.titles])
    yield from map(_as_they_are, file.rows(is_protected=True))


def sources_file(file: ExportedFile, form: Form) -> Iterator[bytes]:
    """Yield in pieces where each line of a file came from."""
    if form == PARQUET:
        yield from parquet_chunks((pl.DataFrame(rows, SOURCES, orient="row") for rows in _sources(file)), SOURCES)
        return
    yield csv_lines([list(SOURCES)])
    yield from map(csv_lines, _sources(file))


def _sources(file: ExportedFile) -> Iterator[list[tuple[object, ...]]]:
    uploads = _uploads(file.changes())
    unknown = (None, None, None)
    line = _FIRST_LINE
    for rows in file.sources():
        numbered = enumerate(rows, line)
        yield [(at, change, *uploads.get(change or 0, unknown), version) for at, (change, version) in numbered]
        line += len(rows)


def _uploads(changes: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """Return file name, time and organization of the uploads among some changes."""
    found = Upload.objects.filter(pk__in=changes).values_list("pk", "file_name", "sent_at", "organization__identifier")
    return {
        pk: (name, timezone.localtime(sent_at).isoformat(timespec="seconds"), identifier)
        for pk, name, sent_at, identifier in found.iterator()
    }


def _as_they_are(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV whose cells are protected already, in a way that reading takes away again."""
    return "".join(csv_chunks(rows, line_end="\r\n")).encode()
