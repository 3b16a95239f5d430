"""What a person decides about rows that may wait for a line of another file."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tidegate.uploads.lifecycle.waiting.start_waiting import start_waiting, stop_waiting
from tidegate.web.focus import find_upload
from tidegate.web.pages import number_in
from tidegate.web.requests import PersonRequest


@require_POST
def let_rows_wait(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Let the rows of the marked causes wait, or all that may, and show the upload again."""
    found = find_upload(request.user, upload_id)
    causes = None if request.POST.get("all") else [number_in(each) for each in request.POST.getlist("cause")]
    start_waiting(found, by=request.user, causes=causes)
    return redirect("upload", upload_id)


@require_POST
def stop_rows_waiting(request: PersonRequest, upload_id: int) -> HttpResponse:
    """End the wait of all rows of the upload, and show it again."""
    stop_waiting(find_upload(request.user, upload_id), by=request.user)
    return redirect("upload", upload_id)
