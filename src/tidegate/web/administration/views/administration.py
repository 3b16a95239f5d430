"""The state's desk: everything that a person may administer, on one page."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.core.errors import NotAllowed
from tidegate.web.administration.desk import sections_for
from tidegate.web.requests import PersonRequest


def administration(request: PersonRequest) -> HttpResponse:
    """Show the sections that the person has, each with what it is for."""
    sections = sections_for(request.user)
    if not sections:
        raise NotAllowed(
            "Your role does not allow you to administer anything",
            fix="Ask the state data team if you should have this role",
        )
    return render(request, "web/administration/administration.html", {"sections": sections})
