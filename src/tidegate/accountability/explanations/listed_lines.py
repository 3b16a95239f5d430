"""The lines behind a warning, each with what was found in the file that it came with: file, row, value and message.

Nothing is stored for it: a noted warning names the version of a line, the version its upload, and the upload's findings
the rule and the student.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db.models import F, Func, QuerySet, TextField, Value

from tidegate.accountability.explanations.warned_lines import WarningKey
from tidegate.accountability.explanations.warnings_csv import summary_of
from tidegate.accountability.explanations.which_row import of_line
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import FrozenWarning, Snapshot
from tidegate.accounts.reach import no_such
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.core.rules.rule import Severity
from tidegate.records.models import Change, StoredLine
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.uploads.history.line_columns import line_in_words
from tidegate.uploads.models import Finding, Upload
from tidegate.uploads.rechecks.misfit_list import records_by_id

HEADER = (
    "StudentNumber",
    "FileType",
    "Rule",
    "Line",
    "LineID",
    "CameWith",
    "Upload",
    "FileName",
    "Row",
    "Column",
    "Value",
    "Message",
)
_LINES_PER_PIECE = 5_000


class ListedLine(NamedTuple):
    """A line that a rule warns of, and what was found of it in its file. Of a line with findings about several columns
    there are several.

    `rows` has one number; two and more where a file has several lines of the student and nothing says which is which.
    `came_with` says what the line came with, and why no finding is known where there is none.
    """

    student_number: str
    line: str
    version_id: int
    came_with: str
    upload: Upload | None
    rows: tuple[int, ...]
    column: str
    value: str
    message: str


def lines_behind(snapshot: Snapshot, key: WarningKey, *, reach: Reach) -> "QuerySet[FrozenWarning]":
    """Return the noted warnings of an office, file type and rule, in the order of `pk`.

    Args:
        snapshot: The snapshot.
        key: The ID of the office, the file type and the rule.
        reach: The IDs of the offices whose lines may be seen; None is all.

    Raises:
        NotFound: The snapshot has none, or the office is out of reach.
    """
    identifier, file_type, code = key
    found = FrozenWarning.objects.filter(snapshot=snapshot, identifier=identifier, file_type=file_type, code=code)
    if (reach is not None and identifier not in reach) or not found.exists():
        raise no_such("warning")
    return found.order_by("pk")


def list_lines(warned: Sequence[FrozenWarning]) -> list[ListedLine]:
    """Return the lines of noted warnings of one file type and rule, in their order; a few queries, however many."""
    lines, records = _records_of(warned)
    if lines is None:
        return []
    began_with = {record.began_with or 0 for record in records.values()}
    uploads = Upload.objects.select_related("organization", "school_year").in_bulk(began_with)
    changes = Change.objects.in_bulk(began_with - set(uploads))
    findings = _findings_by_student(warned[0].code, uploads, {_student_of(lines, each) for each in records.values()})
    return [
        listed
        for each in warned
        if (record := records.get(each.version_id))
        for listed in _listed(
            lines, record, each.code, upload=uploads.get(record.began_with or 0), changes=changes, findings=findings
        )
    ]


def lines_csv(warned: "QuerySet[FrozenWarning]") -> Iterator[bytes]:
    """Yield the lines of noted warnings as CSV in UTF-8, read as they are needed."""
    yield csv_lines([HEADER])
    for part in _in_parts(warned):
        file_type, code = part[0].file_type, part[0].code
        yield csv_lines(_cells(each, file_type, code) for each in list_lines(part))


def student_numbers(warned: "QuerySet[FrozenWarning]") -> Iterator[str]:
    """Yield the numbers of the students whose lines they are, read as they are needed; some come again."""
    for part in _in_parts(warned):
        lines, records = _records_of(part)
        if lines is not None:
            yield from sorted({_student_of(lines, each) for each in records.values()})


def _in_parts(warned: "QuerySet[FrozenWarning]") -> Iterator[list[FrozenWarning]]:
    """Yield noted warnings in their order, some at a time."""
    last = 0
    while part := list(warned.filter(pk__gt=last)[:_LINES_PER_PIECE]):
        last = part[-1].pk
        yield part


def _records_of(warned: Sequence[FrozenWarning]) -> tuple[StoredLines | None, dict[int, StoredLine]]:
    """Return the lines of noted warnings of one file type.

    Returns:
        How the type's lines are stored, None where another release stores them or none is noted; and the lines by ID.
    """
    lines = next((each for each in stored_lines() if warned and each.file_type.slug == warned[0].file_type), None)
    return lines, records_by_id(lines, [each.version_id for each in warned]) if lines else {}


_Findings = dict[tuple[int, str], list[Finding]]


def _findings_by_student(code: str, uploads: Collection[int], students: Collection[str]) -> _Findings:
    """Return the warnings of uploads about students, by upload and student number, in the order of the rows."""
    found: _Findings = defaultdict(list)
    warned = Finding.objects.filter(upload__in=uploads, code=code, severity=Severity.WARNING.value, row__isnull=False)
    # A finding has the number as the file had it, before a repair: 900000001.0.
    parts = (F("student_number"), Value(r"\.0*$|[^0-9]"), Value(""), Value("g"))
    number = Func(*parts, function="regexp_replace", output_field=TextField())
    for each in warned.annotate(number=number).filter(number__in=students).order_by("row", "pk"):
        found[each.upload_id, each.number].append(each)
    return found


def _listed(
    lines: StoredLines,
    record: StoredLine,
    code: str,
    *,
    upload: Upload | None,
    changes: dict[int, Change],
    findings: _Findings,
) -> Iterator[ListedLine]:
    student = _student_of(lines, record)
    of_file = of_line(findings.get((upload.pk, student), ()), lines, record) if upload else []
    came_with = _came_with(upload, changes.get(record.began_with or 0), is_found=bool(of_file))
    named = (student, line_in_words(lines, record), record.pk, came_with, upload)
    for rows, finding in _by_what_was_found(of_file):
        yield ListedLine(*named, rows, finding.column, finding.value, finding.message)
    if not of_file:
        yield ListedLine(*named, (), "", "", summary_of(lines.file_type.slug, code))


def _by_what_was_found(findings: Iterable[Finding]) -> Iterator[tuple[tuple[int, ...], Finding]]:
    alike: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for each in findings:
        alike[each.column, each.value, each.message].append(each)
    for found in alike.values():
        yield tuple(sorted({each.row for each in found if each.row is not None})), found[0]


def _student_of(lines: StoredLines, record: StoredLine) -> str:
    return str(getattr(record, lines.fields[lines.table.student].attname))


def _came_with(upload: Upload | None, change: Change | None, *, is_found: bool) -> str:
    if upload is None:
        return change.get_kind_display() if change else "Import of the state's lists"
    if is_found:
        return "Upload"
    if upload.log_deleted_at:
        return "Upload; its Result Log was deleted under the state's policy"
    return "Upload; the rule did not warn of it when the file was sent"


def _cells(listed: ListedLine, file_type: str, code: str) -> tuple[object, ...]:
    upload = listed.upload
    return (
        listed.student_number,
        file_type,
        code,
        listed.line,
        listed.version_id,
        listed.came_with,
        upload.pk if upload else "",
        upload.file_name if upload else "",
        " or ".join(map(str, listed.rows)),
        listed.column,
        listed.value,
        listed.message,
    )
