"""The requirements document of a file type as Markdown."""

from django.http import HttpResponseBase

from tidegate.core.layouts.requirements import requirements as draw
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find
from tidegate.reference.find_school_year import find_school_year
from tidegate.web.downloads import download
from tidegate.web.public import public_requirements
from tidegate.web.requests import PersonRequest


@public_requirements
def requirements(request: PersonRequest, slug: str, school_year: str) -> HttpResponseBase:  # noqa: ARG001 - a view
    """Download what a file of this type must look like in that school year."""
    file_type, year = find(slug), SchoolYear(find_school_year(school_year).first)
    text = draw(file_type.layout, year).encode()
    return download(
        [text], f"{file_type.slug}-requirements-{year.name}.md", content_type="text/markdown; charset=utf-8"
    )
