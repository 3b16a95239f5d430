"""The rows of an upload that were not loaded, to be corrected on the page; and what was corrected."""

from dataclasses import replace

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tidegate.accounts.permissions import check_can_download_upload, check_can_send_upload
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.uploads.lifecycle.corrections.correct_rows import corrected_cells, rows_as_sent, send_rows
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo, first_upload
from tidegate.uploads.models import RowCorrection, Upload
from tidegate.web.focus import find_upload
from tidegate.web.grid.page import RowsPage, page_as_checked, page_as_typed, page_to_begin, with_plan_seen
from tidegate.web.grid.typed_rows import LOAD, row_numbers, typed_rows
from tidegate.web.pages import number_in, page_of
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.upload_causes import RowNumbers


def correct_rows(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Show rows that were not loaded, check what was typed, or load it and show the new upload."""
    found = find_upload(request.user, upload_id)
    check_can_download_upload(request.user, found.organization)
    check_can_send_upload(request.user, found.organization)
    first = first_upload(found)
    if first.pk != found.pk:
        return redirect("correct_rows", first.pk)
    to_go = RowsToGo.of(first)
    if request.method == "POST":
        return _take(request, to_go)
    to_go.check_open()
    after = number_in(request.GET.get("after", ""))
    return _show(request, page_to_begin(to_go, after=after), act="upload.rows_viewed")


def _take(request: PersonRequest, to_go: RowsToGo) -> HttpResponse:
    file = rows_as_sent(to_go, row_numbers(request.POST))
    typed = typed_rows(request.POST, width=len(file.names)).as_before(file.rows)
    gone: list[int] = []
    try:
        to_go.check_open()
        gone = sorted(typed.cells.keys() - to_go.intersection(sorted(typed.cells)))
        typed = typed.without(gone)
        if gone and not typed.cells:
            raise Conflict("No row of this page is left", fix="See on the page of the upload what is", code="ROW_GONE")
        if typed.act == LOAD and not gone:
            sent = send_rows(to_go.first, with_plan_seen(typed), by=request.user)
            return redirect("upload", sent.pk)
        # What is left of the rows is seen before it is loaded.
        page, status = page_as_checked(to_go, typed, file), 409 if typed.act == LOAD else 200
    except Refusal as refusal:
        page, status = page_as_typed(to_go, typed, file, refusal=refusal.in_full), int(refusal.http_status)
    return _show(request, replace(page, gone=gone), act="upload.rows_checked", status=status)


def _show(request: PersonRequest, page: RowsPage, *, act: str, status: int = 200) -> HttpResponse:
    first = page.to_go.first
    record_event(
        act,
        by=request.user,
        organization=first.organization,
        school_year=first.school_year,
        subject=first,
        row_count=len(page.grid.rows),
    )
    return render(request, "web/uploads/correct_rows.html", {"upload": first, "page": page}, status=status)


@transaction.atomic
def corrections(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Show what a correction has changed: row, column, before and after."""
    found = find_upload(request.user, upload_id)
    check_can_download_upload(request.user, found.organization)
    correction = _correction_of(found)
    cells = corrected_cells(correction)
    page = page_of(RowNumbers(range(len(cells))), request)
    record_event(
        "upload.corrections_viewed",
        by=request.user,
        organization=found.organization,
        school_year=found.school_year,
        subject=found,
    )
    context = {"upload": found, "correction": correction, "page": page, "cells": [cells[at] for at in page]}
    return render(request, "web/uploads/corrections.html", context)


def _correction_of(upload: Upload) -> RowCorrection:
    found = RowCorrection.objects.select_related("upload", "first").filter(pk=upload.pk).first()
    if found is None:
        raise no_such("correction")
    return found
