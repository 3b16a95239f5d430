"""The full log of an upload, as CSV or XLSX, drawn from its findings when it is asked for."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tidegate.core.results.full_log import LogOf, full_log_csv, full_log_lines
from tidegate.core.results.full_log_xlsx import write_full_log_xlsx
from tidegate.uploads.models import State, Upload
from tidegate.uploads.result_log import check_has_log, findings_in_slices

_CHUNK_BYTES = 1 << 18


def full_log_csv_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the full log as CSV in UTF-8. A Conflict where the upload has no log."""
    check_has_log(upload)
    return (piece.encode() for piece in full_log_csv(_lines(upload)))


def full_log_xlsx_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the full log as an XLSX file. A Conflict where the upload has no log."""
    check_has_log(upload)
    return _written(upload)


def _written(upload: Upload) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="tidegate-") as folder:
        path = Path(folder) / "full-log.xlsx"
        write_full_log_xlsx(_lines(upload), path)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk


def _lines(upload: Upload) -> Iterator[tuple[int | str, ...]]:
    log = LogOf(
        layout=upload.kind.layout.in_year(upload.year),
        rules=upload.kind.rules_by_code(),
        school_year=upload.year.name,
        column_places=upload.column_places,
        check_only=upload.check_only or upload.state == State.ON_HOLD,
        is_refused=upload.state == State.FAILED,
    )
    return full_log_lines(log, findings_in_slices(upload))
