"""Uploads: send a file, ask what became of it, read its findings and its Result Log."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import File, Form, Header, Router, Status
from ninja.files import UploadedFile

from tidegate.accounts.models import Person, Scope
from tidegate.accounts.permissions import check_can_download_upload, check_can_view_upload
from tidegate.accounts.reach import find_organization, no_such
from tidegate.api.authenticate import check_reach, check_scope
from tidegate.api.described_api import gives
from tidegate.api.idempotency import digest_of, run_once
from tidegate.api.schemas import FindingOut, FindingsPage, Problem, SuggestionOut, UploadIn, UploadOut
from tidegate.audit.record import record_event
from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import from_text
from tidegate.reference.find_school_year import find_school_year
from tidegate.uploads.answer_file import answer_file_chunks
from tidegate.uploads.findings import findings_of
from tidegate.uploads.fix_file import fix_file_chunks
from tidegate.uploads.full_log import full_log_csv_chunks
from tidegate.uploads.lifecycle.cancel import cancel
from tidegate.uploads.lifecycle.hold import release
from tidegate.uploads.lifecycle.receive import receive
from tidegate.uploads.lifecycle.undo import undo
from tidegate.uploads.models import Finding, Upload
from tidegate.uploads.receipts.receipt import published_key, receipt_of
from tidegate.uploads.result_log import result_log_chunks

router = Router(tags=["uploads"])
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 507), Problem)
CSV_FILE: dict[str, Any] = {"response": {200: Any, **PROBLEMS}, "openapi_extra": gives("text/csv")}
KEY_FILE: dict[str, Any] = {
    "response": {200: Any, **dict.fromkeys((400, 500, 503), Problem)},
    "openapi_extra": gives("text/plain"),
}
FINDINGS: dict[str, Any] = {
    "response": {200: FindingsPage, **PROBLEMS},
    "openapi_extra": gives("application/x-ndjson", and_json=True),
}
_PAGE = 1000


@router.post("/uploads", response={202: UploadOut, 408: Problem, **PROBLEMS}, summary="Send a file")
def send_upload(
    request: HttpRequest,
    response: HttpResponse,
    form: Form[UploadIn],
    file: File[UploadedFile],
    idempotency_key: str = Header("", alias="Idempotency-Key", max_length=255),  # type: ignore[type-arg]
) -> Status[UploadOut]:
    """Take a file and queue it. With an `Idempotency-Key`, the same request again gives the same upload."""
    token = request.auth  # type: ignore[attr-defined]
    check_scope(token, Scope.SEND)
    organization = find_organization(token.person, form.organization)
    check_reach(token, organization)

    def take() -> Upload:
        return receive(
            file=cast("BinaryIO", file),
            file_name=file.name or "file",
            file_type=form.file_type,
            school_year=find_school_year(form.school_year),
            organization=organization,
            by=token.person,
            check_only=form.check_only,
        )

    if idempotency_key:
        upload = run_once(take, by=token.person, key=idempotency_key, digest=digest_of(form, file))
    else:
        upload = take()
    response["Location"] = f"/api/v1/uploads/{upload.pk}"
    return Status(202, UploadOut.of(upload))


@router.get("/uploads/{int:upload_id}", response={200: UploadOut, **PROBLEMS}, summary="What became of a file")
def get_upload(request: HttpRequest, upload_id: int) -> UploadOut:
    """Return an upload: its state, and once it is finished its counts."""
    return UploadOut.of(_find(request, upload_id))


@router.post("/uploads/{int:upload_id}/cancel", response={200: UploadOut, **PROBLEMS}, summary="Cancel an upload")
def cancel_upload(request: HttpRequest, upload_id: int) -> UploadOut:
    """Cancel an upload that waits, is processed or is on hold; while a worker has it, a moment later. 409 where it has
    ended."""
    return UploadOut.of(cancel(_find(request, upload_id, Scope.SEND), by=_person(request)))


@router.post("/uploads/{int:upload_id}/release", response={200: UploadOut, **PROBLEMS}, summary="Release from hold")
def release_upload(request: HttpRequest, upload_id: int) -> UploadOut:
    """Release an upload that is on hold; whoever sent it cannot. 409 where it is not on hold."""
    return UploadOut.of(release(_find(request, upload_id, Scope.SEND), by=_person(request)))


@router.post("/uploads/{int:upload_id}/undo", response={200: UploadOut, **PROBLEMS}, summary="Undo an upload")
def undo_upload(request: HttpRequest, upload_id: int) -> UploadOut:
    """Withdraw what the upload brought and put back what it replaced. 409 where there is nothing to undo, or the same
    was changed since."""
    return UploadOut.of(undo(_find(request, upload_id, Scope.SEND), by=_person(request)))


@router.get("/uploads/{int:upload_id}/result-log", summary="The Result Log", **CSV_FILE)
def get_result_log(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Return the five-column Result Log as CSV. 409 where the upload has none, or not yet."""
    upload = _find(request, upload_id)
    chunks = result_log_chunks(upload)
    _note(request, "upload.result_log_downloaded", upload)
    return StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")  # type: ignore[return-value]


