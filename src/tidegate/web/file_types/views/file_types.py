"""The list of file types."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.file_types import find_all
from tidegate.web.public import public_requirements
from tidegate.web.requests import PersonRequest


@public_requirements
def file_types(request: PersonRequest) -> HttpResponse:
    """Show every file type, in the order in which to send them."""
    return render(request, "web/file_types/list.html", {"file_types": find_all().values()})
