"""The sample file of a file type."""

from django.http import HttpResponseBase

from tidegate.file_types import find
from tidegate.web.downloads import csv_download
from tidegate.web.focused import school_year_of
from tidegate.web.requests import PersonRequest


def sample_file(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Download the header and an example row, with dates of the focus's school year."""
    file_type = find(slug)
    school_year = school_year_of(request)
    return csv_download([file_type.sample_csv(school_year).encode()], f"{file_type.slug}-sample-{school_year.name}.csv")
