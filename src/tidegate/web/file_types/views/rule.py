"""The page of a rule: what it checks, how to fix it, and an example."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.file_types import find
from tidegate.web.file_types.rule_tables import example_of, find_rule
from tidegate.web.file_types.school_year import chosen_year
from tidegate.web.public import public_requirements
from tidegate.web.requests import PersonRequest


@public_requirements
def rule(request: PersonRequest, slug: str, code: str) -> HttpResponse:
    """Show a rule that a file of this type can break."""
    file_type = find(slug)
    worded = find_rule(file_type.slug, code.upper(), chosen_year(request))
    context = {
        "file_type": file_type,
        "worded": worded,
        "names": list(file_type.layout.columns),
        "example": example_of(file_type.slug, worded),
    }
    return render(request, "web/file_types/rule.html", context)
