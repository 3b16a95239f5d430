"""Finds the upload that a fix file corrects: by the rows that it names, where they stood at first, and their cells."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from django.db.models import QuerySet
from psycopg import sql

from tidegate.core.layouts.layout import fold_name
from tidegate.core.outputs.spreadsheet import as_it_was
from tidegate.core.parsing.fix_file_notes import rows_to_fix
from tidegate.core.reading.sent_rows import SentRow, sent_file
from tidegate.reference.copy_rows import raw_cursor, table_of
from tidegate.uploads.models import Finding, RowCorrection, State, Upload
from tidegate.uploads.storage.store import NotAsSent, is_kept, opened

log = logging.getLogger(__name__)
_MAX_EARLIER_UPLOADS = 40
_MAX_FILES_COMPARED = 5
# So many rows of each are compared.
_MAX_ROWS_COMPARED = 200
_CHECKED = (State.FINISHED, State.ON_HOLD, State.UNDONE)
_COUNT_ROWS_WITH_ERRORS = sql.SQL("""
    SELECT count(DISTINCT "row") FROM {findings}
    WHERE upload_id = {upload} AND severity = 'error' AND "row" = ANY({rows}::integer[])
""")


class FoundCorrected(NamedTuple):
    """The upload that a fix file corrects, which may be a check or undone, and by row of the fix file the number that
    the row had there."""

    upload: Upload
    numbers: Mapping[int, int]


def find_corrected(upload: Upload) -> FoundCorrected | None:
    """Return which upload a fix file corrects, or the one on whose page that was made; None where it is not known.

    It is an earlier one of the same organization, year and file type. Its rows with errors are all of those that the
    fix file names, and they stood at first where the fix file says. Where several are like that, it is the one whose
    cells the fix file has most of; of those that are alike, the newest. A few of the newest are compared, and those
    whose file cannot be read are not.
    """
    numbers = _numbers_to_fix(upload)
    earlier = _earlier(upload, row_count=len(numbers)) if numbers else []
    if not earlier:
        return None
    rows = _rows_of(upload, sorted(numbers)[:_MAX_ROWS_COMPARED])
    named = {numbers[row]: cells for row, cells in rows.items()}
    files = _EarlierFile.all_of(upload, earlier)
    agreeing = [each for each in files if each.agrees(named)]
    others = [each for each in files if each not in agreeing]  # perhaps fix files from before these were marked
    every = sorted(numbers.values())
    found = _likest(agreeing, every, named) or _likest(others, every, named)
    if found is None:
        return None
    of_page = RowCorrection.objects.select_related("first__organization", "first__school_year").filter(pk=found.pk)
    correction = of_page.first()
    return FoundCorrected(correction.first if correction else found, numbers)


def rows_with_errors(upload: Upload) -> set[int]:
    """Return the numbers of the rows of an upload that have an error."""
    of_rows = upload.findings.filter(severity="error", row__gt=1)
    return {row for row in of_rows.values_list("row", flat=True) if row is not None}


def has_loaded(upload: Upload) -> bool:
    """Whether the upload has loaded its good rows, and they count."""
    return upload.state == State.FINISHED and not upload.check_only


def _numbers_to_fix(upload: Upload) -> dict[int, int]:
    """Return the column `Row` of a fix file, by row; empty for any other file."""
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        return rows_to_fix(path, upload.layout.in_year(upload.year))


def _of_same_scope(upload: Upload) -> "QuerySet[Upload]":
    return Upload.objects.filter(
        organization_id=upload.organization_id, school_year_id=upload.school_year_id, file_type=upload.file_type
    )


def _earlier(upload: Upload, *, row_count: int) -> list[Upload]:
    """Return the earlier uploads with at least so many rows with errors, the newest first."""
    found = _of_same_scope(upload).filter(
        state__in=_CHECKED, log_deleted_at=None, error_count__gte=row_count, pk__lt=upload.pk
    )
    return list(found.select_related("school_year", "organization").order_by("-pk")[:_MAX_EARLIER_UPLOADS])


class _Cells:
    """A row as it was sent: its cells by the folded names of the columns, and where it stood at first."""

    def __init__(self, names: Iterable[str], row: SentRow) -> None:
        self.cells = {fold_name(name): as_it_was(cell) for name, cell in zip(names, row.cells, strict=False)}
        self.first = None if row.first is None else (_folded(row.first[0]), _folded(row.first[1]))


class _EarlierFile:
    """A file that was sent before, perhaps more than once and under several names."""

    def __init__(self, uploads: Sequence[Upload], names: set[str]) -> None:
        self.uploads = uploads
        self.names = names

    @classmethod
    def all_of(cls, upload: Upload, earlier: Iterable[Upload]) -> "list[_EarlierFile]":
        """Return the files of the uploads `earlier`, in their order, with all names under which they were sent."""
        by_content: dict[str, list[Upload]] = {}
        for each in earlier:
            by_content.setdefault(each.sha256, []).append(each)
        names: dict[str, set[str]] = {}
        sent = _of_same_scope(upload).filter(sha256__in=by_content)
        for sha256, name in sent.values_list("sha256", "file_name"):
            names.setdefault(sha256, set()).add(_folded(name))
        return [cls(uploads, names[sha256]) for sha256, uploads in by_content.items()]

    def agrees(self, rows: Mapping[int, _Cells]) -> bool:
        """Whether these rows of a fix file, by the number that it names, may have stood in this file at first, as far
        as that is known without reading it."""
        return any(each.is_fix_file for each in self.uploads) or all(
            row.first is None or self._is_first(row, number) for number, row in rows.items()
        )

    def _is_first(self, row: _Cells, number: int) -> bool:
        return row.first is not None and row.first[0] in self.names and row.first[1] == str(number)

    def with_errors_in(self, rows: Sequence[int]) -> Upload | None:
        """Return the newest upload of the file that is kept and has errors in all of these rows; where one of them was
        loaded, that one: what was only checked, or undone, says the same."""
        loaded_first = sorted(self.uploads, key=has_loaded, reverse=True)
        return next((each for each in loaded_first if _has_errors_in(each, rows) and is_kept(each.stored_as)), None)

    def likeness(self, upload: Upload, rows: Mapping[int, _Cells]) -> int:
        """Return how many cells of a fix file's rows, by the number that it names, the file of this upload has there,
        too; -1 where one of these rows stood somewhere else at first, or the file cannot be read."""
        try:
            sent, count = _rows_of(upload, sorted(rows)), 0
        except (FileNotFoundError, NotAsSent):
            log.warning("The file of upload %s cannot be read: no fix file is compared with it", upload.pk)
            return -1
        for number, row in rows.items():
            if number not in sent:
                return -1
            first = sent[number].first
            if row.first is not None and not (self._is_first(row, number) if first is None else row.first == first):
                return -1
            count += sum(sent[number].cells.get(name) == cell for name, cell in row.cells.items())
        return count


def _likest(files: Iterable[_EarlierFile], every: Sequence[int], named: Mapping[int, _Cells]) -> Upload | None:
    """Return the upload with errors in `every` row whose file has most cells of the rows that are compared; None where
    none has errors there, or no file agrees."""
    found = ((each, upload) for each in files if (upload := each.with_errors_in(every)))
    likeness = {upload: each.likeness(upload, named) for each, upload in islice(found, _MAX_FILES_COMPARED)}
    return max((each for each in likeness if likeness[each] >= 0), key=likeness.__getitem__, default=None)


def _has_errors_in(upload: Upload, rows: Sequence[int]) -> bool:
    """Whether each of these rows of an upload has an error; the database counts them."""
    query = _COUNT_ROWS_WITH_ERRORS.format(
        findings=sql.Identifier(table_of(Finding)), upload=upload.pk, rows=sql.Literal(list(rows))
    )
    with raw_cursor() as cursor:
        found = cursor.execute(query).fetchone()
    return found == (len(rows),)


def _rows_of(upload: Upload, numbers: list[int]) -> Mapping[int, _Cells]:
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        file = sent_file(path, upload.layout.in_year(upload.year))
        return {} if file is None else {row.row: _Cells(file.names, row) for row in file.rows(numbers)}


def _folded(text: str) -> str:
    """Return the plain letters and digits of a text: a spreadsheet may have wrapped it, or damaged other letters."""
    return "".join(sign for sign in text.lower() if sign.isascii() and sign.isalnum())
