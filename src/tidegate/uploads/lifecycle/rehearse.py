"""Rehearses a state's rules over the files that are kept: which of their rows they stop, with nothing stored.

The verdicts of two versions of a state's package are compared in `tidegate.cli.rehearse`. Each is asked in a process of
its own, in one snapshot of the database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.db.models import QuerySet

from tidegate.core.checking import CheckResult
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find_all
from tidegate.records.stored import ReferenceDatabase
from tidegate.uploads.lifecycle.check_upload import check_upload
from tidegate.uploads.models import State, Upload
from tidegate.uploads.storage.store import is_kept

VERDICT = pl.Schema({"row": pl.UInt32, "code": pl.String})
"""A row that has an error, and the rule that it breaks; `row` is null where the whole file is refused."""


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
    return ended.filter(school_year_id=school_year.first) if school_year else ended


def write_verdicts(
    folder: Path, *, snapshot: str, school_year: SchoolYear | None, on_file: Callable[[Upload], None]
) -> None:
    """Check every kept file by the present rules and write which rows have an error, shaped as VERDICT, as Parquet.

    Args:
        folder: Where `<upload ID>.parquet` of each file goes. A file of a type that the state does not have now, or
            that the store has lost, gets none.
        snapshot: The name of the snapshot of the database (see `snapshot`).
        school_year: The only school year whose files are checked; None for all.
        on_file: Called after each file.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        for upload in kept_uploads(school_year).iterator():
            if upload.file_type in find_all() and is_kept(upload.stored_as):
                with _undone():
                    _verdict(check_upload(upload, tables=ReferenceDatabase())).write_parquet(
                        folder / f"{upload.pk}.parquet"
                    )
            on_file(upload)
        transaction.set_rollback(True)


@contextmanager
def _undone() -> Iterator[None]:
    """Undo what the block has done in the database. With it go the locks of its temporary tables: there are not enough
    for those of thousands of files."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _verdict(checked: CheckResult) -> pl.DataFrame:
    errors = (
        part.filter(pl.col("severity") == "error").select(pl.col(name).cast(dtype) for name, dtype in VERDICT.items())
        for part in checked.findings_in_slices()
    )
    verdict = pl.concat([VERDICT.to_frame(), *errors]).unique(maintain_order=True)
    return verdict.filter(pl.col("row").is_null()) if checked.is_refused else verdict


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
    return pl.concat([stopped, passing]).sort("row", "code", nulls_last=False, maintain_order=True)
