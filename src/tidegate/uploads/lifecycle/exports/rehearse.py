"""Rehearses a state's rules over the files that are kept and the lines on file: which they stop, with nothing stored.

The verdicts of two versions of a state's package are compared in `tidegate.cli.rehearse`. Each is asked in a process of
its own, in one snapshot of the database.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from tidegate.core.checking import CheckResult
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find_all
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.reference.copy_rows import table_of
from tidegate.uploads.lifecycle.checking.check_upload import check_upload
from tidegate.uploads.models import State, Upload
from tidegate.uploads.rechecks.check_lines import errors_of_lines, rolled_back, years_of
from tidegate.uploads.storage.store import is_kept

_ROWS_CHECKED = "rows_checked"
_VERDICTS_AT_ONCE = 500_000
VERDICT = pl.Schema({"row": pl.UInt32, "code": pl.String})
"""A row that has an error, and the rule that it breaks; `row` is null where the whole file is refused."""
LINE_VERDICT = pl.Schema({"row": pl.Int64, "code": pl.String, "organization": pl.String})
"""The same of a line on file: `row` is its ID, and `organization` the ID of the district that it names."""


@contextmanager
def snapshot() -> Iterator[str]:
    """Give the name of a snapshot of the database, which other processes can read while the block runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def kept_uploads(school_year: SchoolYear | None) -> QuerySet[Upload]:
    """Return the uploads that were checked and whose file should still be there, of one school year or of all."""
    ended = Upload.objects.filter(state__in=(State.FINISHED, State.FAILED, State.ON_HOLD), incident_id="")
    ended = ended.exclude(stored_as="").select_related("organization", "school_year").order_by("pk")
    return ended.filter(Q(school_year_id=school_year.first)) if school_year else ended


def write_verdicts(folder: Path, *, snapshot: str, school_year: SchoolYear | None) -> None:
    """Check by the present rules and write which rows have an error, as Parquet.

    Each kept file becomes a folder `<upload ID>.parquet`, shaped as VERDICT. A file of a type that the state does not
    have now, or that the store has lost, gets none. The lines on file of a type and year become a folder
    `<file type>.<year>.parquet`, shaped as LINE_VERDICT.

    Args:
        folder: Where they are written.
        snapshot: The name of the snapshot of the database (see `snapshot`).
        school_year: The only school year that is checked; None for all.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        row_count = 0
        for upload in kept_uploads(school_year).iterator():
            if upload.file_type in find_all() and is_kept(upload.stored_as):
                note = partial(_note_rows, folder, row_count)
                with rolled_back():
                    checked = check_upload(upload, tables=ReferenceDatabase(), on_progress=note)
                    _write_verdict(checked, folder / f"{upload.pk}.parquet")
            row_count += upload.row_count or 0
            _note_rows(folder, row_count)
        tables = set(connection.introspection.table_names())
        for lines in stored_lines():
            if table_of(lines.model) in tables:  # another version may store more
                for year in years_of(lines, school_year):
                    with rolled_back():
                        _write_verdict_on_lines(lines, year, folder / f"{lines.file_type.slug}.{year.first}.parquet")
        transaction.set_rollback(True)


def _note_rows(folder: Path, before: int, row_count: int = 0) -> None:
    (folder / _ROWS_CHECKED).write_text(str(before + row_count))


def rows_checked(folder: Path) -> int:
    """Return how many rows of kept files the process that writes into the folder has checked so far."""
    path = folder / _ROWS_CHECKED
    return int(path.read_text() or 0) if path.exists() else 0


def _write_verdict_on_lines(lines: StoredLines, school_year: SchoolYear, folder: Path) -> None:
    """Write which lines on file have an error, as a file that the districts had sent together, slice by slice."""
    found = (errors for _, errors in errors_of_lines(lines, school_year, says=False))
    of = (pl.col("id").alias("row"), "code", "organization")
    _write_slices((errors.select(*of).cast(LINE_VERDICT) for errors in found), LINE_VERDICT, folder)


def _write_verdict(checked: CheckResult, folder: Path) -> None:
    """Write the verdict on a file, slice by slice: a file of a million rows may have several million errors."""
    of_file = (part.filter(pl.col("row").is_null()) if checked.is_refused else part for part in _errors(checked))
    _write_slices(of_file, VERDICT, folder)


def _errors(checked: CheckResult) -> Iterator[pl.DataFrame]:
    """Yield row and rule of the errors; a pair at the end of a slice may come again."""
    for part in checked.findings_in_slices(suggests=False):
        errors = part.filter(pl.col("severity") == "error")
        yield errors.select(pl.col(name).cast(dtype) for name, dtype in VERDICT.items())


def _write_slices(parts: Iterable[pl.DataFrame], schema: pl.Schema, folder: Path) -> None:
    folder.mkdir()
    for number, part in enumerate(chain([schema.to_frame()], parts)):
        if number == 0 or not part.is_empty():
            part.unique(maintain_order=True).write_parquet(folder / f"{number:08}.parquet")


STOPPED, PASSES = "stopped", "let pass"


def compare_verdicts(now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """Return what changes in a file between two verdicts, each shaped as VERDICT: `row`, `code` and `effect`.

    A row is STOPPED by the rules that it breaks `then` where it had no error, and PASSES those that it broke where it
    has none `then`. Where one of the two refuses the whole file, its rows are not compared.
    """
    if any(verdict["row"].has_nulls() for verdict in (now, then)):
        now, then = (verdict.filter(pl.col("row").is_null()) for verdict in (now, then))
    stopped = then.join(now, on="row", how="anti", nulls_equal=True).with_columns(effect=pl.lit(STOPPED))
    passing = now.join(then, on="row", how="anti", nulls_equal=True).with_columns(effect=pl.lit(PASSES))
    changed = pl.concat([stopped, passing]).unique(maintain_order=True)
    return changed.sort("row", "code", nulls_last=False, maintain_order=True)


def compare_written(now: Path, then: Path) -> Iterator[pl.DataFrame]:
    """Yield what changes between two verdicts that were written (see `compare_verdicts`), some rows at a time."""
    both = [pl.scan_parquet(folder) for folder in (now, then)]
    counts = [verdict.select(pl.len(), nulls=pl.col("row").null_count()).collect().row(0) for verdict in both]
    part_count = -(-sum(count for count, _ in counts) // _VERDICTS_AT_ONCE)
    if any(null_count for _, null_count in counts):
        yield compare_verdicts(*(verdict.filter(pl.col("row").is_null()).collect() for verdict in both))
        return
    for part in range(part_count):
        in_part = pl.col("row") % part_count == part
        yield compare_verdicts(*(verdict.filter(in_part).collect() for verdict in both))
