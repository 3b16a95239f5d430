"""Which findings of a file are about a stored line, where the file has several lines of the student."""

import re
from collections.abc import Iterator, Sequence

import polars as pl

from tidegate.core.layouts.identifiers import as_state_has_it
from tidegate.records.models import StoredLine
from tidegate.records.stored_lines import StoredLines, organization_fields
from tidegate.uploads.models import Finding

# Messages quote a cell behind the title of its column: EntryDate "10/5/2020".
_QUOTED = re.compile(r'(\w+) "([^"]*)"')


def of_line(findings: Sequence[Finding], lines: StoredLines, record: StoredLine) -> list[Finding]:
    """Return those of a student's findings that are about a line: of the rows whose school and whose quoted cells are
    the line's. Where these are none, nothing is known, and all stay."""
    if len({each.row for each in findings}) < 2:
        return list(findings)
    return [each for each in findings if _is_about(each, lines, record)] or list(findings)


def _is_about(finding: Finding, lines: StoredLines, record: StoredLine) -> bool:
    """Whether nothing that a finding says is another line's."""
    found = (getattr(record, name) for name in organization_fields(type(record)))
    schools = {str(each.identifier) for each in found if each is not None}
    if finding.school_id and finding.school_id.lstrip("0") not in schools:
        return False
    return all(value == stored for value, stored in _compared(finding, lines, record))


def _compared(finding: Finding, lines: StoredLines, record: StoredLine) -> Iterator[tuple[object, object]]:
    """Yield each cell that a finding quotes, read as the check reads it, and what the line has there. One that a repair
    had to read, and the ID of an organization, are left out."""
    fields = {each.title: each for each in lines.table.columns if not (each.is_organization or each.is_student)}
    for title, text in {(finding.column, finding.value), *_QUOTED.findall(finding.message)}:
        column = lines.layout.columns.get(title)
        if column is not None and title in fields:
            value = pl.select(as_state_has_it(column.type).value(pl.lit(text))).item()
            field = lines.fields[fields[title].row]
            if value is not None and not field.is_relation:
                yield value, getattr(record, field.name)
