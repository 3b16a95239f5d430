"""The counts that the state has published: the same for every token."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.read import (
    all_publications,
    find_publication,
    publication_csv,
)
from tidegate.accounts.models import Scope
from tidegate.api.authenticate import check_scope
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.publications import PublicationOut, PublishedNumbers, reports_of, tables_of

router = Router(tags=["snapshots"])
NUMBERS: dict[str, Any] = {
    "response": {200: PublishedNumbers, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}


@router.get("/publications", response={200: list[PublicationOut], **PROBLEMS}, summary="What was published")
def list_publications(request: HttpRequest) -> list[PublicationOut]:
    """Return all that the state has published, the newest first."""
    check_scope(request.auth, Scope.READ)  # type: ignore[attr-defined]
    return [PublicationOut.of(each) for each in all_publications()]


@router.get("/publications/{number}", summary="Published numbers", **NUMBERS)
def get_publication(request: HttpRequest, number: int) -> Any:
    """Return what was published, small numbers hidden; with `Accept: text/csv` as CSV."""
    check_scope(request.auth, Scope.READ)  # type: ignore[attr-defined]
    found = find_publication(number)
    if "text/csv" in request.headers.get("Accept", ""):
        return StreamingHttpResponse(publication_csv(found), content_type="text/csv; charset=utf-8")
    reports = published_reports(found)
    return PublishedNumbers(
        publication=PublicationOut.of(found), reports=reports_of(reports), tables=tables_of(reports)
    )
