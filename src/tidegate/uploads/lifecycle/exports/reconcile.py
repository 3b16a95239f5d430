"""Reconciles a file with what is on file, cell by cell; nothing of it is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.core.files import File

from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.errors import Refusal, TooLarge
from tidegate.core.frames.spill import SpilledPartitions
from tidegate.core.layouts.layout import VALUE, Layout
from tidegate.core.reading.limits import NO_LIMITS
from tidegate.core.rules.expressions import ROW
from tidegate.file_types import FileType, find_all
from tidegate.records.compare_lines import (
    HAS_UNREAD,
    FileSlices,
    LineComparison,
    Matching,
    matching_of,
    unread_column,
)
from tidegate.records.differences import REASON, Differences
from tidegate.records.exported_lines import row_of_cell
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.reference.models import Organization
from tidegate.uploads.lifecycle.checking.check_upload import limits_of_site
from tidegate.uploads.lifecycle.exports.export_records import ExportRequest, find_stored_lines
from tidegate.uploads.saved_mappings import layout_to_read
from tidegate.uploads.storage.sealed import in_memory
from tidegate.uploads.storage.upload_handler import BYTES_PER_MB

_NOT_THEIRS = "ORG201"


def reconcile(
    path: Path, file_type: FileType, asked: ExportRequest, *, by: Person | None = None, **more: Any
) -> Differences:
    """Return how a file differs from the lines that its organization has on file.

    The file is read as an upload is, by the mapping that the organization has saved, so that days, zeros and local IDs
    are compared by what they mean. A cell that cannot be read differs from every other.

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
    of_all_years, limits = layout_to_read(organization, file_type), limits_of_site()
    layout = of_all_years.in_year(asked.school_year)
    checked = check(
        path,
        of_all_years,
        (),
        focus=Focus(asked.school_year, organization.pk, organization.name)
        if organization
        else Focus(asked.school_year),
        tables=ReferenceDatabase(),
        others=[other.layout.in_year(asked.school_year) for other in find_all().values()],
        limits=limits,
        keeps={ROW, *layout.columns, *(row for name in layout.columns if (row := row_of_cell(layout, name)))},
    )
    if checked.is_refused:
        raise Refusal(checked.of_file["message"][0], fix="Correct the file and compare it again", code="UNREADABLE")
    by_what = matching_of(layout, lines.first_day)
    slices = FileSlices(checked.rows_kept)
    rows = RowsToCompare(checked, layout, by_what, slices)
    comparison = LineComparison(by_what, slices, file := asked.lines(lines), limits)
    rows.add_to(comparison)
    comparison.add_lines(pl.DataFrame(schema=dict.fromkeys(file.schema, pl.String())))
    for texts in file.texts():
        comparison.add_lines(texts)
    comparison.compare()
    record_event(
        "records.reconciled",
        by=by,
        organization=organization,
        school_year=asked.school_year,
        file_type=file_type.slug,
        **more,
    )
    return Differences(list(layout.columns), by_what, slices, comparison, rows.not_compared, rows.not_compared_count)


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


class RowsToCompare:
    """The rows of a file that was checked, as they are compared: their cells as they are stored.

    Attributes:
        not_compared: The rows that belong to no line (ROW) and why (REASON), the last reason being the one that is
            told; by slice. They are another organization's, or do not say which line they are.
        not_compared_count: How many rows these are.
    """

    def __init__(self, checked: CheckResult, layout: Layout, by: Matching, slices: FileSlices) -> None:
        self._checked, self._slices, self._unit = checked, slices, by.unit
        cells = {name: row for name in layout.columns if (row := row_of_cell(layout, name)) is not None}
        self._read = {name: _as_stored(row).alias(name) for name, row in cells.items()}
        self._types = {name: layout.columns[name].type.polars_type for name in cells}
        self.not_compared = SpilledPartitions(memory_bytes=NO_LIMITS.kept_bytes)
        self._left_out = self._find_not_compared()
        self.not_compared_count = self._left_out.len()

    def add_to(self, comparison: LineComparison) -> None:
        """Add the rows that are compared: their values, and whether a cell has a text and no value."""
        unread = [
            (each.is_null() & (pl.col(name).fill_null("") != "")).alias(unread_column(name))
            for name, each in self._read.items()
        ]
        shape = {ROW: pl.UInt32(), **self._types} | {unread_column(name): pl.Boolean() for name in self._read}
        has_unread = pl.any_horizontal(pl.lit(False), pl.col(f"^{unread_column('.*')}$")).alias(HAS_UNREAD)
        empty = pl.DataFrame(schema=shape)
        for rows in chain([empty], self._checked.rows_in_slices()):
            whole = rows if rows is empty else rows.select(ROW, *self._read.values(), *unread)
            compared = whole.filter(~pl.col(ROW).is_in(self._left_out.implode()))
            comparison.add_rows(compared.with_columns(has_unread))

    def _find_not_compared(self) -> pl.Series:
        """Note the rows that are not compared with their reasons, and return their numbers."""
        self._note(pl.DataFrame(schema={ROW: pl.UInt32, REASON: pl.String}))
        found = [pl.Series(dtype=pl.UInt32)]
        is_unplaced = pl.any_horizontal(self._read[name].is_null() for name in self._unit)
        for rows in self._checked.rows_in_slices():
            unplaced = rows.filter(is_unplaced).select(ROW, self._why_unplaced().alias(REASON))
            self._note(unplaced)
            found.append(unplaced[ROW])
        unplaced_rows = pl.concat(found)
        for part in self._checked.findings_in_slices(suggests=False):
            tells = (pl.col("code") == _NOT_THEIRS) | pl.col(ROW).is_in(unplaced_rows.implode())
            said = part.filter((pl.col("severity") == "error") & pl.col(ROW).is_not_null() & tells)
            self._note(said.select(ROW, pl.col("message").alias(REASON)))
            found.append(said[ROW])
        return pl.concat(found).unique().sort()

    def _note(self, reasons: pl.DataFrame) -> None:
        self.not_compared.add(reasons, self._slices.number_of(reasons[ROW]))

    def _why_unplaced(self) -> pl.Expr:
        """Return what is to be said of a row without a value in a column of the unit: of the first such column."""
        blank = [pl.lit(f"{name} is blank") for name in self._unit]
        unknown = [pl.concat_str(pl.lit(f'{name} "'), name, pl.lit('" is not known')) for name in self._unit]
        return pl.coalesce(
            pl.when(self._read[name].is_null()).then(
                pl.when(pl.col(name).fill_null("") == "").then(is_blank).otherwise(is_unknown)
            )
            for name, is_blank, is_unknown in zip(self._unit, blank, unknown, strict=True)
        )


def _as_stored(row: str) -> pl.Expr:
    """Return a cell as an export has it: of an organization the ID of the state, of others the value."""
    if row.endswith(VALUE) or not row.endswith(".id"):
        return pl.col(row)
    identifiers = dict(Organization.objects.values_list("pk", "identifier"))
    return pl.col(row).replace_strict(identifiers, default=None, return_dtype=pl.String)