@router.get("/uploads/{int:upload_id}/receipt", summary="The signed receipt", response={200: Any, **PROBLEMS})
def get_receipt(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Return the receipt of a finished upload; `GET /receipt-key` has the key to check it with."""
    upload = _find(request, upload_id)
    document = receipt_of(upload)
    _note(request, "upload.receipt_downloaded", upload)
    return HttpResponse(document, content_type="application/json")


@router.get("/receipt-key", summary="The key of the receipts", auth=None, **KEY_FILE)
def get_receipt_key(request: HttpRequest) -> HttpResponse:
    """Return the public key (Ed25519, PEM) that receipts are signed with."""
    return HttpResponse(published_key(), content_type="text/plain; charset=utf-8")


@router.get("/uploads/{int:upload_id}/answer-file", summary="The answer file", **CSV_FILE)
def get_answer_file(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Return the answer file of a New State ID upload as CSV."""
    upload = _find(request, upload_id)
    chunks = answer_file_chunks(upload)
    _note(request, "upload.answer_file_downloaded", upload)
    return StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")  # type: ignore[return-value]


@router.get("/uploads/{int:upload_id}/full-log", summary="The full log", **CSV_FILE)
def get_full_log(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Return the full log as CSV: 13 columns, one line per finding. 409 where the upload has none, or not yet."""
    upload = _find(request, upload_id)
    chunks = full_log_csv_chunks(upload)
    _note(request, "upload.full_log_downloaded", upload)
    return StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")  # type: ignore[return-value]


@router.get("/uploads/{int:upload_id}/fix-file", summary="The fix file", **CSV_FILE)
def get_fix_file(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Return the rows that were not loaded, in the file's own columns, with what to fix, as CSV."""
    upload = _find(request, upload_id)
    check_can_download_upload(request.auth.person, upload.organization)  # type: ignore[attr-defined]
    chunks = fix_file_chunks(upload)
    _note(request, "upload.fix_file_downloaded", upload)
    return StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")  # type: ignore[return-value]


@router.get("/uploads/{int:upload_id}/findings", summary="The findings", **FINDINGS)
def get_findings(request: HttpRequest, upload_id: int, after: int = 0) -> Any:
    """Return findings in pages; with `Accept: application/x-ndjson`, all of them streamed, one JSON object a line."""
    upload = _find(request, upload_id)
    _note(request, "upload.findings_viewed", upload)
    rules = upload.type.rules_by_code()
    if "application/x-ndjson" in request.headers.get("Accept", ""):
        return StreamingHttpResponse(_lines(upload, rules), content_type="application/x-ndjson")
    found = list(findings_of(upload, after=after)[:_PAGE])
    next_after = found[-1].pk if len(found) == _PAGE else None
    return FindingsPage(findings=[_show(finding, rules) for finding in found], next_after=next_after)


def _person(request: HttpRequest) -> Person:
    person: Person = request.auth.person  # type: ignore[attr-defined]
    return person


def _find(request: HttpRequest, upload_id: int, scope: Scope = Scope.READ) -> Upload:
    """Return the upload; out of the token's or the person's reach it is as if there were none."""
    token = request.auth  # type: ignore[attr-defined]
    check_scope(token, scope)
    upload = Upload.objects.select_related("organization", "school_year").filter(pk=upload_id).first()
    if upload is None or token.organization_id not in (upload.organization_id, upload.organization.parent_id):
        raise no_such("upload")
    check_can_view_upload(token.person, upload.organization)
    return upload


def _note(request: HttpRequest, act: str, upload: Upload) -> None:
    record_event(act, by=_person(request), organization=upload.organization, subject=upload, by_token=True)


def _lines(upload: Upload, rules: dict[str, type[Rule]]) -> Iterator[bytes]:
    for finding in findings_of(upload).iterator(chunk_size=5000):
        yield json.dumps(_show(finding, rules).model_dump(), ensure_ascii=False).encode() + b"\n"


def _show(finding: Finding, rules: dict[str, type[Rule]]) -> FindingOut:
    names = ("row", "column", "code", "severity", "value", "message")
    rule = rules.get(finding.code)
    return FindingOut(
        **{name: getattr(finding, name) for name in names},
        fix=rule.how_to_fix if rule else "",
        who_can_act=str(rule.who_can_act) if rule else "",
        suggestions=[SuggestionOut(**each._asdict()) for each in from_text(finding.suggestions)],
    )
