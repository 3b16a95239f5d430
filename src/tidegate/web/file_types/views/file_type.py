"""The page of a file type: requirements, codes, errors and resolutions, guide."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.file_types import find
from tidegate.web.file_types import file_type_page
from tidegate.web.file_types.rule_tables import list_categories
from tidegate.web.file_types.school_year import chosen_stored_year
from tidegate.web.focus import other_years
from tidegate.web.public import public_requirements
from tidegate.web.requests import PersonRequest


@public_requirements
def file_type(request: PersonRequest, slug: str) -> HttpResponse:
    """Show what a file of this type must look like in the focus's school year."""
    found = find(slug)
    stored_year = chosen_stored_year(request)
    school_year = stored_year.period
    context = {
        "file_type": found,
        "school_year": school_year,
        "stored_year": stored_year,
        "organization": request.focus.organization if request.focus else None,
        "other_years": other_years(school_year),
        "columns": file_type_page.list_columns(found, school_year),
        "code_lists": file_type_page.list_code_lists(found, school_year),
        "categories": list_categories(found.slug, school_year),
        "guide": file_type_page.render_guide(found.slug),
    }
    return render(request, "web/file_types/file_type.html", context)
