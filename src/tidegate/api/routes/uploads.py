"""Uploads: send a file, ask what became of it, decide about it."""

import json
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from tidegate.accounts.models import Scope
from tidegate.accounts.reach import find_organization
from tidegate.api.authenticate import check_reach, check_scope
from tidegate.api.find_upload import PROBLEMS, check_has_log, find_upload, person_of, record_act
from tidegate.api.idempotency import digests_of, run_once
from tidegate.api.schemas.uploads import (
    ChoiceIn,
    IdempotencyKey,
    MovedLineOut,
    MovedOut,
    NothingIn,
    Problem,
    UndoneOut,
    UploadIn,
    UploadOut,
    WithdrawalIn,
)
from tidegate.core.errors import Refusal
from tidegate.core.layouts.mapping import mapping_from
from tidegate.file_types import find
from tidegate.reference.find_school_year import find_school_year
from tidegate.uploads.lifecycle.decisions.nothing_to_report import report_nothing
from tidegate.uploads.lifecycle.decisions.undo import undo_parts
from tidegate.uploads.lifecycle.loading.hold import release
from tidegate.uploads.lifecycle.receiving.receive import SendOptions, receive
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing, load_checked, withdraw_missing
from tidegate.uploads.lifecycle.worker.cancel import cancel
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.plan_differences import moved_lines

router = Router(tags=["uploads"])
_MAX_MOVED_LINES = 1_000


@router.post("/uploads", response={202: UploadOut, 408: Problem, **PROBLEMS}, summary="Send a file")
def send_upload(
    request: HttpRequest,
    response: HttpResponse,
    form: Form[UploadIn],
    file: File[UploadedFile],
    idempotency_key: IdempotencyKey = "",
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
            options=SendOptions(
                missing=form.missing, complete=form.complete, mapping=_mapping_in(form), let_wait=form.let_wait
            ),
        )

    if idempotency_key:
        upload = run_once(take, by=token.person, key=idempotency_key, digests=digests_of(form, file))
    else:
        upload = take()
    response["Location"] = f"/api/v1/uploads/{upload.pk}"
    return Status(202, UploadOut.of(upload))


def _mapping_in(form: UploadIn) -> dict[str, Any] | None:
    """Return the mapping that is sent with a file; None where none is. Raises a Refusal where it cannot be."""
    if not form.mapping.strip():
        return None
    try:
        said = json.loads(form.mapping)
    except (ValueError, RecursionError):
        raise Refusal(
            "The mapping is no JSON", fix='Send it as {"columns": {"Name": "Column"}}', code="MAPPING"
        ) from None
    return mapping_from(said, find(form.file_type).layout).as_data()


@router.get("/uploads/{int:upload_id}", response={200: UploadOut, **PROBLEMS}, summary="The result of an upload")
def get_upload(request: HttpRequest, upload_id: int) -> UploadOut:
    """Return an upload: its state, and once it is finished its counts."""
    return UploadOut.of(find_upload(request, upload_id))


@router.post("/uploads/{int:upload_id}/cancel", response={200: UploadOut, **PROBLEMS}, summary="Cancel an upload")
def cancel_upload(request: HttpRequest, upload_id: int) -> UploadOut:
    """Cancel an upload that waits, is processed or is on hold; while a worker has it, a moment later. 409 where it has
    ended."""
    return UploadOut.of(cancel(find_upload(request, upload_id, Scope.SEND), by=person_of(request)))


@router.post("/uploads/{int:upload_id}/release", response={200: UploadOut, **PROBLEMS}, summary="Release from hold")
def release_upload(request: HttpRequest, upload_id: int) -> UploadOut:
    """Release an upload that is on hold; whoever sent it cannot. 409 where it is not on hold."""
    return UploadOut.of(release(find_upload(request, upload_id, Scope.SEND), by=person_of(request)))


