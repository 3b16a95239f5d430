"""Matches the columns and values of a file that was sent: what it has, how a mapping reads it, and sends it again."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.db import transaction

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_download_upload, check_can_send_upload
from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.errors import Conflict
from tidegate.core.layouts.column_types import Day, Number
from tidegate.core.layouts.layout import Column, Layout, fold_name
from tidegate.core.layouts.mapping import ColumnMapping, mapped
from tidegate.core.outputs.spreadsheet import LINE_END
from tidegate.core.reading.header import missing_columns
from tidegate.core.reading.sent_rows import SentFile, sent_file
from tidegate.core.rules.cause import Cause
from tidegate.core.suggestions.suggest_columns import missing_names, suggest_columns
from tidegate.core.suggestions.suggestion import from_text
from tidegate.file_types.layouts_in_year import LayoutsInYear
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.uploads.lifecycle.receiving.send_again import send_file_again
from tidegate.uploads.models import RowCorrection, State, Upload
from tidegate.uploads.saved_mappings import save_mapping
from tidegate.uploads.storage.sealed import in_memory
from tidegate.uploads.storage.store import file_gone, may_be_kept, opened

SAMPLE_ROWS = 100
"""How many rows of the file are read to try a mapping."""
_VALUES_SHOWN, _MAX_VALUES, _MAX_VALUE = 3, 40, 60
_FORMULA = re.compile(r'^="([^"]*)"$')  # how programs keep zeros in Excel, which shows the text alone
_OF_A_VALUE = "14"  # categories of rules: what a value is, and what the lists do not have


@dataclass(frozen=True)
class FileColumn:
    """A column of the file: its name, its first values, which column of the layout has this name, and which one may be
    meant. `is_left_out`: programs are known to add it, and nobody collects it."""

    position: int
    name: str
    values: Sequence[str]
    known_as: str = ""
    suggested: str = ""
    is_left_out: bool = False


@dataclass(frozen=True)
class OddValue:
    """A value that cannot be read: in which column and how often, and what may be meant."""

    column: str
    value: str
    count: int
    suggested: Sequence[str] = ()


@dataclass(frozen=True)
class FileSample:
    """The first rows of a file that was sent.

    Attributes:
        names: The header, with as many names as the rows have cells.
        header_row: The row of the header.
        rows: The cells of the first rows.
        is_whole: Whether the file has no more rows.
    """

    names: Sequence[str]
    header_row: int
    rows: Sequence[Sequence[str]]
    is_whole: bool


@dataclass(frozen=True)
class MappingTrial:
    """How a mapping reads a sample: the columns that are still missing, the sentence that a refused header gets, and
    how many of the rows can be read; `odd` are the values that keep others from it, and `most` the cause that keeps
    most of them."""

    missing: Sequence[str]
    refusal: str
    row_count: int
    readable_count: int
    odd: Sequence[OddValue]
    most: Cause | None = None

    @property
    def is_good(self) -> bool:
        """Whether all columns are found and every row of the sample can be read."""
        return not self.refusal and self.readable_count == self.row_count


def check_may_match(upload: Upload, *, by: Person) -> None:
    """Raise a Refusal where the person may not match the columns of the upload, or it has none to match now."""
    check_can_download_upload(by, upload.organization)
    check_can_send_upload(by, upload.organization)
    if upload.incident_id or not upload.sha256 or upload.state not in (State.FAILED, State.FINISHED):
        raise Conflict(
            "The columns of this upload cannot be matched now", fix="Look at its page", code="NOT_TO_BE_MATCHED"
        )
    if RowCorrection.objects.filter(pk=upload.pk).exists():
        raise Conflict(
            "This upload corrects rows of another one", fix="Match the columns of that one", code="NOT_TO_BE_MATCHED"
        )


def read_sample(upload: Upload) -> FileSample:
    """Return the first rows of the upload's file. Raises Conflict where it is not kept any more, or has no header."""
    try:
        if not may_be_kept(upload.stored_as):
            raise FileNotFoundError
        with opened(upload.stored_as, sha256=upload.sha256) as path:
            file = sent_file(path, upload.layout.in_year(upload.year), may_be_refused=True)
            if file is None or not any(map(fold_name, file.names)):
                raise Conflict("The file has no header", fix="Look at the page of the upload", code="NO_HEADER")
            rows = list(_first_rows(file))
    except FileNotFoundError:
        raise file_gone(upload.pk, fix="Send it from your computer") from None
    return FileSample(file.names, file.header_row, rows[:SAMPLE_ROWS], len(rows) <= SAMPLE_ROWS)


