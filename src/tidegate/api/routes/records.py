"""The lines on file: as files to correct and send again, and compared with a file."""

from datetime import date
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile
from pydantic import Field

from tidegate.accounts.models import Scope, Token
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.accounts.reach import find_organization
from tidegate.api.authenticate import check_reach, check_scope
from tidegate.api.described_api import gives
from tidegate.api.reached_upload import PROBLEMS
from tidegate.api.schemas import OrganizationId, ReconcileIn, YearName
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find
from tidegate.reference.find_school_year import find_school_year
from tidegate.uploads.lifecycle.export_records import CSV, Asked, find_form, lines_file, note_export, sources_file
from tidegate.uploads.lifecycle.reconcile import as_path, reconcile

router = Router(tags=["records"])
FILE: dict[str, Any] = {"response": {200: Any, **PROBLEMS}, "openapi_extra": gives("text/csv")}
AsOf = Annotated[date | None, Field(description="What was on file at the end of this day; without it, now")]
FormName = Literal["csv", "parquet"]


@router.get("/records/{file_type}", summary="The lines on file", **FILE)
def get_records(
    request: HttpRequest,
    file_type: str,
    school_year: YearName,
    organization: OrganizationId,
    as_of: AsOf = None,
    format: FormName = "csv",  # noqa: A002 - its name in the address
) -> HttpResponse:
    """Return the lines that an organization would send of a file type, in the columns of its upload, as CSV or Parquet.
    The file type `students` has their students."""
    asked, form = _asked(request, school_year, organization, as_of), find_form(format)
    file = asked.find(file_type)
    note_export(asked, form, by=_token(request).person, file=file.name, by_token=True)
    return StreamingHttpResponse(lines_file(file, form), content_type=form.media_type)  # type: ignore[return-value]


@router.get("/records/{file_type}/sources", summary="Where the lines on file came from", **FILE)
def get_record_sources(
    request: HttpRequest,
    file_type: str,
    school_year: YearName,
    organization: OrganizationId,
    as_of: AsOf = None,
    format: FormName = "csv",  # noqa: A002 - its name in the address
) -> HttpResponse:
    """Return where each line of the same question came from: its line in the file, the change, and of an upload its
    file name, time and organization."""
    asked, form = _asked(request, school_year, organization, as_of), find_form(format)
    file = asked.find(file_type)
    note_export(asked, form, by=_token(request).person, file=f"{file.name}_sources", by_token=True)
    return StreamingHttpResponse(sources_file(file, form), content_type=form.media_type)  # type: ignore[return-value]


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
    asked = _asked(request, form.school_year, form.organization, form.as_of)
    with as_path(file) as path:
        found = reconcile(path, find(file_type), asked, by=_token(request).person, by_token=True)
    pieces = found.in_csv() if form.format == CSV.suffix else found.in_json()
    content_type = CSV.media_type if form.format == CSV.suffix else "application/json"
    return StreamingHttpResponse(pieces, content_type=content_type)  # type: ignore[return-value]


def _token(request: HttpRequest) -> Token:
    return cast("Token", request.auth)  # type: ignore[attr-defined]


def _asked(request: HttpRequest, school_year: str, organization: int | str, as_of: date | None) -> Asked:
    """Return what is asked for, where the token and its person may have it: the person may send files for the
    organization."""
    token = _token(request)
    check_scope(token, Scope.READ)
    found = find_organization(token.person, organization)
    check_reach(token, found)
    check_can_send_upload(token.person, found)
    return Asked(SchoolYear(find_school_year(school_year).first), found, as_of)
