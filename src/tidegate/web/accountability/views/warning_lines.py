"""The lines behind a warning of a snapshot, or behind a rule that they break, with what was found in the file that each
came with."""

from collections.abc import Iterable
from functools import partial
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.explanations.explain import explains_for
from tidegate.accountability.explanations.listed_lines import (
    LinesBehind,
    ListedLine,
    lines_behind,
    lines_breaking,
    lines_csv,
    list_lines,
    student_numbers,
)
from tidegate.accountability.explanations.warned_lines import WarningKey, warned_lines
from tidegate.accountability.explanations.warnings_csv import office_names, summary_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.snapshots.findings import RuleWithOpenLines, rules_with_open_lines
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_upload
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.records.public_ids import public_ids_in_parts, public_ids_of
from tidegate.web.downloads import csv_download
from tidegate.web.pages import Rows, page_of, text_from
from tidegate.web.reach import VisibleStudent, students_within_reach
from tidegate.web.requests import PersonRequest

_NAMES = ("office", "file_type", "rule")


@transaction.atomic
def snapshot_warning_lines(request: PersonRequest, number: int) -> HttpResponse:
    """Show the lines of the warning that the address names."""
    found, key, behind = _warning_asked_for(request, number)
    shown = _lines_shown("snapshot.warning_lines_viewed", request, found, behind)
    context = {**shown, **_in_words(found, key, request.user), "query": urlencode(dict(zip(_NAMES, key, strict=True)))}
    return render(request, "web/accountability/snapshot_warning_lines.html", context)


@transaction.atomic
def snapshot_warning_lines_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the lines of the warning that the address names as CSV."""
    found, _, behind = _warning_asked_for(request, number)
    return _lines_file("snapshot.warning_lines_downloaded", request, found, behind)


@transaction.atomic
def snapshot_rule_lines(request: PersonRequest, number: int) -> HttpResponse:
    """Show the lines that break the rule that the address names."""
    found, rule, behind = _rule_asked_for(request, number)
    context = {
        **_lines_shown("snapshot.rule_lines_viewed", request, found, behind),
        "rule": rule,
        "summary": summary_of(rule.file_type, rule.code),
        "query": urlencode({"file_type": rule.file_type, "rule": rule.code}),
    }
    return render(request, "web/accountability/snapshot_rule_lines.html", context)


@transaction.atomic
def snapshot_rule_lines_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the lines that break the rule that the address names as CSV."""
    found, _, behind = _rule_asked_for(request, number)
    return _lines_file("snapshot.rule_lines_downloaded", request, found, behind)


def key_in(request: PersonRequest) -> WarningKey:
    """Return the office, the file type and the rule that an address names; blank where it names none."""
    office, file_type, rule = (text_from(request, name) for name in _NAMES)
    return office, file_type, rule


def _warning_asked_for(request: PersonRequest, number: int) -> tuple[Snapshot, WarningKey, LinesBehind]:
    """Return the snapshot, the warning that the address names, and its lines. NotFound where the person may not see
    them."""
    found, reach = find_seen_snapshot(request.user, number)
    key = key_in(request)
    return found, key, lines_behind(found, key, reach=reach)


def _rule_asked_for(request: PersonRequest, number: int) -> tuple[Snapshot, RuleWithOpenLines, LinesBehind]:
    """Return the snapshot, the rule that the address names, and the lines that break it. NotFound where the person may
    not see them."""
    found, reach = find_seen_snapshot(request.user, number)
    _, file_type, code = key_in(request)
    rules = rules_with_open_lines(found, reach=reach)
    rule = next((each for each in rules if (each.file_type, each.code) == (file_type, code)), None)
    if rule is None:
        raise no_such("rule")
    return found, rule, lines_breaking(found, file_type, code, reach=reach)


def _lines_shown(act: str, request: PersonRequest, snapshot: Snapshot, behind: LinesBehind) -> dict[str, object]:
    """Return a page of lines, when the audit log says whose they are."""
    page = page_of(Rows(behind.records, ("pk",)), request)
    listed = list_lines(behind, list(page), may_view_upload=partial(can_view_upload, request.user))
    _record(act, request, snapshot, behind, public_ids_of(each.student_number for each in listed))
    return {"snapshot": snapshot, "lines": _with_links(listed, request.user, snapshot), "page": page}


def _lines_file(act: str, request: PersonRequest, snapshot: Snapshot, behind: LinesBehind) -> HttpResponseBase:
    """Return the lines as CSV, when the audit log says whose they are."""
    for part in public_ids_in_parts(student_numbers(behind)):
        _record(act, request, snapshot, behind, part)
    lines = lines_csv(behind, may_view_upload=partial(can_view_upload, request.user))
    return csv_download(lines, f"snapshot-{snapshot.pk}-{behind.code}-lines.csv")


def _record(act: str, request: PersonRequest, snapshot: Snapshot, behind: LinesBehind, students: list[str]) -> None:
    record_event(
        act,
        by=request.user,
        school_year=snapshot.school_year,
        subject=snapshot,
        file_type=behind.lines.file_type.slug,
        code=behind.code,
        students=students,
    )


def _in_words(snapshot: Snapshot, key: WarningKey, person: Person) -> dict[str, object]:
    """Return what the page says of the warning. One of a rule that blocks signing cannot be explained."""
    identifier, file_type, code = key
    warned = next((each for each in warned_lines(snapshot, reach=[identifier]) if each.key == key), None)
    own = explains_for(person)
    return {
        "identifier": identifier,
        "file_type": file_type,
        "code": code,
        "office": office_names([identifier]).get(identifier, ""),
        "summary": summary_of(file_type, code),
        "warned": warned,
        "may_explain": warned is not None and (own is None or identifier in own),
    }


def _with_links(
    listed: Iterable[ListedLine], person: Person, snapshot: Snapshot
) -> list[tuple[ListedLine, VisibleStudent | None, bool]]:
    """Return lines, each with its student, if the person may see that one, and whether they may open the upload."""
    lines = list(listed)
    seen = students_within_reach({each.student_number for each in lines}, person, snapshot.school_year)
    offices = {each.upload.organization_id: each.upload.organization for each in lines if each.upload}
    opened = {number for number, office in offices.items() if can_view_upload(person, office)}
    return [
        (each, seen.get(each.student_number), bool(each.upload and each.upload.organization_id in opened))
        for each in lines
    ]
