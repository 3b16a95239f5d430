"""Reconciles a file with what is on file, cell by cell; nothing of it is stored."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.core.files import File

from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.errors import Refusal, TooLarge
from tidegate.core.layouts.layout import VALUE, Layout
from tidegate.core.rules.expressions import ROW
from tidegate.file_types import FileType, find_all
from tidegate.records.compare_lines import HAS_UNREAD, LINE, compare_lines, matching_of
from tidegate.records.differences import BothTexts, Differences, NotCompared
from tidegate.records.exported_lines import row_of_cell
from tidegate.records.stored import ReferenceDatabase
from tidegate.reference.models import Organization
from tidegate.uploads.lifecycle.check_upload import limits_of_site
from tidegate.uploads.lifecycle.export_records import Asked, find_stored_lines
from tidegate.uploads.storage.sealed import in_memory
from tidegate.uploads.storage.upload_handler import BYTES_PER_MB

_NOT_THEIRS = "ORG201"
_WRITTEN = ":written"


def reconcile(path: Path, file_type: FileType, asked: Asked, *, by: Person | None = None, **more: Any) -> Differences:
    """Return how a file differs from the lines that its organization has on file.

    The file is read as an upload is, so that days, zeros and local IDs are compared by what they mean. A cell that
    cannot be read differs from every other.

    Args:
        path: The file.
        file_type: What it is about.
        asked: The school year, the organization and the day.
        by: The person who asks; None at the command line.
        more: Details of the audit event.

    Raises:
        Refusal: The file cannot be read, or its type leaves no lines on file.
    """
    lines = find_stored_lines(file_type)
    organization = asked.organization
    layout = file_type.layout.in_year(asked.school_year)
    checked = check(
        path,
        file_type.layout,
        (),
        focus=Focus(asked.school_year, organization.pk, organization.name)
        if organization
        else Focus(asked.school_year),
        tables=ReferenceDatabase(),
        others=[other.layout.in_year(asked.school_year) for other in find_all().values()],
        limits=limits_of_site(),
        keeps={ROW, *layout.columns, *(row for name in layout.columns if (row := row_of_cell(layout, name)))},
    )
    if checked.is_refused:
        raise Refusal(checked.of_file["message"][0], fix="Correct the file and compare it again", code="UNREADABLE")
    by_what = matching_of(layout, lines.first_day)
    in_file = _values(checked, layout)
    sent = _texts(checked, layout)
    not_compared = _not_compared(checked, sent, in_file, by_what.unit)
    in_file = in_file.filter(~pl.col(ROW).is_in([each.row for each in not_compared]))
    file = asked.lines(lines)
    texts = pl.concat([pl.DataFrame(schema=dict.fromkeys(file.schema, pl.String())), *file.texts()])
    on_file = file.typed(texts).with_row_index(LINE)
    compared = compare_lines(in_file, on_file, by_what)
    record_event(
        "records.reconciled",
        by=by,
        organization=organization,
        school_year=asked.school_year,
        file_type=file_type.slug,
        **more,
    )
    as_sent = BothTexts(sent, texts.with_row_index(LINE))
    return Differences(compared, as_sent, in_file, on_file, by_what, not_compared)


@contextmanager
def as_path(file: "File[bytes]") -> Iterator[Path]:
    """Give a path at which a file that was sent can be read; it is nowhere on the disk. Raises TooLarge where it is
    over the limit of uploads."""
    limit_mb = settings.TIDEGATE_MAX_UPLOAD_MB
    if (file.size or 0) > limit_mb * BYTES_PER_MB:
        raise TooLarge(f"The file is larger than {limit_mb:,} MB", fix="Split it, and compare the parts")
    with in_memory() as (out, path):
        for piece in file.chunks():
            out.write(piece)
        out.flush()
        yield path


def _texts(checked: CheckResult, layout: Layout) -> pl.DataFrame:
    parts = [rows.select(ROW, *layout.columns) for rows in checked.rows_in_slices()]
    return pl.concat([pl.DataFrame(schema={ROW: pl.UInt32} | dict.fromkeys(layout.columns, pl.String())), *parts])


def _values(checked: CheckResult, layout: Layout) -> pl.DataFrame:
    """Return each row's cells as they are stored, and whether one of them has a text and no value."""
    cells = {name: row for name in layout.columns if (row := row_of_cell(layout, name)) is not None}
    read = {name: _as_stored(row) for name, row in cells.items()}
    unread = [read[name].is_null() & (pl.col(name).fill_null("") != "") for name in cells]
    columns = [
        pl.any_horizontal(pl.lit(False), *unread).alias(HAS_UNREAD),
        *(each.alias(n) for n, each in read.items()),
    ]
    shape = {
        ROW: pl.UInt32(),
        HAS_UNREAD: pl.Boolean(),
        **{name: layout.columns[name].type.polars_type for name in cells},
    }
    parts = [rows.select(ROW, *columns) for rows in checked.rows_in_slices()]
    return pl.concat([pl.DataFrame(schema=shape), *parts])


def _as_stored(row: str) -> pl.Expr:
    """Return a cell as an export has it: of an organization the ID of the state, of others the value."""
    if row.endswith(VALUE) or not row.endswith(".id"):
        return pl.col(row)
    identifiers = dict(Organization.objects.values_list("pk", "identifier"))
    return pl.col(row).replace_strict(identifiers, default=None, return_dtype=pl.String)


def _not_compared(
    checked: CheckResult, texts: pl.DataFrame, in_file: pl.DataFrame, unit: Sequence[str]
) -> list[NotCompared]:
    """Return the rows that belong to no line: they are another organization's, or do not say which line they are."""
    unplaced = in_file.filter(pl.any_horizontal(pl.col(unit).is_null()))
    written = unplaced.join(texts.select(ROW, pl.col(unit).name.suffix(_WRITTEN)), on=ROW)
    reasons = {line[ROW]: _why_unplaced(line, unit) for line in written.iter_rows(named=True)}
    said = {row: message for row, code, message in _errors(checked) if row in reasons or code == _NOT_THEIRS}
    return [NotCompared(row, reason) for row, reason in sorted((reasons | said).items())]


def _why_unplaced(line: Mapping[str, Any], unit: Sequence[str]) -> str:
    name = next(name for name in unit if line[name] is None)
    written = line[f"{name}{_WRITTEN}"]
    return f'{name} "{written}" is not known' if written else f"{name} is blank"


def _errors(checked: CheckResult) -> Iterator[tuple[int, str, str]]:
    for part in checked.findings_in_slices(suggests=False):
        errors = part.filter((pl.col("severity") == "error") & pl.col(ROW).is_not_null())
        yield from errors.select(ROW, "code", "message").iter_rows()
