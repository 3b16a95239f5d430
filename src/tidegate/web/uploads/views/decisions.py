"""What a person decides about an upload after it was sent: cancel it, release it from hold, or undo it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import check_can_undo_upload
from tidegate.uploads.lifecycle.decisions.undo import preview_undo, undo
from tidegate.uploads.lifecycle.loading.hold import release
from tidegate.uploads.lifecycle.worker.cancel import cancel
from tidegate.uploads.queries.changes import changes_by_id
from tidegate.web.focus import find_upload
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
    """Show what an undo would take back and what it would leave, and why; do it when the button is pressed."""
    found = find_upload(request.user, upload_id)
    check_can_undo_upload(request.user, found.organization)
    if request.method == "POST":
        undo(found, by=request.user)
        return redirect("upload", upload_id)
    foreseen = preview_undo(found)
    changes = changes_by_id((each.change.pk for each in foreseen.later if each.change), person=request.user)
    later = [(changes.get(each.change.pk) if each.change else None, each.student_count) for each in foreseen.later]
    context = {"upload": found, "undoable": foreseen.found, "later": later}
    return render(request, "web/uploads/undo.html", context)
