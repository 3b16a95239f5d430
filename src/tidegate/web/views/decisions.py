"""What a person decides about an upload after it was sent: cancel it, release it from hold, or undo it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_upload, check_can_undo_upload
from tidegate.uploads.lifecycle.cancel import cancel
from tidegate.uploads.lifecycle.hold import release
from tidegate.uploads.lifecycle.undo import LaterUpload, check_can_be_undone, later_uploads, undo
from tidegate.web.focused import find_upload
from tidegate.web.requests import PersonRequest


@require_POST
def cancel_upload(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Cancel the upload and show what became of it."""
    cancel(find_upload(request.user, upload_id), by=request.user)
    return redirect("upload", upload_id)


@require_POST
def release_upload(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Release the upload from hold and show how it goes on."""
    release(find_upload(request.user, upload_id), by=request.user)
    return redirect("upload", upload_id)


def undo_upload(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Show what an undo would do, or who has changed the same since; do it when the button is pressed."""
    found = find_upload(request.user, upload_id)
    check_can_undo_upload(request.user, found.organization)
    if request.method == "POST":
        undo(found, by=request.user)
        return redirect("upload", upload_id)
    check_can_be_undone(found)
    later = [_show(each, to=request.user) for each in later_uploads(found)]
    return render(request, "web/uploads/undo.html", {"upload": found, "later": later})


def _show(later: LaterUpload, *, to: Person) -> dict[str, Any]:
    """Return what the person may know of it: of another organization's upload only whose it is."""
    organization = later.upload.organization if later.upload else None
    return {
        "upload": later.upload,
        "organization": organization,
        "student_count": later.student_count,
        "is_within_reach": organization is not None and can_view_upload(to, organization),
    }
