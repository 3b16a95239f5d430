"""Rows of an upload that wait for a line of another file: which may, which do, and what became of them."""

from django.http import HttpRequest
from ninja import Query, Router

from tidegate.accounts.models import Scope
from tidegate.api.find_upload import PROBLEMS, check_has_log, find_upload, person_of
from tidegate.api.schemas.uploads import UploadOut
from tidegate.api.schemas.waiting import WaitIn, WaitingOut
from tidegate.uploads.lifecycle.waiting.start_waiting import start_waiting, stop_waiting
from tidegate.uploads.models import Upload

router = Router(tags=["uploads"])


@router.get("/uploads/{int:upload_id}/waiting", response={200: WaitingOut, **PROBLEMS}, summary="Rows that wait")
def get_waiting(
    request: HttpRequest,
    upload_id: int,
    after: int = Query(0, ge=0, le=2**31 - 1),  # type: ignore[type-arg]
) -> WaitingOut:
    """Return which rows may wait, wait, were loaded or wait no more: up to 1,000, from the one after row `after` on.
    409 where there is no Result Log (any more)."""
    found = find_upload(request, upload_id)
    check_has_log(found)
    return WaitingOut.of(found, after=after)


@router.post("/uploads/{int:upload_id}/wait", response={200: UploadOut, **PROBLEMS}, summary="Let rows wait")
def let_rows_wait(request: HttpRequest, upload_id: int, choice: WaitIn) -> UploadOut:
    """Let the rows wait whose only error is a missing line of another file, such as an enrollment: they are loaded by
    themselves, as an upload of their own, when it arrives. 409 where no row can wait."""
    found = find_upload(request, upload_id, Scope.SEND)
    start_waiting(found, by=person_of(request), causes=choice.causes)
    return _as_it_is_now(found)


@router.post("/uploads/{int:upload_id}/stop-waiting", response={200: UploadOut, **PROBLEMS}, summary="Stop waiting")
def stop_rows_waiting(request: HttpRequest, upload_id: int) -> UploadOut:
    """End the wait of all rows of the upload; they may wait again later. 409 where no row waits."""
    found = find_upload(request, upload_id, Scope.SEND)
    stop_waiting(found, by=person_of(request))
    return _as_it_is_now(found)


def _as_it_is_now(upload: Upload) -> UploadOut:
    return UploadOut.of(Upload.objects.select_related("organization", "school_year").get(pk=upload.pk))
