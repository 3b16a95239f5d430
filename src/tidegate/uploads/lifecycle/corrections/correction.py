"""A correction by hand: what a person wants changed, as a file, and what is wrong with it."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.layouts.layout import Column
from tidegate.core.outputs.spreadsheet import LINE_END
from tidegate.core.parsing.repairs import wrapped_where_needed
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.core.rules.finding import FINDINGS
from tidegate.records.lines_as_sent import stored_as_sent, titles_of
from tidegate.records.models import StoredLine
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.records.stored_lines import StoredLines
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.checking.check_upload import check_path
from tidegate.uploads.lifecycle.corrections.check_correction import as_asked, as_if_gone
from tidegate.uploads.lifecycle.withdrawals.dependent_lines import with_left_by_correction
from tidegate.uploads.lifecycle.worker.lock_timeout import conflict_where_locked, limit_lock_waits
from tidegate.uploads.models import Upload
from tidegate.uploads.storage.sealed import in_memory

_ROW = 2
"""The row of the file that a person has written."""


@dataclass(frozen=True)
class Correction:
    """What a person wants changed by hand.

    Attributes:
        lines: The stored lines of the file type.
        organization: For whom the person does it, as for whom a file is sent.
        school_year: The school year of the line.
        line: The line that is corrected or withdrawn; None where one is added.
        values: What the line is to say, by the titles of the file's columns; None where it is withdrawn.
    """

    lines: StoredLines
    organization: Organization
    school_year: SchoolYear
    line: StoredLine | None = None
    values: Mapping[str, str] | None = None

    @property
    def line_ids(self) -> list[int]:
        """The ID of the line that is corrected or withdrawn, if any."""
        return [self.line.pk] if self.line else []

    @property
    def upload(self) -> Upload:
        """The upload as which it is checked, which is not stored yet."""
        return Upload(file_type=self.lines.file_type.slug, organization=self.organization, school_year=self.school_year)


def errors_of(correction: Correction) -> list[tuple[str, str]]:
    """Return what keeps a line from being added or corrected as things stand: for each error the title of the column,
    blank where it is about the whole line, and the sentence.

    Raises Conflict where the student's records are being changed at the moment.
    """
    ids = correction.line_ids
    with _as_file(file_of(correction)) as path, conflict_where_locked(), transaction.atomic():
        limit_lock_waits()
        with as_if_gone(correction.upload, ids) as are_there:
            checked = check_path(correction.upload, path, tables=ReferenceDatabase(), plans=True)
            errors = list(_errors(checked))
        if errors or not are_there:
            return errors
        asked = as_asked(checked, ids)
        if asked is not None:
            return list(_errors(with_left_by_correction(correction.upload, asked, ids)))
    one = correction.lines.table.noun[0]
    both = ", or send both in a file if there are two alike" if correction.lines.layout.group else ""
    return [("", f"The {one} is on file already: correct it there instead of adding it{both}")]


def _errors(checked: CheckResult) -> Iterator[tuple[str, str]]:
    findings = pl.concat(
        [FINDINGS.to_frame(), *(part.select(FINDINGS.names()) for part in checked.findings_in_slices())]
    )
    for finding in findings.filter(pl.col("severity") == "error").iter_rows(named=True):
        if finding["row"] in (None, _ROW):
            yield finding["column"] or "", finding["message"]
        else:
            yield "", f"Already on file: {finding['message']}"


@transaction.atomic
def texts_of(lines: StoredLines, line_ids: list[int], school_year: SchoolYear) -> list[dict[str, str]]:
    """Return what lines say, as a file would have it, by title; what is not stored is blank."""
    year = school_year.period
    known = stored_as_sent(lines, pl.Series(LINE_ID, line_ids, pl.Int64), titles_of(lines, year))
    titles = [column.name for column in lines.layout.columns_in(year)]
    return [{title: line.get(title) or "" for title in titles} for line in known.iter_rows(named=True)]


def file_of(correction: Correction) -> bytes:
    """Return the file of a correction: the row first, then the other lines of its group as they are on file. In columns
    that are not stored they have what the row has. A text that reading could take for something else is wrapped."""
    assert correction.values is not None
    columns = correction.lines.layout.columns_in(correction.school_year.period)
    row = {column.name: _typed(correction.values.get(column.name, ""), column) for column in columns}
    stored = {column.title for column in correction.lines.table.columns}
    not_stored = {title: text for title, text in row.items() if title not in stored}
    alone = _written([list(row), list(row.values())])
    others = texts_of(correction.lines, _others_of_group(correction, alone), correction.school_year)
    wrapped = ({each.name: wrapped_where_needed(line[each.name], each) for each in columns} for line in others)
    return alone + _written([list((line | not_stored).values()) for line in wrapped])


def _typed(text: str, column: Column) -> str:
    # somebody may have copied a cell from a file in which it is wrapped
    return text if text.startswith('="') else wrapped_where_needed(text, column)


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=LINE_END).writerows(rows)
    return text.getvalue().encode()


@contextmanager
def _as_file(content: bytes) -> Iterator[Path]:
    with in_memory() as (written, path):
        written.write(content)
        written.flush()
        yield path


def _others_of_group(correction: Correction, file: bytes) -> list[int]:
    """Return the IDs of the lines on file in the group of the file's row; none where lines do not come in groups, or
    the row names no group."""
    lines, layout = correction.lines, correction.lines.layout
    if not layout.group:
        return []
    upload = correction.upload
    focus = Focus(upload.year, upload.organization.pk, upload.organization.name)
    with _as_file(file) as path:
        checked = check(
            path, layout, (), focus=focus, tables=ReferenceDatabase(), keeps=lines.file_type.columns_to_keep()
        )
        names = list(dict.fromkeys((*layout.group, lines.table.student)))
        rows = [row for rows in checked.rows_in_slices() for row in rows.select(names).iter_rows(named=True)]
    if not rows or None in rows[0].values():
        return []
    # Each as it was read: a number may be written with a space, or without its first zero.
    named: dict[str, Any] = {lines.fields[name].attname: value for name, value in rows[0].items()}
    named |= {"school_year_id": correction.school_year.pk, "replaced_at": None}
    found: QuerySet[StoredLine] = QuerySet(lines.model).filter(**named).exclude(pk__in=correction.line_ids)
    return list(found.order_by("pk").values_list("pk", flat=True))
