"""The lines on file: as files to correct and send again, and compared with a file."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from tidegate.accounts.models import Scope, Token
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.accounts.reach import find_organization
from tidegate.api.authenticate import check_reach, check_scope
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.uploads import LinesIn, OnFileIn, ReconcileIn
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.output import Form as FileForm
from tidegate.file_types import find
from tidegate.records.exported_lines import ExportedFile
from tidegate.reference.find_school_year import find_school_year
from tidegate.uploads.lifecycle.exports.export_records import (
    CSV,
    PARQUET,
    ExportRequest,
    find_form,
    lines_file,
    note_export,
    sources_file,
)
from tidegate.uploads.lifecycle.exports.reconcile import as_path, reconcile

router = Router(tags=["records"])
FILE: dict[str, Any] = {"response": {200: Any, **PROBLEMS}, "openapi_extra": gives(CSV.media_type, PARQUET.media_type)}


@router.get("/records/{file_type}", summary="The lines on file", **FILE)
def get_records(request: HttpRequest, file_type: str, lines: Query[LinesIn]) -> HttpResponse:
    """Return the lines that an organization would send of a file type, in the columns of its upload, as CSV or Parquet.
    The file type `students` has their students."""
    return _streamed(request, file_type, lines, pieces_of=lines_file)


@router.get("/records/{file_type}/sources", summary="Where the lines on file came from", **FILE)
def get_record_sources(request: HttpRequest, file_type: str, lines: Query[LinesIn]) -> HttpResponse:
    """Return where each line of the same question came from: its line in the file, the change, and of an upload its
    file name, time and organization."""
    return _streamed(request, file_type, lines, pieces_of=sources_file, more="_sources")


@router.post(
    "/records/{file_type}/reconcile",
    response={200: Any, **PROBLEMS},
    openapi_extra=gives("text/csv", and_json=True),
    summary="Compare a file with the lines on file",
)
def reconcile_file(
    request: HttpRequest, file_type: str, form: Form[ReconcileIn], file: File[UploadedFile]
) -> HttpResponse:
    """Return how a file differs from the lines on file, cell by cell: as JSON, or as CSV. Nothing is stored."""
    asked = _asked(request, form)
    with as_path(file) as path:
        found = reconcile(path, find(file_type), asked, by=_token(request).person, by_token=True)
    pieces = found.in_csv() if form.format == CSV.suffix else found.in_json()
    content_type = CSV.media_type if form.format == CSV.suffix else "application/json"
    return StreamingHttpResponse(pieces, content_type=content_type)  # type: ignore[return-value]


def _token(request: HttpRequest) -> Token:
    return cast("Token", request.auth)  # type: ignore[attr-defined]


def _streamed(
    request: HttpRequest,
    file_type: str,
    lines: LinesIn,
    *,
    pieces_of: Callable[[ExportedFile, FileForm], Iterator[bytes]],
    more: str = "",
) -> HttpResponse:
    asked, form = _asked(request, lines), find_form(lines.format)
    file = asked.find(file_type)
    note_export(asked, form, by=_token(request).person, file=f"{file.name}{more}", by_token=True)
    return StreamingHttpResponse(pieces_of(file, form), content_type=form.media_type)  # type: ignore[return-value]


def _asked(request: HttpRequest, lines: OnFileIn) -> ExportRequest:
    """Return what is asked for, where the token and its person may have it: the person may send files for the
    organization."""
    token = _token(request)
    check_scope(token, Scope.READ)
    found = find_organization(token.person, lines.organization)
    check_reach(token, found)
    check_can_send_upload(token.person, found)
    return ExportRequest(SchoolYear(find_school_year(lines.school_year).first), found, lines.as_of)
