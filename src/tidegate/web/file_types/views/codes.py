"""A code list as a CSV file."""

from django.http import HttpResponseBase

from tidegate.accounts.reach import no_such
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.file_types import find
from tidegate.web.downloads import csv_download
from tidegate.web.file_types.file_type_page import list_code_lists
from tidegate.web.file_types.school_year import chosen_year
from tidegate.web.public import public_requirements
from tidegate.web.requests import PersonRequest


@public_requirements
def codes(request: PersonRequest, slug: str, list_name: str) -> HttpResponseBase:
    """Download the codes that are valid in the school year that the address names: code and title."""
    school_year = chosen_year(request)
    lists = {found.name: found for found in list_code_lists(find(slug), school_year)}
    if list_name not in lists:
        raise no_such("code list")
    rows = ((code.code, code.title) for code in lists[list_name].codes)
    return csv_download(
        [csv_lines([("Code", "Title"), *rows])], f"{list_name.replace('_', '-')}-{school_year.name}.csv"
    )
