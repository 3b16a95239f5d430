"""Files that the browser saves."""

from collections.abc import Iterable

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from tidegate.core.outputs.output import XLSX


def download(chunks: Iterable[bytes], file_name: str, *, content_type: str) -> HttpResponseBase:
    """Return a file to be saved under that name, whatever the browser thinks that it is."""
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def csv_download(chunks: Iterable[bytes], file_name: str) -> HttpResponseBase:
    """Return a CSV file to be saved."""
    return download(chunks, file_name, content_type="text/csv; charset=utf-8")


def xlsx_download(chunks: Iterable[bytes], file_name: str) -> HttpResponseBase:
    """Return a workbook to be saved."""
    return download(chunks, file_name, content_type=XLSX.media_type)
