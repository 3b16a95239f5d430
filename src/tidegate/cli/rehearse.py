"""`tidegate rehearse`: what another version of the state's package would make of kept files and lines on file."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, NamedTuple

import typer

from tidegate.cli.named_paths import refuse_unwritable
from tidegate.cli.progress import progress
from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.state_package import choose_state
from tidegate.core.outputs.spreadsheet import csv_chunks, escape_formula

if TYPE_CHECKING:
    import polars as pl

    from tidegate.core.layouts.school_year import SchoolYear

_HEADER = (
    "Rule",
    "Effect",
    "OrganizationID",
    "Organization",
    "SchoolYear",
    "FileType",
    "Upload",
    "File",
    "Row",
    "LineOnFile",
)
_MAX_ROWS_NAMED = 5
_MESSAGES = 10
_SECONDS_BETWEEN_LOOKS = 1.0
_IN_WORDS = {"stopped": "would newly be stopped", "let pass": "would newly be let pass"}


class _Change(NamedTuple):
    """The rows of an upload, or lines on file, on which a rule has another effect.

    `rows` are numbers in the file, None for the whole file; without a `file_name` they are IDs of lines on file, and
    `upload` is None.
    """

    code: str
    effect: str
    organization_id: str
    organization: str
    school_year: str
    file_type: str
    upload: int | None
    file_name: str
    rows: "pl.Series"


def rehearse(
    state: Annotated[str, typer.Option("--state", help="The other version: a folder or an importable package")],
    year: Annotated[str | None, typer.Option("--year", help="Only the files of this school year")] = None,
    rows: Annotated[Path | None, typer.Option("--rows", help="Also write every row that changes to this CSV")] = None,
) -> None:
    """Check kept files and lines on file by another version of the state's rules: what would it newly stop or let pass?

    Both versions check the same rows against the same moment of the database. Nothing is changed. Exit status: 0
    nothing would change, 1 something would, 2 refused.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    if rows:
        refuse_unwritable(rows)
    set_up()
    refuse_pending_migrations()
    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.uploads.lifecycle.exports.rehearse import snapshot

    school_year = SchoolYear.parse(year) if year else None
    with tempfile.TemporaryDirectory(prefix="tidegate-rehearse-") as home, snapshot() as name:
        now, then = Path(home) / "now", Path(home) / "then"
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            of_now = pool.submit(_ask, "", now, name, school_year)
            of_then = pool.submit(_ask, state, then, name, school_year)
            _watch([of_now, of_then], [now, then], school_year)
            of_now.result()
            try:
                of_then.result()
            except BrokenLayout as error:
                raise Refusal(f"The other version cannot be used: {error}", code="STATE_PACKAGE") from error
        changes = [*_changes_of_files(now, then, school_year), *_changes_of_lines(now, then)]
        file_count = sum(path.stem.isdigit() for path in now.iterdir() if (then / path.name).exists())
    changes.sort(key=lambda change: (change.code, change.effect, change.organization_id, change.upload or 0))
    _say(changes, file_count=file_count)
    if rows:
        with rows.open("w", encoding="utf-8", newline="") as out:
            _write(changes, out)
    raise typer.Exit(int(bool(changes)))


