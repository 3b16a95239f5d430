"""The full log of an upload, as CSV or XLSX, drawn from its findings when it is asked for."""

from collections.abc import Iterator

from tidegate.core.outputs.full_log import LogOf, full_log_csv, full_log_lines
from tidegate.core.outputs.full_log_xlsx import full_log_xlsx
from tidegate.uploads.models import State, Upload
from tidegate.uploads.result_log import check_has_log, findings_in_slices

_FINDINGS_PER_SECOND = 10_000  # on two busy cores; see bench/full_log.py
_WORTH_SAYING_SECONDS = 10


def full_log_csv_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the full log as CSV in UTF-8. A Conflict where the upload has no log."""
    check_has_log(upload)
    return (piece.encode() for piece in full_log_csv(_lines(upload)))


def full_log_xlsx_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the full log as an XLSX file, the first bytes at once. A Conflict where the upload has no log."""
    check_has_log(upload)
    finding_count = sum(upload.finding_counts.values_list("count", flat=True))
    return full_log_xlsx(_lines(upload), line_count=finding_count)


def time_in_words(finding_count: int) -> str:
    """Return how long the full log of so many findings takes as XLSX, as a person says it; blank where nobody has to
    wait."""
    seconds = finding_count // _FINDINGS_PER_SECOND
    if seconds < _WORTH_SAYING_SECONDS:
        return ""
    if seconds < 55:
        return f"about {round(seconds, -1)} seconds"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'' if minutes == 1 else 's'}"


def _lines(upload: Upload) -> Iterator[tuple[int | str, ...]]:
    log = LogOf(
        layout=upload.type.layout.in_year(upload.year),
        rules=upload.type.rules_by_code(),
        school_year=upload.year.name,
        column_places=upload.column_places,
        check_only=upload.check_only or upload.state == State.ON_HOLD,
        is_refused=upload.state == State.FAILED,
    )
    return full_log_lines(log, findings_in_slices(upload))
