"""`tidegate rehearse`: what another version of the state's package would make of the files that are kept."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, NamedTuple

import typer

from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.state_package import choose_state

if TYPE_CHECKING:
    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.uploads.models import Upload

_HEADER = ("Rule", "Effect", "OrganizationID", "Organization", "SchoolYear", "FileType", "Upload", "File", "Row")
_MAX_ROWS_NAMED = 5
_IN_WORDS = {"stopped": "would newly be stopped", "let pass": "would newly be let pass"}


class _Change(NamedTuple):
    """The rows of an upload on which a rule has another effect; None for the whole file."""

    code: str
    effect: str
    upload: "Upload"
    rows: list[int | None]


def rehearse(
    state: Annotated[str, typer.Option("--state", help="The other version: a folder or an importable package")],
    year: Annotated[str | None, typer.Option("--year", help="Only the files of this school year")] = None,
    rows: Annotated[Path | None, typer.Option("--rows", help="Also write every row that changes to this CSV")] = None,
) -> None:
    """Check all kept files by another version of the state's rules, and say what it would newly stop or let pass.

    Both versions check the same files against the same moment of the database. Nothing is changed. Exit status: 0
    nothing would change, 1 something would, 2 refused.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.uploads.lifecycle.rehearse import kept_uploads, snapshot

    school_year = SchoolYear.parse(year) if year else None
    with tempfile.TemporaryDirectory(prefix="tidegate-rehearse-") as home, snapshot() as name:
        now, then = Path(home) / "now", Path(home) / "then"
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            of_now = pool.submit(_ask, "", now, name, school_year)
            of_then = pool.submit(_ask, state, then, name, school_year)
            of_now.result()
            try:
                of_then.result()
            except BrokenLayout as error:
                raise Refusal(f"The other version cannot be used: {error}", code="STATE_PACKAGE") from error
        compared = [upload for upload in kept_uploads(school_year) if _path(now, upload).exists()]
        changes = [change for upload in compared for change in _changes(upload, now, then)]
    changes.sort(key=lambda change: (change.code, change.effect, change.upload.organization_id, change.upload.pk))
    _say(changes, file_count=len(compared))
    if rows:
        with rows.open("w", encoding="utf-8", newline="") as out:
            _write(changes, out)
    raise typer.Exit(int(bool(changes)))


def _ask(state: str, folder: Path, snapshot: str, school_year: "SchoolYear | None") -> None:
    """Write the verdicts of one version of the package, the present one if `state` is blank.

    It runs in a process of its own: two versions may have modules and tables of the same names.
    """
    if state:
        choose_state(state)
    from tidegate.cli.setup import set_up

    set_up()
    from tidegate.uploads.lifecycle.rehearse import write_verdicts

    folder.mkdir()
    write_verdicts(folder, snapshot=snapshot, school_year=school_year, on_file=lambda _upload: None)


def _path(folder: Path, upload: "Upload") -> Path:
    return folder / f"{upload.pk}.parquet"


def _changes(upload: "Upload", now: Path, then: Path) -> Iterator[_Change]:
    import polars as pl

    from tidegate.uploads.lifecycle.rehearse import compare_verdicts

    if not _path(then, upload).exists():  # the other version does not have this file type
        return
    changed = compare_verdicts(pl.read_parquet(_path(now, upload)), pl.read_parquet(_path(then, upload)))
    for (code, effect), of_rule in changed.group_by("code", "effect", maintain_order=True):
        yield _Change(str(code), str(effect), upload, of_rule["row"].to_list())


def _say(changes: Iterable[_Change], *, file_count: int) -> None:
    typer.echo(f"{file_count:,} kept files were checked by both versions. Nothing was changed.")
    for (code, effect), of_rule in groupby(changes, key=lambda change: (change.code, change.effect)):
        whole = list(of_rule)
        typer.echo(f"\n{code}: {_counted(whole)} {_IN_WORDS[effect]}")
        for organization, own in groupby(whole, key=lambda change: change.upload.organization):
            of_organization = list(own)
            typer.echo(f"  {organization.pk} {organization.name}: {_counted(of_organization)}")
            for change in of_organization:
                typer.echo(f"    upload {change.upload.pk}, {change.upload.file_name}: {_rows_in_words(change.rows)}")


def _counted(changes: Iterable[_Change]) -> str:
    """Return how many rows there are, and how many whole files, in words."""
    of_each = list(changes)
    file_count = sum(None in change.rows for change in of_each)
    row_count = sum(len(change.rows) for change in of_each) - file_count
    parts = [_of(row_count, "row"), _of(file_count, "whole file")]
    return " and ".join(part for part in parts if part)


def _of(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}" if count else ""


def _rows_in_words(rows: list[int | None]) -> str:
    if None in rows:
        return "the whole file"
    shown = ", ".join(str(row) for row in rows[:_MAX_ROWS_NAMED])
    more = len(rows) - _MAX_ROWS_NAMED
    return f"row {shown}" if len(rows) == 1 else f"rows {shown}" + (f" and {more:,} more" if more > 0 else "")


def _write(changes: Iterable[_Change], out: IO[str]) -> None:
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for code, effect, upload, rows in changes:
        organization = upload.organization
        about = (organization.pk, organization.name, upload.year.name, upload.file_type, upload.pk, upload.file_name)
        writer.writerows((code, effect, *about, row) for row in rows)