def _watch(asked: "list[Future[None]]", folders: list[Path], school_year: "SchoolYear | None") -> None:
    """Say how many rows of kept files both versions have checked, until both have ended or one has failed."""
    from tidegate.uploads.lifecycle.exports.rehearse import kept_uploads, rows_checked

    total = sum(row_count or 0 for row_count in kept_uploads(school_year).values_list("row_count", flat=True))
    sentence = "{done} of {all} rows of kept files are checked by both versions"
    with progress(total, sentence, every=max(total // _MESSAGES, 1)) as report:
        while wait(asked, timeout=_SECONDS_BETWEEN_LOOKS, return_when=FIRST_EXCEPTION).not_done:
            if any(each.done() and each.exception() for each in asked):
                return
            report(min(map(rows_checked, folders)))


def _ask(state: str, folder: Path, snapshot: str, school_year: "SchoolYear | None") -> None:
    """Write the verdicts of one version of the package, the present one if `state` is blank.

    It runs in a process of its own: two versions may have modules and tables of the same names.
    """
    if state:
        choose_state(state)
    from tidegate.cli.setup import set_up

    set_up()
    from tidegate.uploads.lifecycle.exports.rehearse import write_verdicts

    folder.mkdir()
    write_verdicts(folder, snapshot=snapshot, school_year=school_year)


def _changes_of_files(now: Path, then: Path, school_year: "SchoolYear | None") -> Iterator[_Change]:
    from tidegate.uploads.lifecycle.exports.rehearse import kept_uploads

    for upload in kept_uploads(school_year).iterator():
        organization = upload.organization
        about = (organization.identifier, organization.name, upload.year.name, upload.file_type)
        for key, rows in _compared(f"{upload.pk}.parquet", now, then, by=("code", "effect")):
            yield _Change(key[0], key[1], *about, upload.pk, upload.file_name, rows)


def _changes_of_lines(now: Path, then: Path) -> Iterator[_Change]:
    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.reference.models import Organization

    names = dict(Organization.objects.values_list("identifier", "name"))
    for path in sorted(now.glob("*.*.parquet")):
        file_type, first, _ = path.name.split(".")
        year = SchoolYear(int(first)).name
        for key, ids in _compared(path.name, now, then, by=("code", "effect", "organization")):
            yield _Change(key[0], key[1], key[2], names.get(key[2], ""), year, file_type, None, "", ids)


def _compared(name: str, now: Path, then: Path, *, by: tuple[str, ...]) -> list[tuple[tuple[str, ...], "pl.Series"]]:
    """Return the rows that change between two verdicts of one name, by their keys `by`. Where one of the versions does
    not have the file type, nothing is compared."""
    import polars as pl

    from tidegate.uploads.lifecycle.exports.rehearse import compare_written

    if not ((now / name).exists() and (then / name).exists()):
        return []
    found: dict[tuple[str, ...], list[pl.Series]] = {}
    for changed in compare_written(now / name, then / name):
        for key, of_key in changed.group_by(by, maintain_order=True):
            found.setdefault(tuple(str(part or "") for part in key), []).append(of_key["row"])
    return [(key, pl.concat(rows).sort()) for key, rows in found.items()]


def _say(changes: Iterable[_Change], *, file_count: int) -> None:
    files = _of(file_count, "kept file", "kept files") or "No kept file"
    typer.echo(f"{files} and all lines on file were checked by both versions. Nothing was changed.")
    for (code, effect), of_rule in groupby(changes, key=lambda change: (change.code, change.effect)):
        whole = list(of_rule)
        typer.echo(f"\n{code}: {_counted(whole)} {_IN_WORDS[effect]}")
        for (number, name), own in groupby(whole, key=lambda change: (change.organization_id, change.organization)):
            of_organization = list(own)
            typer.echo(f"  {number} {name}: {_counted(of_organization)}")
            for change in of_organization:
                typer.echo(f"    {_where(change)}")


def _where(change: _Change) -> str:
    if change.upload is None:
        return f"on file, {change.school_year}: {_named('line', change.rows)}"
    rows = "the whole file" if change.rows.has_nulls() else _named("row", change.rows)
    return f"upload {change.upload}, {change.file_name}: {rows}"


def _counted(changes: Iterable[_Change]) -> str:
    """Return how many rows there are, how many whole files, and how many lines on file, in words."""
    of_each = list(changes)
    file_count = sum(change.rows.has_nulls() for change in of_each)
    row_count = sum(len(change.rows) for change in of_each if change.upload is not None) - file_count
    line_count = sum(len(change.rows) for change in of_each if change.upload is None)
    parts = (
        _of(row_count, "row", "rows"),
        _of(file_count, "whole file", "whole files"),
        _of(line_count, "line on file", "lines on file"),
    )
    return " and ".join(part for part in parts if part)


def _of(count: int, one: str, many: str) -> str:
    """Return how many there are, in words; blank if none."""
    return f"{count:,} {one if count == 1 else many}" if count else ""


def _named(noun: str, rows: "pl.Series") -> str:
    shown = ", ".join(str(row) for row in rows[:_MAX_ROWS_NAMED])
    more = len(rows) - _MAX_ROWS_NAMED
    return f"{noun} {shown}" if len(rows) == 1 else f"{noun}s {shown}" + (f" and {more:,} more" if more > 0 else "")


def _write(changes: Iterable[_Change], out: IO[str]) -> None:
    for piece in csv_chunks(_lines_of(changes), line_end="\r\n"):
        out.write(piece)


def _lines_of(changes: Iterable[_Change]) -> Iterator[Sequence[object]]:
    yield _HEADER
    for change in changes:
        about = [escape_formula(cell) for cell in change[:-1]]
        is_line = change.upload is None
        yield from ((*about, *(("", row) if is_line else (row, ""))) for row in change.rows)
