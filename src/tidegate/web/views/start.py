"""The page that one comes to after signing in."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.file_types import find_all
from tidegate.web.focused import uploads_of
from tidegate.web.requests import PersonRequest


def start(request: PersonRequest) -> HttpResponse:
    """Show the file types in the order in which to send them, each with what was sent last."""
    focus = request.focus
    last = uploads_of(focus).order_by("file_type", "-sent_at").distinct("file_type") if focus else ()
    last_by_type = {upload.file_type: upload for upload in last}
    steps = [{"file_type": found, "last": last_by_type.get(slug)} for slug, found in find_all().items()]
    return render(request, "web/start.html", {"focus": focus, "steps": steps})
