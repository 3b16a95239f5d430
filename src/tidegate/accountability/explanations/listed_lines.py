"""The lines behind a warning, or behind a rule that lines break, each with what was found in the file that it came
with: file, row, value and message.

Nothing is stored for it: what is noted names the version of a line, the version its upload, and the upload's findings
the rule and the student. Why a line does not fit is what the last recheck says.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from psycopg import sql

from tidegate.accountability.explanations.warned_lines import WarningKey
from tidegate.accountability.explanations.warnings_csv import summary_of
from tidegate.accountability.explanations.which_row import of_line
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import FrozenWarning, Snapshot
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.snapshots.findings import lines_found
from tidegate.accounts.reach import no_such
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.core.rules.rule import Severity
from tidegate.records.models import Change, StoredLine
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.reference.models import Organization
from tidegate.uploads.history.line_columns import line_in_words
from tidegate.uploads.models import Finding, Misfit, Upload
from tidegate.uploads.rechecks.misfit_list import records_to_say

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
_OF_RULE = sql.SQL("SELECT version_id FROM ({found}) found WHERE file_type = {file_type} AND code = {code}")
_NOT_WARNED, _FIT_THEN = "the rule did not warn of it when the file was sent", "the line fit when the file was sent"
_FITS_NOW = "the line fits now, or was replaced since the snapshot was taken"


MayView: TypeAlias = Callable[[Organization], bool]
"""Whether the uploads of an office may be seen."""


class ListedLine(NamedTuple):
    """A line that a rule is about, and what was found of it in its file. Of a line with findings about several columns
    there are several.

    `rows` has one number; two and more where a file has several lines of the student and nothing says which is which.
    `came_with` says what the line came with, and why no finding is known where there is none. `file_name` is blank
    where it came with no file, or with an upload that may not be seen.
    """

    student_number: str
    line: str
    version_id: int
    came_with: str
    upload: Upload | None
    file_name: str
    rows: tuple[int, ...]
    column: str
    value: str
    message: str


class LinesBehind(NamedTuple):
    """The lines that a rule is about: how the type's lines are stored, the rule's code, and the versions of the lines,
    in the order of their IDs."""

    lines: StoredLines
    code: str
    records: "QuerySet[StoredLine]"


def lines_behind(snapshot: Snapshot, key: WarningKey, *, reach: Reach) -> LinesBehind:
    """Return the lines of an office and file type that a rule warns of.

    Args:
        snapshot: The snapshot.
        key: The ID of the office, the file type and the rule.
        reach: The IDs of the offices whose lines may be seen; None is all.

    Raises:
        NotFound: The snapshot has none, or the office is out of reach.
    """
    identifier, file_type, code = key
    warned = FrozenWarning.objects.filter(snapshot=snapshot, identifier=identifier, file_type=file_type, code=code)
    if reach is not None and identifier not in reach:
        raise no_such("warning")
    return _behind(file_type, code, warned.values("version_id"), thing="warning")


def lines_breaking(snapshot: Snapshot, file_type: str, code: str, *, reach: Reach) -> LinesBehind:
    """Return the lines of a file type that break a rule: those that the evidence of a signature counts.

    Args:
        snapshot: The snapshot.
        file_type: The file type.
        code: The code of the rule.
        reach: The IDs of the offices whose lines may be seen; None is all.

    Raises:
        NotFound: The snapshot has none of these offices.
    """
    period = find_periods().get(snapshot.period)
    if period is None:
        raise no_such("rule")
    of_rule = _OF_RULE.format(
        found=lines_found(snapshot, period, reach=reach), file_type=sql.Literal(file_type), code=sql.Literal(code)
    )
    return _behind(file_type, code, RawSQL(of_rule.as_string().replace("%", "%%"), ()), thing="rule")  # noqa: S611 - literals


def _behind(file_type: str, code: str, ids: Any, *, thing: str) -> LinesBehind:
    lines = next((each for each in stored_lines() if each.file_type.slug == file_type), None)
    records = records_to_say(lines).filter(pk__in=ids).order_by("pk") if lines else None
    if lines is None or records is None or not records.exists():
        raise no_such(thing)
    return LinesBehind(lines, code, records)


def list_lines(behind: LinesBehind, records: Sequence[StoredLine], *, may_view_upload: MayView) -> list[ListedLine]:
    """Return some of the lines behind a rule, in their order; a few queries, however many. `may_view_upload` says of an
    office whether its uploads may be seen: of others the file's name is left out."""
    lines, code = behind.lines, behind.code
    rule = lines.file_type.rules_by_code().get(code)
    began_with = {record.began_with or 0 for record in records}
    uploads = Upload.objects.select_related("organization", "school_year").in_bulk(began_with)
    offices = {each.organization_id: each.organization for each in uploads.values()}
    known = _Known(
        uploads,
        {number for number, office in offices.items() if may_view_upload(office)},
        Change.objects.in_bulk(began_with - set(uploads)),
        _findings_by_student(code, uploads, {_student_of(lines, each) for each in records}),
        _misfits_by_line(lines, code, records),
        _FITS_NOW if rule is not None and rule.severity is Severity.ERROR else _NOT_WARNED,
    )
    return [listed for record in records for listed in _listed(behind, record, known)]