def _first_rows(file: SentFile) -> Iterator[Sequence[str]]:
    first = file.header_row + 1
    return ([*row.cells, *row.more] for row in file.rows(range(first, first + SAMPLE_ROWS + 1)))


def columns_of(sample: FileSample, layout: Layout) -> list[FileColumn]:
    """Return the columns of a file; `layout` is that of the school year, without a mapping."""
    own, extras = layout.folded_names(), {fold_name(name) for name in layout.known_extras}
    meant = {each.reason.removeprefix("for "): each.value for each in suggest_columns(sample.names, layout)}
    return [
        FileColumn(
            position,
            name,
            _first_values(sample, position),
            own.get(fold_name(name), ""),
            meant.get(name.strip()[:60], ""),
            is_left_out=fold_name(name) in extras,
        )
        for position, name in enumerate(sample.names)
        if fold_name(name)
    ]


def _first_values(sample: FileSample, position: int) -> list[str]:
    # a row with a single cell is a title or a total
    rows = [row for row in sample.rows if sum(map(bool, map(str.strip, row))) > 1] or sample.rows
    cells = (row[position].strip() for row in rows if position < len(row))
    cells = (_FORMULA.sub(r"\1", cell) for cell in cells)
    return [value[:_MAX_VALUE] for value in list(dict.fromkeys(filter(None, cells)))[:_VALUES_SHOWN]]


def suggested_mapping(upload: Upload, sample: FileSample) -> ColumnMapping:
    """Return the mapping that a person begins with: the upload's own, with what the names of the file may mean."""
    layout = upload.type.layout.in_year(upload.year)
    said: Mapping[str, Any] = upload.mapping or {}
    before = ColumnMapping(said.get("columns", {}), said.get("values", {}), tuple(said.get("ignored", ())))
    named = {fold_name(name) for name in before.columns}
    taken = {column for name, column in before.columns.items() if fold_name(name) in map(fold_name, sample.names)}
    new = {
        each.name: each.suggested
        for each in columns_of(sample, layout)
        if each.suggested and fold_name(each.name) not in named and each.suggested not in taken
    }
    return replace_columns(before, before.columns | new)


def replace_columns(mapping: ColumnMapping, columns: Mapping[str, str]) -> ColumnMapping:
    """Return the mapping with other columns."""
    return ColumnMapping(dict(columns), mapping.values, mapping.ignored)


def try_mapping(upload: Upload, sample: FileSample, mapping: ColumnMapping) -> MappingTrial:
    """Return how the mapping reads the first rows; nothing is stored."""
    layout = mapped(upload.type.layout, mapping)
    with in_memory() as (written, path):
        written.write(_as_file(sample))
        written.flush()
        checked = check(
            path,
            layout,
            upload.type.rules,
            focus=Focus(upload.year, upload.organization.pk, upload.organization.name),
            tables=ReferenceDatabase(),
            others=LayoutsInYear(upload.year),
            keeps=upload.type.columns_to_keep(),
        )
    missing = missing_names(sample.names, layout.in_year(upload.year))
    if checked.is_refused:
        return MappingTrial(missing, checked.of_file["message"][0] if missing or sample.rows else "", 0, 0, ())
    return _read(checked, missing, upload)


