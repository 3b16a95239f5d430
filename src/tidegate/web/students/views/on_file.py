"""The lines on file: to be downloaded, corrected and sent again, and compared with a file."""

from django.http import HttpResponseBase
from django.shortcuts import render

from tidegate.accounts.models import Focus
from tidegate.core.errors import Refusal
from tidegate.uploads.lifecycle.exports.export_records import (
    ExportRequest,
    find_form,
    lines_file,
    note_export,
    read_day,
    sources_file,
)
from tidegate.web.downloads import csv_download, download
from tidegate.web.focus import focus_to_send_for
from tidegate.web.pages import text_from
from tidegate.web.requests import PersonRequest
from tidegate.web.students.forms.reconcile import ReconcileForm, shown

_SOURCES = "_sources"


def on_file(request: PersonRequest) -> HttpResponseBase:
    """Show what can be downloaded of the focus's organization, and compare a file with it."""
    focus = focus_to_send_for(request)
    form = ReconcileForm(request.POST, request.FILES) if request.method == "POST" else ReconcileForm()
    found = form.compare(_asked(focus), by=request.user) if focus.organization and form.is_valid() else None
    if found is not None and "csv" in request.POST:
        return csv_download((piece.encode() for piece in found.in_csv()), "differences.csv")
    context = {
        "focus": focus,
        "form": form,
        "files": [file.name for file in _asked(focus).files()] if focus.organization else [],
        "found": shown(found) if found is not None else None,
    }
    return render(request, "web/students/on_file.html", context, status=form.http_status)


def on_file_download(request: PersonRequest, name: str, suffix: str) -> HttpResponseBase:
    """Download the lines of a file type, or where each came from."""
    focus = focus_to_send_for(request)
    if focus.organization is None:
        raise Refusal("Choose an organization first", fix="Choose it in Change Focus at the top right")
    asked, form = _asked(focus, text_from(request, "as_of")), find_form(suffix)
    file = asked.find(name.removesuffix(_SOURCES))
    pieces = sources_file(file, form) if name.endswith(_SOURCES) else lines_file(file, form)
    note_export(asked, form, by=request.user, file=name)
    return download(pieces, f"{name}.{form.suffix}", content_type=form.media_type)


def _asked(focus: Focus, as_of: str = "") -> ExportRequest:
    return ExportRequest(focus.school_year.period, focus.organization, read_day(as_of))
