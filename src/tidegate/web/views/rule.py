"""The page of a rule: what it checks, how to fix it, and an example."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.file_types import find
from tidegate.web.focused import school_year_of
from tidegate.web.requests import PersonRequest
from tidegate.web.rule_tables import example_of, find_rule


def rule(request: PersonRequest, slug: str, code: str) -> HttpResponse:
    """Show a rule that a file of this type can break."""
    file_type = find(slug)
    worded = find_rule(file_type.slug, code.upper(), school_year_of(request))
    context = {
        "file_type": file_type,
        "worded": worded,
        "names": list(file_type.layout.columns),
        "example": example_of(file_type.slug, worded),
    }
    return render(request, "web/file_types/rule.html", context)
