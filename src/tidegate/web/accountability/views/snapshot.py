"""A snapshot: its numbers, the students behind each, and how it goes on."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accountability.counting.counted_students import DIMENSIONS, names_in, students_counted_in
from tidegate.accountability.models import Certificate, Publication, Snapshot, SnapshotState
from tidegate.accountability.outputs.counted_students_table import counted_students_csv
from tidegate.accountability.outputs.counts import counts_csv, reports_of
from tidegate.accountability.outputs.counts_workbook import counts_xlsx
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.reports.student_count import MISSING, name_of_dimension
from tidegate.accountability.snapshots.content import content_of
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.accountability.snapshots.transitions import MAX_REASON_LENGTH, reopen_snapshot, review_snapshot
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import (
    can_approve_snapshots,
    can_certify_snapshots,
    can_make_department_files,
    can_publish_snapshots,
    can_reopen_snapshots,
    can_take_snapshots,
    check_can_reopen_snapshots,
    check_can_take_snapshots,
)
from tidegate.audit.record import record_event
from tidegate.core.errors import NotFound
from tidegate.core.layouts.state_package import present_state
from tidegate.records.public_ids import public_ids_of
from tidegate.web.accountability.plotted_counts import PlottedCounts
from tidegate.web.accountability.students_of_number import record_students, students_download
from tidegate.web.downloads import csv_download, download, xlsx_download
from tidegate.web.pages import page_by_number, text_from
from tidegate.web.requests import PersonRequest


def snapshot(request: PersonRequest, number: int) -> HttpResponse:
    """Show the numbers of a snapshot, of the person's own organizations."""
    found, reach = find_seen_snapshot(request.user, number)
    reports = [
        # One that needs a definition has a page of its own.
        (report, [] if report.needs_definition else [PlottedCounts(each) for each in report.tables(found, reach=reach)])
        for _, report in reports_of(found)
    ]
    record_event("snapshot.viewed", by=request.user, school_year=found.school_year, subject=found)
    context = {
        "snapshot": found,
        "moves": found.moves.select_related("by").order_by("pk"),
        "reports": reports,
        "is_whole_state": reach is None,
        "may_make_department_files": can_make_department_files(request.user),
        "signatures": found.signatures.order_by("pk"),
        "has_certificate": Certificate.objects.filter(snapshot=found).exists(),
        **_moves(request.user, found),
        "may_publish": can_publish_snapshots(request.user) and found.state != SnapshotState.OPEN,
        "publications": Publication.objects.filter(snapshot=found).order_by("pk"),
        "max_reason_length": MAX_REASON_LENGTH,
    }
    return render(request, "web/accountability/snapshot.html", context)


def _moves(person: Person, snapshot: Snapshot) -> dict[str, bool]:
    """Return what a person may do with a snapshot as it is."""
    is_period = snapshot.period in find_periods()
    moves = (
        ("may_review", SnapshotState.REVIEWED, can_take_snapshots),
        ("may_certify", SnapshotState.CERTIFIED, can_certify_snapshots),
        ("may_approve", SnapshotState.APPROVED, can_approve_snapshots),
        ("may_close", SnapshotState.CLOSED, can_take_snapshots),
        ("may_reopen", SnapshotState.OPEN, can_reopen_snapshots),
    )
    return {name: is_period and snapshot.may_become(state) and is_allowed(person) for name, state, is_allowed in moves}


def snapshot_counts(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the numbers of a snapshot as CSV."""
    found, reach = find_seen_snapshot(request.user, number)
    record_event("snapshot.counts_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return csv_download(counts_csv(found, reach=reach), f"snapshot-{found.pk}.csv")


def snapshot_book(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the numbers of a snapshot as a workbook."""
    found, reach = find_seen_snapshot(request.user, number)
    record_event("snapshot.counts_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return xlsx_download(counts_xlsx(found, reach=reach), f"snapshot-{found.pk}.xlsx")


@transaction.atomic
def snapshot_students(request: PersonRequest, number: int) -> HttpResponse:
    """Show the students behind a number: those with the values that the address names."""
    found, reach = find_seen_snapshot(request.user, number)
    chosen = {name: text_from(request, name) for name in DIMENSIONS if name in request.GET}
    page = page_by_number(
        lambda start, limit: list(students_counted_in(found, chosen, reach=reach, start=start, limit=limit)), request
    )
    organizations, programs = names_in(found)
    names = {"school": organizations, "sau": organizations, "program": programs}
    by = [
        (name_of_dimension(name), names.get(name, {}).get(key, key) if key else present_state().in_words(MISSING[name]))
        for name, key in chosen.items()
    ]
    shown = [
        (each, organizations.get(each.school, each.school), programs.get(each.program, each.program),
         organizations.get(each.sau, each.sau))
        for each in page
    ]  # fmt: skip
    seen = public_ids_of(each.number for each in page)
    record_students("snapshot.students_viewed", request.user, found, by_values_of=sorted(chosen), students=seen)
    context = {"snapshot": found, "by": by, "students": shown, "page": page, "query": request.GET.urlencode()}
    return render(request, "web/accountability/snapshot_students.html", context)


@transaction.atomic
def snapshot_students_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the students behind a number as CSV."""
    found, reach = find_seen_snapshot(request.user, number)
    chosen = {name: text_from(request, name) for name in DIMENSIONS if name in request.GET}
    return students_download(
        request.user,
        found,
        lambda: students_counted_in(found, chosen, reach=reach),
        by_values_of=sorted(chosen),
        write=counted_students_csv,
        named="students",
    )


def snapshot_content(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download all that was frozen: the text that the hash is over."""
    found, reach = find_seen_snapshot(request.user, number)
    if reach is not None:
        raise NotFound("Only who may see the students of the whole state can have all of a snapshot")
    record_event("snapshot.content_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return download(content_of(found), f"snapshot-{found.pk}.txt", content_type="text/plain; charset=utf-8")


@require_POST
def review(request: PersonRequest, number: int) -> HttpResponse:
    """Say that the numbers are right."""
    check_can_take_snapshots(request.user)
    found, _ = find_seen_snapshot(request.user, number)
    review_snapshot(found, by=request.user)
    return redirect("snapshot", number)


@require_POST
def reopen(request: PersonRequest, number: int) -> HttpResponse:
    """Take the snapshot back, so that another one can be taken."""
    check_can_reopen_snapshots(request.user)
    found, _ = find_seen_snapshot(request.user, number)
    reopen_snapshot(found, reason=request.POST.get("reason", ""), by=request.user)
    return redirect("snapshot", number)