def _as_file(sample: FileSample) -> bytes:
    text = io.StringIO()
    text.write(LINE_END * (sample.header_row - 1))
    csv.writer(text, lineterminator=LINE_END).writerows([sample.names, *sample.rows])
    return text.getvalue().encode(errors="replace")


def _read(checked: CheckResult, missing: Sequence[str], upload: Upload) -> MappingTrial:
    """Return what of the sample can be read: what rules across rows and the records say is for the whole file."""
    columns = upload.type.layout.columns
    bad, odd = set[int](), Counter[tuple[str, str]]()
    suggested: dict[tuple[str, str], list[str]] = {}
    for part in checked.findings_in_slices():
        errors = part.filter((pl.col("severity") == "error") & (pl.col("row") > 1))
        for each in errors.iter_rows(named=True):
            if each["code"][-3] not in _OF_A_VALUE:
                continue
            bad.add(each["row"])
            column, value = each["column"], each["value"].strip()
            if column in columns and _may_stand_for(value, columns[column]):
                odd[column, value] += 1
                suggested.setdefault((column, value), [found.value for found in from_text(each["suggestions"])])
    values = [OddValue(*key, count, suggested[key]) for key, count in odd.most_common(_MAX_VALUES)]
    of_values = [each for each in checked.causes if each.severity == "error" and each.code[-3] in _OF_A_VALUE]
    most = max(of_values, key=lambda cause: cause.row_count, default=None)
    return MappingTrial(missing, "", checked.row_count, checked.row_count - len(bad), values, most)


def _may_stand_for(value: str, column: Column) -> bool:
    """Whether a value may stand for another one in every row. A day or a number is a mistake of its row, unless it is a
    program's way to write that there is none, such as 00/00/0000 or N/A."""
    if not value or column.personal:
        return False
    return not isinstance(column.type, Day | Number) or not re.search("[1-9]", value)


def with_values_of_findings(tried: MappingTrial, upload: Upload) -> MappingTrial:
    """Return it with the values that the whole file was found to have, where it was checked."""
    columns = upload.type.layout.columns
    known = {(each.column, each.value) for each in tried.odd}
    wrong = upload.findings.filter(severity="error", row__gt=1, code__regex=f"[{_OF_A_VALUE}][0-9][0-9]$")
    named = wrong.filter(column__in=[name for name, of in columns.items() if not of.personal]).exclude(value="")
    found = Counter(dict[tuple[str, str], int]())
    asked: dict[tuple[str, str], str] = {}
    for column, value, suggestions in named.order_by("pk").values_list("column", "value", "suggestions")[:5_000]:
        found[column, value.strip()] += 1
        asked.setdefault((column, value.strip()), suggestions)
    more = [
        OddValue(*key, count, [each.value for each in from_text(asked[key])])
        for key, count in found.most_common(_MAX_VALUES)
        if key not in known and _may_stand_for(key[1], columns[key[0]])
    ]
    return replace(tried, odd=[*tried.odd, *more][:_MAX_VALUES])


@transaction.atomic
def send_matched(upload: Upload, mapping: ColumnMapping, *, is_saved: bool, by: Person) -> Upload:
    """Send the file of an upload again to be read by a mapping, which is saved for later files if asked, and return the
    new upload.

    Raises:
        Refusal: The person may not send files for the organization, or the mapping says nothing.
        Conflict: The file is not kept any more, or its window is not open: then the mapping is not saved either.
    """
    check_may_match(upload, by=by)
    if is_saved:
        save_mapping(organization=upload.organization, file_type=upload.type, mapping=mapping, by=by)
    return send_file_again(upload, mapping=mapping.as_data(), by=by)


def missing_in_words(missing: Sequence[str]) -> str:
    """Return the sentence about columns that are missing; blank where none is."""
    issues = missing_columns(missing, row=1)
    return f"{issues[0].words['columns']} missing" if issues else ""
