"""What rules find in the lines of a snapshot that the token's organization has sent: what they warn of, and why these
lines are right, and which rules are broken."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Status

from tidegate.accountability.explanations.explain_warnings import explain_warnings
from tidegate.accountability.explanations.listed_lines import (
    LinesBehind,
    ListedLine,
    lines_behind,
    lines_breaking,
    lines_csv,
    list_lines,
    student_numbers,
)
from tidegate.accountability.explanations.warned_lines import WarnedLines, warned_lines
from tidegate.accountability.explanations.warnings_csv import warnings_csv
from tidegate.accountability.models import Snapshot
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accountability.snapshots.findings import rules_with_open_lines
from tidegate.accounts.models import Token
from tidegate.accounts.permissions import can_view_upload
from tidegate.api.counting_token import counting_token, explaining_token, reach_of_token, record_reading
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.snapshots import (
    BrokenRuleOut,
    LineOfWarningOut,
    LinesOfWarningPage,
    WarnedLinesOut,
    WarningExplanationIn,
)
from tidegate.overview.district import places_of
from tidegate.records.public_ids import public_ids_in_parts, public_ids_of
from tidegate.reference.models import Organization

router = Router(tags=["snapshots"])
WARNINGS: dict[str, Any] = {
    "response": {200: list[WarnedLinesOut], **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}
LINES: dict[str, Any] = {
    "response": {200: LinesOfWarningPage, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}
_LINES_PER_PAGE = 1000
_MAX_ID = 2**63 - 1
_Text = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


@router.get("/snapshots/{number}/warnings", summary="Lines that may be wrong", **WARNINGS)
def list_warnings(request: HttpRequest, number: int) -> Any:
    """Return by office, file type and rule how many lines of the token's organization and its schools a rule warns of,
    with the explanation of each; null is open. With `Accept: text/csv` as CSV."""
    token = counting_token(request)
    found = find_snapshot(number)
    warned = warned_lines(found, reach=reach_of_token(token))
    as_csv = "text/csv" in request.headers.get("Accept", "")
    record_reading("snapshot.counts_downloaded" if as_csv else "snapshot.viewed", found, token)
    if as_csv:
        return StreamingHttpResponse(warnings_csv(warned), content_type="text/csv; charset=utf-8")
    return [_show(each) for each in warned]


@router.get("/snapshots/{number}/warnings/lines", summary="The lines behind a warning", **LINES)
@transaction.atomic
def list_warning_lines(
    request: HttpRequest,
    number: int,
    office: _Text,
    file_type: _Text,
    rule: _Text,
    after: Annotated[int, Query(ge=0, le=_MAX_ID)] = 0,
) -> Any:
    """Return the lines of a warning of the list, each with row, column, value and message of the file that it came
    with, in pages; with `Accept: text/csv`, all of them as CSV."""
    token = counting_token(request)
    found = find_snapshot(number)
    behind = lines_behind(found, (office, file_type, rule), reach=reach_of_token(token))
    return _answer(request, "snapshot.warning_lines", found, token, behind, after)


@router.get(
    "/snapshots/{number}/rules", response={200: list[BrokenRuleOut], **PROBLEMS}, summary="Rules that are broken"
)
def list_broken_rules(request: HttpRequest, number: int) -> list[BrokenRuleOut]:
    """Return the rules that lines of the token's organization and its schools break, and how many lines each; nobody
    can explain these, they are corrected."""
    token = counting_token(request)
    found = find_snapshot(number)
    record_reading("snapshot.viewed", found, token)
    return [
        BrokenRuleOut(
            file_type=each.file_type, rule=each.code, lines=each.line_count, is_blocking_signing=each.is_blocking
        )
        for each in rules_with_open_lines(found, reach=reach_of_token(token))
    ]


@router.get("/snapshots/{number}/rules/lines", summary="The lines that break a rule", **LINES)
@transaction.atomic
def list_rule_lines(
    request: HttpRequest,
    number: int,
    file_type: _Text,
    rule: _Text,
    after: Annotated[int, Query(ge=0, le=_MAX_ID)] = 0,
) -> Any:
    """Return the lines that break a rule of the list, each with column and message, in pages; with `Accept: text/csv`,
    all of them as CSV."""
    token = counting_token(request)
    found = find_snapshot(number)
    behind = lines_breaking(found, file_type, rule, reach=reach_of_token(token))
    return _answer(request, "snapshot.rule_lines", found, token, behind, after)


@router.post(
    "/snapshots/{number}/warnings/explanations",
    response={201: WarnedLinesOut, **PROBLEMS},
    summary="Explain a warning",
)
def explain_warning(request: HttpRequest, number: int, given: WarningExplanationIn) -> Status[WarnedLinesOut]:
    """Say why the lines of a warning of the list are right. It takes a token for `uploads:send`, of somebody who may
    send files for the office. A newer explanation takes the place of an older one."""
    token = explaining_token(request, given.office, thing="warning")
    found, key = find_snapshot(number), (given.office, given.file_type, given.rule)
    explain_warnings(found, key, text=given.text, ends_on=given.ends_on, by=token.person, by_token=True)
    return Status(201, next(_show(each) for each in warned_lines(found, reach=[given.office]) if each.key == key))


def _answer(
    request: HttpRequest, act: str, snapshot: Snapshot, token: Token, behind: LinesBehind, after: int
) -> StreamingHttpResponse | LinesOfWarningPage:
    """Return the lines as the program asked for them, when the audit log says whose they are.

    Args:
        request: The request, which says whether CSV is wanted.
        act: The beginning of the act in the audit log.
        snapshot: The snapshot.
        token: Whose program asks.
        behind: The lines.
        after: The ID of the line behind which a page begins.
    """
    places = places_of(token.organization)

    def may_view_upload(office: Organization) -> bool:
        return office.pk in places and can_view_upload(token.person, office)

    if "text/csv" in request.headers.get("Accept", ""):
        for seen in public_ids_in_parts(student_numbers(behind)):
            _record(f"{act}_downloaded", snapshot, token, behind, seen)
        pieces = lines_csv(behind, may_view_upload=may_view_upload)
        return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    part = list(behind.records.filter(pk__gt=after)[: _LINES_PER_PAGE + 1])
    shown = part[:_LINES_PER_PAGE]
    listed = list_lines(behind, shown, may_view_upload=may_view_upload)
    _record(f"{act}_viewed", snapshot, token, behind, public_ids_of(each.student_number for each in listed))
    return LinesOfWarningPage(
        lines=[_show_line(each) for each in listed], next_after=shown[-1].pk if len(part) > len(shown) else None
    )


def _record(act: str, snapshot: Snapshot, token: Token, behind: LinesBehind, students: list[str]) -> None:
    record_reading(act, snapshot, token, file_type=behind.lines.file_type.slug, code=behind.code, students=students)


def _show(warned: WarnedLines) -> WarnedLinesOut:
    return WarnedLinesOut(
        office=warned.identifier,
        file_type=warned.file_type,
        rule=warned.code,
        lines=warned.line_count,
        explanation=warned.explanation.text if warned.explanation else None,
        explanation_ends_on=warned.explanation.ends_on if warned.explanation else None,
    )


def _show_line(listed: ListedLine) -> LineOfWarningOut:
    return LineOfWarningOut(
        student_number=listed.student_number,
        line_id=listed.version_id,
        line=listed.line,
        came_with=listed.came_with,
        upload=listed.upload.pk if listed.upload else None,
        file_name=listed.file_name or None,
        rows=list(listed.rows),
        column=listed.column,
        value=listed.value,
        message=listed.message,
    )
