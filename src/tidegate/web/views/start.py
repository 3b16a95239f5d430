"""The page that one comes to after signing in."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.file_types import find_all
from tidegate.web.focused import last_uploads
from tidegate.web.requests import PersonRequest


def start(request: PersonRequest) -> HttpResponse:
    """Show the file types in the order in which to send them, each with what was sent last."""
    focus = request.focus
    last = last_uploads(focus) if focus else {}
    steps = [{"file_type": found, "last": last.get(slug)} for slug, found in find_all().items()]
    return render(request, "web/start.html", {"focus": focus, "steps": steps})
