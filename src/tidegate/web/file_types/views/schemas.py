"""A file type for programs of others: its schemas, and the state's lists that hold no students."""

import io
import json
import zipfile

from django.http import HttpResponseBase

from tidegate.core.layouts.schemas import json_schema, table_schema
from tidegate.file_types import find
from tidegate.records.export_folder import public_lists
from tidegate.web.downloads import download
from tidegate.web.file_types.school_year import chosen_year
from tidegate.web.public import public_requirements
from tidegate.web.requests import PersonRequest

_WRITERS = {"schema": json_schema, "tableschema": table_schema}
SCHEMAS = tuple(_WRITERS)
"""The schemas by their names in addresses."""


@public_requirements
def schema(request: PersonRequest, slug: str, name: str) -> HttpResponseBase:
    """Download a schema of the file type, in the school year that the address names."""
    file_type, year = find(slug), chosen_year(request)
    text = json.dumps(_WRITERS[name](file_type.layout, year), indent=2, ensure_ascii=False)
    file_name = f"{file_type.slug}-{year.name}.{name}.json"
    return download([f"{text}\n".encode()], file_name, content_type="application/json")


@public_requirements
def reference_lists(request: PersonRequest) -> HttpResponseBase:  # noqa: ARG001 - a view
    """Download organizations and codes for `tidegate check`, as a ZIP file. It holds no students."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in public_lists():
            # The same lists are the same bytes, so that a cache knows them again.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return download([buffer.getvalue()], "reference.zip", content_type="application/zip")
