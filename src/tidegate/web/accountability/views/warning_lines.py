"""The lines behind a warning of a snapshot, with what was found in the file that each came with."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.explanations.explain import explains_for
from tidegate.accountability.explanations.listed_lines import (
    ListedLine,
    lines_behind,
    lines_csv,
    list_lines,
    student_numbers,
)
from tidegate.accountability.explanations.warned_lines import WarningKey, warned_lines
from tidegate.accountability.explanations.warnings_csv import office_names, summary_of
from tidegate.accountability.models import FrozenWarning, Snapshot
from tidegate.accountability.snapshots.reach import find_seen_snapshot, public_ids_in_parts, public_ids_of
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_upload
from tidegate.audit.record import record_event
from tidegate.web.downloads import csv_download
from tidegate.web.pages import Rows, page_of, text_from
from tidegate.web.reach import VisibleStudent, students_within_reach
from tidegate.web.requests import PersonRequest

_NAMES = ("office", "file_type", "rule")


@transaction.atomic
def snapshot_warning_lines(request: PersonRequest, number: int) -> HttpResponse:
    """Show the lines of the warning that the address names."""
    found, key, behind = _asked_for(request, number)
    page = page_of(Rows(behind, ("pk",)), request)
    listed = list_lines(list(page))
    _record("snapshot.warning_lines_viewed", request, found, key, public_ids_of(each.student_number for each in listed))
    context = {
        "snapshot": found,
        **_in_words(found, key, request.user),
        "lines": _with_links(listed, request.user, found),
        "page": page,
        "query": urlencode(dict(zip(_NAMES, key, strict=True))),
    }
    return render(request, "web/accountability/snapshot_warning_lines.html", context)


@transaction.atomic
def snapshot_warning_lines_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the lines of the warning that the address names as CSV."""
    found, key, behind = _asked_for(request, number)
    for part in public_ids_in_parts(student_numbers(behind)):
        _record("snapshot.warning_lines_downloaded", request, found, key, part)
    return csv_download(lines_csv(behind), f"snapshot-{found.pk}-{key[2]}-lines.csv")


def key_in(request: PersonRequest) -> WarningKey:
    """Return the office, the file type and the rule that an address names; blank where it names none."""
    office, file_type, rule = (text_from(request, name) for name in _NAMES)
    return office, file_type, rule


def _asked_for(request: PersonRequest, number: int) -> tuple[Snapshot, WarningKey, "QuerySet[FrozenWarning]"]:
    """Return the snapshot, the warning that the address names, and its lines. NotFound where the person may not see
    them."""
    found, reach = find_seen_snapshot(request.user, number)
    key = key_in(request)
    return found, key, lines_behind(found, key, reach=reach)


def _record(act: str, request: PersonRequest, snapshot: Snapshot, key: WarningKey, students: list[str]) -> None:
    record_event(
        act,
        by=request.user,
        school_year=snapshot.school_year,
        subject=snapshot,
        file_type=key[1],
        code=key[2],
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