def lines_csv(behind: LinesBehind, *, may_view_upload: MayView) -> Iterator[bytes]:
    """Yield the lines as CSV in UTF-8, read as they are needed; `may_view_upload` as in `list_lines`."""
    yield csv_lines([HEADER])
    for part in _in_parts(behind):
        listed = list_lines(behind, part, may_view_upload=may_view_upload)
        yield csv_lines(_cells(each, behind.lines.file_type.slug, behind.code) for each in listed)


def student_numbers(behind: LinesBehind) -> Iterator[str]:
    """Yield the numbers of the students whose lines they are, read as they are needed; some come again."""
    for part in _in_parts(behind):
        yield from sorted({_student_of(behind.lines, each) for each in part})


def _in_parts(behind: LinesBehind) -> Iterator[list[StoredLine]]:
    """Yield the lines in their order, some at a time."""
    last = 0
    while part := list(behind.records.filter(pk__gt=last)[:_LINES_PER_PIECE]):
        last = part[-1].pk
        yield part


_Findings: TypeAlias = dict[tuple[int, str], list[Finding]]


class _Known(NamedTuple):
    """What is known of lines: the uploads and changes that they came with, the offices whose uploads may be seen, the
    warnings of these uploads by student, and by line why it does not fit now. `otherwise` is what is said of a line of
    which none of this is known."""

    uploads: dict[int, Upload]
    offices_seen: set[int]
    changes: dict[int, Change]
    findings: _Findings
    misfits: dict[int, list[Misfit]]
    otherwise: str


def _misfits_by_line(lines: StoredLines, code: str, records: Sequence[StoredLine]) -> dict[int, list[Misfit]]:
    found: dict[int, list[Misfit]] = defaultdict(list)
    of_lines = {"file_type": lines.file_type.slug, "code": code, "line_id__in": [each.pk for each in records]}
    for each in Misfit.objects.filter(**of_lines).order_by("pk"):
        found[each.line_id].append(each)
    return found


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


def _listed(behind: LinesBehind, record: StoredLine, known: _Known) -> Iterator[ListedLine]:
    lines, student = behind.lines, _student_of(behind.lines, record)
    began_with = record.began_with or 0
    upload, misfits = known.uploads.get(began_with), known.misfits.get(record.pk, ())
    of_file = of_line(known.findings.get((upload.pk, student), ()), lines, record) if upload else []
    why = _FIT_THEN if misfits else "" if of_file else known.otherwise
    came_with = _came_with(upload, known.changes.get(began_with), why)
    file_name = upload.file_name if upload and upload.organization_id in known.offices_seen else ""
    named = (student, line_in_words(lines, record), record.pk, came_with, upload, file_name)
    for misfit in misfits:
        yield ListedLine(*named, (), misfit.column, "", misfit.message)
    for rows, finding in () if misfits else _by_what_was_found(of_file):
        yield ListedLine(*named, rows, finding.column, finding.value, finding.message)
    if not misfits and not of_file:
        yield ListedLine(*named, (), "", "", summary_of(lines.file_type.slug, behind.code))


def _by_what_was_found(findings: Iterable[Finding]) -> Iterator[tuple[tuple[int, ...], Finding]]:
    alike: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for each in findings:
        alike[each.column, each.value, each.message].append(each)
    for found in alike.values():
        yield tuple(sorted({each.row for each in found if each.row is not None})), found[0]


def _student_of(lines: StoredLines, record: StoredLine) -> str:
    return str(getattr(record, lines.fields[lines.table.student].attname))


def _came_with(upload: Upload | None, change: Change | None, why: str) -> str:
    """Return what a line came with, and why its file has no finding of it, where that is to be said."""
    if upload is None:
        return change.get_kind_display() if change else "Import of the state's lists"
    if why == _NOT_WARNED and upload.log_deleted_at:
        why = "its Result Log was deleted under the state's policy"
    return f"Upload; {why}" if why else "Upload"


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
        listed.file_name,
        " or ".join(map(str, listed.rows)),
        listed.column,
        listed.value,
        listed.message,
    )
