"""Finds the upload that a fix file corrects: by the rows that it names, where they stood at first, and their cells."""

from collections.abc import Iterable, Mapping

from tidegate.core.layouts.layout import fold_name
from tidegate.core.outputs.spreadsheet import as_it_was
from tidegate.core.parsing.fix_file_notes import rows_to_fix
from tidegate.core.reading.sent_rows import SentRow, sent_file
from tidegate.uploads.models import RowCorrection, State, Upload
from tidegate.uploads.storage.store import is_kept, opened

_MAX_EARLIER_UPLOADS = 40
# So many rows of each are compared.
_MAX_ROWS_COMPARED = 200
_CHECKED = (State.FINISHED, State.ON_HOLD, State.UNDONE)


def find_corrected(upload: Upload) -> Upload | None:
    """Return the upload that a fix file corrects, which may be a check or undone, or the one on whose page that was
    made; None where it is not known.

    It is an earlier one of the same organization, year and file type. Its rows with errors are all of those that the
    fix file names, and they stood at first where the fix file says. Where several are like that, it is the one whose
    cells the fix file has most of; of those that are alike, the newest.
    """
    numbers = numbers_to_fix(upload)
    if not numbers:
        return None
    candidates = _candidates(upload, set(numbers.values()))
    named = _rows_of(upload, sorted(numbers)[:_MAX_ROWS_COMPARED]) if candidates else {}
    by_number = {numbers[row]: cells for row, cells in named.items()}
    likeness = {each: _likeness(each, by_number) for each in candidates}
    possible = [each for each in candidates if likeness[each] >= 0]
    found = max(possible, key=likeness.__getitem__, default=None)
    if found is None:
        return None
    of_page = RowCorrection.objects.select_related("first__organization", "first__school_year").filter(pk=found.pk)
    correction = of_page.first()
    return correction.first if correction else found


def numbers_to_fix(upload: Upload) -> dict[int, int]:
    """Return the column `Row` of a fix file, by row; empty for any other file."""
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        return rows_to_fix(path, upload.layout.in_year(upload.year))


def rows_with_errors(upload: Upload) -> set[int]:
    """Return the numbers of the rows of an upload that have an error."""
    of_rows = upload.findings.filter(severity="error", row__gt=1)
    return {row for row in of_rows.values_list("row", flat=True) if row is not None}


def has_loaded(upload: Upload) -> bool:
    """Whether the upload has loaded its good rows, and they count."""
    return upload.state == State.FINISHED and not upload.check_only


def _candidates(upload: Upload, rows: set[int]) -> list[Upload]:
    """Return the earlier uploads whose rows with errors are all of these, the newest first. What was only checked, or
    undone, is left out where the same file was loaded: it says the same."""
    earlier = Upload.objects.select_related("school_year", "organization").filter(
        organization_id=upload.organization_id,
        school_year_id=upload.school_year_id,
        file_type=upload.file_type,
        state__in=_CHECKED,
        log_deleted_at=None,
        error_count__gte=len(rows),
        pk__lt=upload.pk,
    )
    newest = earlier.order_by("-pk")[:_MAX_EARLIER_UPLOADS]
    found = [each for each in newest if is_kept(each.stored_as) and rows <= rows_with_errors(each)]
    loaded = {each.sha256 for each in found if has_loaded(each)}
    return [each for each in found if has_loaded(each) or each.sha256 not in loaded]


class _Cells:
    """A row as it was sent: its cells by the folded names of the columns, and where it stood at first."""

    def __init__(self, names: Iterable[str], row: SentRow) -> None:
        self.cells = {fold_name(name): as_it_was(cell) for name, cell in zip(names, row.cells, strict=False)}
        self.first = None if row.first is None else (_folded(row.first[0]), _folded(row.first[1]))


def _rows_of(upload: Upload, numbers: list[int]) -> Mapping[int, _Cells]:
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        file = sent_file(path, upload.layout.in_year(upload.year))
        return {} if file is None else {row.row: _Cells(file.names, row) for row in file.rows(numbers)}


def _likeness(candidate: Upload, rows: Mapping[int, _Cells]) -> int:
    """Return how many cells of a fix file's rows, by the number that it names, the candidate has there, too; -1 where
    one of these rows stood somewhere else at first."""
    sent, count = _rows_of(candidate, sorted(rows)), 0
    for number, row in rows.items():
        if number not in sent:
            return -1
        of_candidate = sent[number]
        first = of_candidate.first or (_folded(candidate.file_name), str(number))
        if row.first is not None and row.first != first:
            return -1
        count += sum(of_candidate.cells.get(name) == cell for name, cell in row.cells.items())
    return count


def _folded(text: str) -> str:
    """Return the plain letters and digits of a text: a spreadsheet may have wrapped it, or damaged other letters."""
    return "".join(sign for sign in text.lower() if sign.isascii() and sign.isalnum())
