"""The findings of an upload, in pages or as a stream."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from tidegate.api.find_upload import PROBLEMS, check_has_log, find_upload, record_act
from tidegate.api.openapi import gives
from tidegate.api.schemas.uploads import FindingOut, FindingsPage, SuggestionOut
from tidegate.core.rules.cause import fix_in_words
from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import from_text
from tidegate.uploads.models import Finding, Upload
from tidegate.uploads.queries.findings import findings_of

router = Router(tags=["uploads"])
FINDINGS: dict[str, Any] = {
    "response": {200: FindingsPage, **PROBLEMS},
    "openapi_extra": gives("application/x-ndjson", and_json=True),
}
_FINDINGS_PER_PAGE = 1000


@router.get("/uploads/{int:upload_id}/findings", summary="The findings", **FINDINGS)
def get_findings(
    request: HttpRequest,
    upload_id: int,
    after: int = Query(0, ge=0, le=2**63 - 1),  # type: ignore[type-arg]
) -> Any:
    """Return findings in pages; with `Accept: application/x-ndjson`, all of them streamed, one JSON object a line. 409
    where there is no Result Log: not yet (`NOT_READY`), or not any more (`LOG_DELETED`), or the upload was cancelled or
    failed (`CANCELLED`, `FAILED`)."""
    upload = find_upload(request, upload_id)
    check_has_log(upload)
    record_act(request, "upload.findings_viewed", upload)
    rules = upload.type.rules_by_code()
    if "application/x-ndjson" in request.headers.get("Accept", ""):
        return StreamingHttpResponse(_lines(upload, rules), content_type="application/x-ndjson")
    found = list(findings_of(upload, after=after)[:_FINDINGS_PER_PAGE])
    next_after = found[-1].pk if len(found) == _FINDINGS_PER_PAGE else None
    return FindingsPage(findings=[_show(finding, rules) for finding in found], next_after=next_after)


def _lines(upload: Upload, rules: Mapping[str, type[Rule]]) -> Iterator[bytes]:
    for finding in findings_of(upload).iterator(chunk_size=5000):
        yield json.dumps(_show(finding, rules).model_dump(), ensure_ascii=False).encode() + b"\n"


def _show(finding: Finding, rules: Mapping[str, type[Rule]]) -> FindingOut:
    names = ("row", "column", "code", "severity", "value", "message")
    rule = rules.get(finding.code)
    return FindingOut(
        **{name: getattr(finding, name) for name in names},
        fix=fix_in_words(finding.code, finding.known, rules),
        who_can_act=str(rule.who_can_act) if rule else "",
        suggestions=[SuggestionOut(**each._asdict()) for each in from_text(finding.suggestions)],
    )
