"""What rules warn of in the lines of a snapshot that the token's organization has sent."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from tidegate.accountability.explanations.warned_lines import warned_lines
from tidegate.accountability.explanations.warnings_csv import warnings_csv
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.api.counting_token import counting_token, reach_of_token, record_reading
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.snapshots import WarnedLinesOut

router = Router(tags=["snapshots"])
WARNINGS: dict[str, Any] = {
    "response": {200: list[WarnedLinesOut], **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}


@router.get("/snapshots/{number}/warnings", summary="Lines that may be wrong", **WARNINGS)
def list_warnings(request: HttpRequest, number: int) -> Any:
    """Return by office, file type and rule how many lines of the token's organization and its schools a rule warns of,
    with the explanation of each; null is open. With `Accept: text/csv` as CSV."""
    token = counting_token(request)
    found = find_snapshot(number)
    warned = warned_lines(found, reach=reach_of_token(token))
    as_csv = "text/csv" in request.headers.get("Accept", "")
    record_reading("snapshot.counts_downloaded" if as_csv else "snapshot.viewed", found, token)
    if as_csv:
        return StreamingHttpResponse(warnings_csv(warned), content_type="text/csv; charset=utf-8")
    return [
        WarnedLinesOut(
            office=each.identifier,
            file_type=each.file_type,
            rule=each.code,
            lines=each.line_count,
            explanation=each.explanation.text if each.explanation else None,
            explanation_ends_on=each.explanation.ends_on if each.explanation else None,
        )
        for each in warned
    ]
