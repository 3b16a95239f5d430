"""The Upload File box."""

from django.http import HttpResponse
from django.urls import reverse

from tidegate.accounts.rate_limit import add_retry_after
from tidegate.web.dialogs import leave_dialog, show_box
from tidegate.web.focused import focus_to_send_for
from tidegate.web.forms.upload_file import UploadFileForm
from tidegate.web.requests import PersonRequest


def upload_file(request: PersonRequest) -> HttpResponse:
    """Show the form and receive the file, then go back to State Reporting Status, where its counts come in."""
    focus = focus_to_send_for(request)
    form = UploadFileForm(request.POST, request.FILES) if request.method == "POST" else UploadFileForm()
    if form.is_valid() and form.send(focus, by=request.user):
        return leave_dialog(request, reverse("state_reporting_status"))
    context = {"heading": "Upload File", "form": form, "focus": focus}
    box = show_box(request, "web/boxes/upload_file.html", context, status=form.http_status)
    return add_retry_after(box, form.refusal)