@router.post("/uploads/{int:upload_id}/undo", response={200: UndoneOut, **PROBLEMS}, summary="Undo an upload")
def undo_upload(request: HttpRequest, upload_id: int) -> UndoneOut:
    """Withdraw what the upload brought and put back what it replaced, as far as nobody has changed it since; `undo`
    says what was taken back and what stays. 409 where there is nothing to undo, or all of it was changed since."""
    return UndoneOut.of_undone(undo_parts(find_upload(request, upload_id, Scope.SEND), by=person_of(request)))


@router.post("/uploads/{int:upload_id}/load", response={202: UploadOut, **PROBLEMS}, summary="Load what was checked")
def load_upload(request: HttpRequest, upload_id: int) -> Status[UploadOut]:
    """Load the file of a check-only upload, as a new upload: exactly what the check has planned, or nothing and a new
    plan where what is on file has changed since. 409 where it is no check, or its file is not kept any more."""
    return Status(202, UploadOut.of(load_checked(find_upload(request, upload_id, Scope.SEND), by=person_of(request))))


@router.get(
    "/uploads/{int:upload_id}/moved", response={200: MovedOut, **PROBLEMS}, summary="What moved since the check"
)
def get_moved(request: HttpRequest, upload_id: int) -> MovedOut:
    """Return which rows and lines the plan treats in another way than the check that was to be loaded; none where the
    upload follows no check, or the plan is the same. 409 where one of the two has no Result Log (any more)."""
    found = find_upload(request, upload_id)
    check_has_log(found)
    if found.plan_has_moved and found.follows:
        check_has_log(found.follows)
    moved = moved_lines(found, count=_MAX_MOVED_LINES)
    record_act(request, "upload.changes_viewed", found)
    lines = [MovedLineOut(**line._asdict()) for line in moved.lines] if moved else []
    return MovedOut(line_count=moved.line_count if moved else 0, lines=lines)


@router.post(
    "/uploads/{int:upload_id}/missing", response={202: UploadOut, **PROBLEMS}, summary="Choose what is missing"
)
def choose_upload_missing(request: HttpRequest, upload_id: int, choice: ChoiceIn) -> Status[UploadOut]:
    """Send the file again, as a new upload, with the choice what becomes of lines on file that it leaves out. It is
    check-only where the first one was, or where a newer file was loaded since: load it then by `/load`."""
    found = find_upload(request, upload_id, Scope.SEND)
    return Status(202, UploadOut.of(choose_missing(found, choice.missing, rows=choice.rows, by=person_of(request))))


@router.post(
    "/uploads/{int:upload_id}/withdraw", response={202: UploadOut, **PROBLEMS}, summary="Withdraw what is missing"
)
def withdraw_upload_missing(request: HttpRequest, upload_id: int, withdrawal: WithdrawalIn) -> Status[UploadOut]:
    """Withdraw lines on file that an upload leaves out, all or some, as a new upload without a file. 409 where a newer
    file was loaded since, which may have them."""
    found = find_upload(request, upload_id, Scope.SEND)
    sent = withdraw_missing(found, withdrawal.lines, reason=withdrawal.reason, by=person_of(request))
    return Status(202, UploadOut.of(sent))


@router.post("/nothing-to-report", response={201: UploadOut, **PROBLEMS}, summary="Nothing to report")
def send_nothing_to_report(request: HttpRequest, said: NothingIn) -> Status[UploadOut]:
    """Say that a school has nothing to report of a file type: an act with a receipt, like an upload. 409 where lines of
    the school are on file."""
    token = request.auth  # type: ignore[attr-defined]
    check_scope(token, Scope.SEND)
    organization = find_organization(token.person, said.organization)
    check_reach(token, organization)
    act = report_nothing(
        organization=organization,
        school=find_organization(token.person, said.school),
        file_type=said.file_type,
        school_year=find_school_year(said.school_year),
        by=token.person,
    )
    return Status(201, UploadOut.of(act))
