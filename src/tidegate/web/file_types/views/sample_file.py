"""The sample file of a file type."""

from django.http import HttpResponseBase

from tidegate.file_types import find
from tidegate.web.downloads import csv_download
from tidegate.web.file_types.school_year import chosen_year
from tidegate.web.public import public_requirements
from tidegate.web.requests import PersonRequest


@public_requirements
def sample_file(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Download the header and an example row, with dates of the school year that the address names."""
    file_type = find(slug)
    school_year = chosen_year(request)
    return csv_download([file_type.sample_csv(school_year).encode()], f"{file_type.slug}-sample-{school_year.name}.csv")
