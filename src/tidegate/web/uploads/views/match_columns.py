"""The page on which the columns and values of an upload's file are matched."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import redirect, render

from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.uploads.lifecycle.receiving.match_columns import (
    check_may_match,
    read_sample,
    send_matched,
    suggested_mapping,
    try_mapping,
    with_values_of_findings,
)
from tidegate.uploads.queries.newer_file import is_superseded
from tidegate.web.focus import find_upload
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.match_columns_page import SEND, mapping_in, matching_page


def match_columns(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Show the columns of the file with what they may be, try what was chosen, or send the file again with it."""
    upload = find_upload(request.user, upload_id)
    check_may_match(upload, by=request.user)
    sample = read_sample(upload)
    mapping = suggested_mapping(upload, sample)
    refusal = ""
    tried = None
    if request.method == "POST":
        try:
            mapping = mapping_in(request.POST, upload.type.layout, mapping)
            tried = try_mapping(upload, sample, mapping)
            if request.POST.get("act") == SEND and not tried.refusal:
                sent = send_matched(upload, mapping, is_saved="save" in request.POST, by=request.user)
                return redirect("upload", sent.pk)
        except Refusal as declined:
            refusal = declined.message
    tried = with_values_of_findings(tried or try_mapping(upload, sample, mapping), upload)
    page = matching_page(upload, sample, mapping, tried)
    if request.method == "POST":
        page = replace(page, is_saved="save" in request.POST)
    if refusal:
        page = replace(page, lead=refusal, mood="bad")
    record_event(
        "upload.columns_viewed",
        by=request.user,
        organization=upload.organization,
        school_year=upload.school_year,
        subject=upload,
        column_count=len(page.columns),
    )
    context = {"upload": upload, "page": page, "is_superseded": is_superseded(upload)}
    return render(request, "web/uploads/match_columns.html", context, status=422 if refusal else 200)
