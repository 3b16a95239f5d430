"""The Upload File box."""

from django.http import HttpResponse
from django.urls import reverse

from tidegate.accounts.permissions import check_can_send_upload
from tidegate.accounts.rate_limit import add_retry_after
from tidegate.uploads.lifecycle.exports.export_records import count_on_file
from tidegate.web.dialogs import leave_dialog, show_box
from tidegate.web.focus import find_upload, focus_to_send_for
from tidegate.web.pages import number_in
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.forms.upload_file import SendFor, UploadFileForm, choices_in


def upload_file(request: PersonRequest) -> HttpResponse:
    """Show the form and receive the file, then go back to State Reporting Status, where its counts come in; with
    `?follows=` to the page of the new upload, which corrects that one."""
    target = _target(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadFileForm(*sent, target=target, by=request.user, chosen=choices_in(request.GET))
    if form.is_valid() and (upload := form.send()):
        after = reverse("upload", args=[upload.pk]) if target.follows else reverse("state_reporting_status")
        return leave_dialog(request, after)
    context = {
        "heading": "Upload corrected file" if target.follows else "Upload File",
        "form": form,
        "target": target,
        "again": "again" in request.GET and not form.is_bound,
        "on_file": count_on_file(target.organization, target.school_year.period) if target.organization else [],
    }
    box = show_box(request, "web/boxes/upload_file.html", context, status=form.http_status)
    return add_retry_after(box, form.refusal)


def _target(request: PersonRequest) -> SendFor:
    """Return for whom the file is: as the upload that it corrects, or as the focus says."""
    if follows := request.GET.get("follows"):
        upload = find_upload(request.user, number_in(follows))
        check_can_send_upload(request.user, upload.organization)
        return SendFor(upload.organization, upload.school_year, upload)
    focus = focus_to_send_for(request)
    return SendFor(focus.organization, focus.school_year)
