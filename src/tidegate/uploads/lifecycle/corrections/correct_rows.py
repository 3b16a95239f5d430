"""Corrects rows of an upload on its page: what they say, whether they are right now, and the upload that loads them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_download_upload, check_can_send_upload
from tidegate.audit.record import record_event
from tidegate.core.checking import CheckResult
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.outputs.fix_file import words_to_fix
from tidegate.core.outputs.spreadsheet import LINE_END
from tidegate.core.reading.header import FIX_COLUMN, ROW_COLUMN
from tidegate.core.reading.records import MAX_CELL_CHARACTERS, is_blank
from tidegate.core.reading.sent_rows import SentRow, sent_file
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.reference.open_organizations import check_is_open
from tidegate.uploads.lifecycle.checking.check_upload import check_path
from tidegate.uploads.lifecycle.checking.corrected_rows import loaded_of_same_students
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo, rows_gone
from tidegate.uploads.lifecycle.receiving.receive import SendOptions, receive
from tidegate.uploads.models import RowCorrection, Upload
from tidegate.uploads.queue import enqueue, lock_queue_order
from tidegate.uploads.storage.sealed import in_memory
from tidegate.uploads.storage.store import opened
from tidegate.windows.check_open import check_can_change

MAX_ROWS = 1_000
"""Largest number of rows that are corrected at once."""
MAX_ROWS_CHECKED_AT_ONCE = 500_000
"""Of a larger file a request does not wait for the check: what it has loaded is read again for it."""


@dataclass(frozen=True)
class RowsOfFile:
    """Rows of a file as they were sent, with the names of its columns and the row of its header."""

    names: Sequence[str]
    header_row: int
    rows: Mapping[int, SentRow]


@dataclass(frozen=True)
class CorrectedRows:
    """What a person has made of rows that are to go.

    Attributes:
        cells: The cells of the rows that are sent, by row number.
        left_out: The numbers of the rows that are never to be loaded.
        missing: What becomes of lines on file that the rows leave out; blank is no choice.
        plan_sha256: The digest of the plan that the person has seen for just these rows; blank is none.
    """

    cells: Mapping[int, Sequence[str]]
    left_out: frozenset[int] = field(default=frozenset())
    missing: str = ""
    plan_sha256: str = ""

    @property
    def to_send(self) -> dict[int, Sequence[str]]:
        """The rows that are sent: those without any value are not, and stay to go."""
        asked = sorted(self.cells.items())
        return {row: cells for row, cells in asked if row not in self.left_out and not is_blank(cells)}


def rows_as_sent(to_go: RowsToGo, rows: Sequence[int]) -> RowsOfFile:
    """Return what rows say now, by number: as the newest correction has sent them, else as the first file has them.

    Raises Conflict where a file is not kept any more.
    """
    first = _rows_of(to_go.first, [row for row in rows if row not in to_go.latest])
    found = dict(first.rows)
    by_upload: dict[int, list[int]] = {}
    for row in rows:
        if row in to_go.latest:
            by_upload.setdefault(to_go.latest[row].pk, []).append(row)
    for some in by_upload.values():
        found |= _rows_of(to_go.latest[some[0]], some).rows
    return RowsOfFile(first.names, first.header_row, found)


def _rows_of(upload: Upload, rows: Sequence[int]) -> RowsOfFile:
    try:
        with opened(upload.stored_as, sha256=upload.sha256) as path:
            file = sent_file(path, upload.layout.in_year(upload.year))
            if file is None:
                raise FileNotFoundError
            return RowsOfFile(file.names, file.header_row, {row.row: row for row in file.rows(sorted(rows))})
    except FileNotFoundError:
        raise rows_gone(upload) from None


def check_rows(to_go: RowsToGo, corrected: CorrectedRows, before: RowsOfFile) -> CheckResult | None:
    """Return what is wrong with corrected rows, together with what the upload has loaded; nothing is stored. None
    where the file is too large to wait for it. `before` are the rows as they were sent.

    Raises Conflict where a row is not to go any more, Refusal where there is no row or a cell is too long.
    """
    first = to_go.first
    file = _file_of(to_go, corrected, before)
    if to_go.row_count > MAX_ROWS_CHECKED_AT_ONCE and first.type.layout.group:
        return None
    upload = Upload(
        file_type=first.file_type,
        organization=first.organization,
        school_year=first.school_year,
        missing=corrected.missing,
        complete=first.complete,
        mapping=first.mapping,
    )
    with in_memory() as (written, path), transaction.atomic():
        written.write(file)
        written.flush()
        find_before = partial(loaded_of_same_students, first, numbers=list(corrected.to_send))
        return check_path(upload, path, tables=ReferenceDatabase(), plans=True, find_before=find_before)


@transaction.atomic
def send_rows(first: Upload, corrected: CorrectedRows, *, by: Person) -> Upload:
    """Send corrected rows as an upload that follows the first one, and return it.

    Where all of them are left out, it has no file.

    Raises:
        Refusal: The person may not send files for the organization, or there is no row, or a cell is too long.
        Conflict: Rows cannot be corrected now, or one of them is not to go any more.
    """
    check_can_download_upload(by, first.organization)
    check_can_send_upload(by, first.organization)
    Upload.objects.select_for_update(no_key=True).get(pk=first.pk)  # one correction after the other
    to_go = RowsToGo.of(first)
    to_go.check_open()
    before = rows_as_sent(to_go, sorted(corrected.cells))
    upload = _send(to_go, corrected, before, by=by) if corrected.to_send else _send_left_out(to_go, corrected, by=by)
    rows = list(corrected.to_send)
    RowCorrection.objects.create(upload=upload, first=first, rows=rows, left_out=sorted(corrected.left_out))
    record_event(
        "upload.rows_corrected",
        by=by,
        organization=first.organization,
        school_year=first.school_year,
        subject=upload,
        of_upload=first.pk,
        row_count=len(rows),
        left_out_count=len(corrected.left_out),
        cell_count=sum(len(list(_differing(before.rows[row].cells, corrected.cells[row]))) for row in rows),
    )
    return upload


def _send(to_go: RowsToGo, corrected: CorrectedRows, before: RowsOfFile, *, by: Person) -> Upload:
    first = to_go.first
    return receive(
        file=io.BytesIO(_file_of(to_go, corrected, before)),
        file_name=_name_of(first.file_name),
        file_type=first.file_type,
        school_year=first.school_year,
        organization=first.organization,
        by=by,
        options=SendOptions(
            missing=corrected.missing,
            follows_id=first.pk,
            expected_plan_sha256=corrected.plan_sha256,
            mapping=first.mapping or {},
        ),
    )


def _send_left_out(to_go: RowsToGo, corrected: CorrectedRows, *, by: Person) -> Upload:
    """Queue that rows are left out, and return the upload that says so: it loads nothing."""
    check_rows_to_take(to_go, corrected)
    first, count = to_go.first, len(corrected.left_out)
    check_is_open(first.organization, first.school_year)
    lock_queue_order(first.organization)
    check_can_change(first.file_type, first.school_year, first.organization)
    upload = Upload.objects.create(
        file_type=first.file_type,
        file_name=f"{count:,} row{'' if count == 1 else 's'} left out",
        organization=first.organization,
        school_year=first.school_year,
        sent_by=by,
        sent_at=timezone.now(),
        byte_count=0,
        follows=first,
    )
    enqueue(upload.pk, upload.organization, byte_count=0)
    return upload


@dataclass(frozen=True)
class CorrectedCell:
    """A cell that a person has corrected: in which row of the first file and which column, and what it was and is."""

    row: int
    column: str
    before: str
    after: str


def corrected_cells(correction: RowCorrection) -> list[CorrectedCell]:
    """Return the cells that a correction has changed, drawn from the files.

    Raises Conflict where one of the files is not kept any more.
    """
    if not correction.rows:
        return []
    found = RowsToGo.of(correction.first)
    earlier = tuple(each for each in found.corrections if each.pk < correction.pk and not each.upload.check_only)
    before = rows_as_sent(RowsToGo(correction.first, earlier), correction.rows)
    after = _rows_of(correction.upload, correction.rows)
    return [
        CorrectedCell(row, before.names[position], before.rows[row].cells[position], after.rows[row].cells[position])
        for row in correction.rows
        for position in _differing(before.rows[row].cells, after.rows[row].cells)
    ]


def _differing(before: Sequence[str], after: Sequence[str]) -> Iterator[int]:
    pairs = zip(before, after, strict=False)
    return (position for position, (was, says) in enumerate(pairs) if was != says)


def _file_of(to_go: RowsToGo, corrected: CorrectedRows, file: RowsOfFile) -> bytes:
    check_rows_to_take(to_go, corrected)
    return as_fix_file(to_go, corrected.to_send, file)


def as_fix_file(to_go: RowsToGo, rows: Mapping[int, Sequence[str]], file: RowsOfFile) -> bytes:
    """Return rows, in the order of their numbers, as a fix file that has each in the place of the first file: blank
    lines keep the numbers right, in every log, too. `file` has the header."""
    rules = to_go.first.type.rules_by_code()
    found = to_go.findings(list(rows))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=LINE_END)
    text.write(LINE_END * (file.header_row - 1))
    writer.writerow([*file.names, ROW_COLUMN, FIX_COLUMN])
    above = file.header_row
    for row, cells in rows.items():
        notes = [words_to_fix(each.code, each.message, each.suggestions, each.known, rules) for each in found[row]]
        text.write(LINE_END * (row - above - 1))
        writer.writerow([*cells, row, " | ".join(notes)])
        above = row
    return text.getvalue().encode(errors="replace")


def check_rows_to_take(to_go: RowsToGo, corrected: CorrectedRows) -> None:
    """Raise where the rows cannot be taken: a Conflict where somebody else was faster, a Refusal where there is none,
    or a cell is too long."""
    asked = sorted({*corrected.cells, *corrected.left_out})
    if len(asked) > MAX_ROWS:
        raise Refusal(f"More than {MAX_ROWS:,} rows are corrected at once", fix="Load some of them first", code="ROWS")
    there = to_go.intersection(asked)
    if gone := [row for row in asked if row not in there]:
        raise Conflict(
            f"Row {gone[0]:,} is not to be corrected any more: somebody has loaded it or left it out since",
            fix="Open the rows again to see what is left",
            code="ROW_GONE",
        )
    if not (corrected.to_send or corrected.left_out):
        raise Refusal(
            "There is no row to send",
            fix="Enter what a row should say, or mark it with Leave out if it should never be loaded",
            code="NO_ROWS",
        )
    if any(len(cell) > MAX_CELL_CHARACTERS for cells in corrected.cells.values() for cell in cells):
        limit = f"{MAX_CELL_CHARACTERS:,}"
        raise Refusal(f"A cell has more than {limit} characters", fix="Make it shorter", code="LONG_CELL")


def _name_of(file_name: str) -> str:
    stem, dot, ending = file_name.rpartition(".")
    return f"{stem}-corrected.{ending}" if dot and stem else f"{file_name}-corrected"
