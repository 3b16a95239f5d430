"""The page of an upload."""

from dataclasses import replace

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import (
    can_cancel_upload,
    can_download_upload,
    can_release_upload,
    can_send_upload,
    can_undo_upload,
)
from tidegate.audit.record import record_event
from tidegate.reference.models import Organization
from tidegate.uploads.late_uploads import allowance_of
from tidegate.uploads.lifecycle.decisions.undo import can_be_undone
from tidegate.uploads.lifecycle.worker.progress import progress_of
from tidegate.uploads.models import State, Upload
from tidegate.uploads.queries.changes import SeenChange, undos_of
from tidegate.uploads.queries.duplicate_files import sent_before
from tidegate.uploads.queries.expected_end import expected_end
from tidegate.uploads.queries.findings import file_finding
from tidegate.uploads.queries.newer_file import is_superseded, newest_file_sent_after
from tidegate.uploads.queries.related_rows import DECISIONS, LATE_ALLOWANCE, note_absent_parts
from tidegate.uploads.queries.upload_source import UploadSource
from tidegate.uploads.queries.waiting_rows import note_waits_of
from tidegate.uploads.rechecks.misfits import unfit_after
from tidegate.web.focus import ask_again, find_upload
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.corrections import held_rows, may_correct, note_undecided
from tidegate.web.uploads.download_time import time_in_words
from tidegate.web.uploads.next_step import next_step, with_lines_left_out, with_rows_to_go
from tidegate.web.uploads.outputs import buttons, outputs_of
from tidegate.web.uploads.plan_page import (
    moved_part,
    planned_parts,
    rows_to_choose,
    shown_changes,
)
from tidegate.web.uploads.upload_causes import shown_causes
from tidegate.web.uploads.upload_summary import UNKNOWN_COLUMN, summarize
from tidegate.web.uploads.waiting import waiting_part


@transaction.atomic
def upload(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Show what became of the upload; to htmx, which asks again until it has ended, without the
    page around it."""
    found = find_upload(request.user, upload_id)
    note_absent_parts(found)
    prefetch_related_objects([found], "finding_counts")
    note_undecided([found])
    waits = note_waits_of(found)
    causes, outputs = shown_causes(found, by=request.user), outputs_of(found, by=request.user)
    has_plan = bool(found.plan_sha256) and found.has_log
    is_closed = found.school_year.closed_at is not None
    to_choose = rows_to_choose(found) if has_plan and found.error_count and not is_closed else []
    undos = undos_of([found.pk], person=request.user).get(found.pk, []) if _has_changed_something(found) else []
    parts = planned_parts(found) if has_plan else []
    open_count = sum(part.open_count for part in parts)
    newer_sent = newest_file_sent_after(found) if open_count else None
    left_out_count = 0 if newer_sent else open_count
    to_fix = [shown.cause for shown in causes.to_fix]
    next_up, to_go = next_step(found, by=request.user, waits_for_choice=bool(to_choose), causes=to_fix)
    unknown_count = sum(cause.code == UNKNOWN_COLUMN for cause in to_fix)
    said = summarize(found, finding=file_finding(found), unknown_count=unknown_count)
    context = {
        "upload": found,
        "summary": with_rows_to_go(said, to_go),
        "next_step": replace(next_up, actions=()) if is_closed else with_lines_left_out(next_up, left_out_count),
        "is_year_closed": is_closed,
        "sent_before": sent_before(found),
        "late": None if LATE_ALLOWANCE in found.has_no else allowance_of(found),
        **causes._asdict(),
        "is_settled": bool(found.error_count) and not found.error_count_to_fix and not found.warning_count,
        "ask_again": ask_again([found]),
        "progress": (progress := progress_of(found)),
        "expected_end": expected_end(found, progress) if progress else None,
        "held_rows": held_rows(found),
        "waiting": waiting_part(found, waits, by=request.user),
        "may_correct": not is_closed and may_correct(request.user, found),
        "may": _may(request.user, found),
        "decisions": () if DECISIONS in found.has_no else found.decisions.select_related("by"),
        "unfit_count": _unfit_count(found, undos),
        "undone_in_part": [] if found.state == State.UNDONE else undos,
        "full_log_time": time_in_words(UploadSource(found).finding_count),
        "outputs": [output.python_name for output in outputs],
        "output_buttons": buttons(outputs, found),
        "changes": found.changes if has_plan else None,
        "changes_seen": shown_changes(found) if has_plan else [],
        "moved": moved_part(found) if has_plan else None,
        "is_planned": found.check_only or found.state == State.ON_HOLD,
        "parts": parts,
        "rows_to_choose": to_choose,
        "newer_sent": newer_sent,
        "is_superseded": bool(to_choose) and is_superseded(found),
        "schools_left_out": _names_of(found.schools_left_out),
        "may_send": not is_closed and can_send_upload(request.user, found.organization),
        "may_download": found.stored_as and can_download_upload(request.user, found.organization),
    }
    _note_viewed(
        request,
        found,
        has_findings=bool(causes.to_fix or causes.notices or context["held_rows"]),
        has_lines=bool(context["moved"]) or any(part.lines for part in parts),
    )
    return render(request, f"web/uploads/{'outcome' if request.htmx else 'upload'}.html", context)


def _note_viewed(request: PersonRequest, upload: Upload, *, has_findings: bool, has_lines: bool) -> None:
    """Record that the page has shown something of students: findings and held rows, or lines of the plan."""
    for act, is_shown in (("upload.findings_viewed", has_findings), ("upload.changes_viewed", has_lines)):
        if is_shown:
            record_event(act, by=request.user, organization=upload.organization, subject=upload)


def _has_changed_something(upload: Upload) -> bool:
    """Whether there may be something to undo. Uploads of before changes were counted may all have."""
    counts = (upload.added_count, upload.replaced_count, upload.withdrawn_count)
    return any(counts) or upload.changes is None


def _names_of(organizations: list[int]) -> list[str]:
    return list(Organization.objects.filter(pk__in=organizations).order_by("name").values_list("name", flat=True))


def _unfit_count(upload: Upload, undos: list[SeenChange]) -> int:
    """Return how many lines of other file types no longer fit since lines were withdrawn, by hand or by an undo."""
    return unfit_after(upload) if undos or upload.reason else 0


def _may(person: Person, upload: Upload) -> dict[str, bool]:
    """Return what the person can decide about the upload as it is now."""
    is_on_hold, is_open = upload.state == State.ON_HOLD, upload.school_year.closed_at is None
    may_release = is_on_hold and is_open and upload.sent_by_id != person.pk
    return {
        "cancel": (upload.is_busy or is_on_hold) and can_cancel_upload(person, upload.organization),
        "release": may_release and can_release_upload(person, upload.organization),
        "undo": is_open and can_be_undone(upload) and can_undo_upload(person, upload.organization),
    }
