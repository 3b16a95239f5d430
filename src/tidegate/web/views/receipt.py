"""The receipt's download, and the key by which receipts are checked."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from tidegate.audit.record import record_event
from tidegate.uploads.receipts.receipt import published_key, receipt_of
from tidegate.web.downloads import download
from tidegate.web.focused import find_upload
from tidegate.web.requests import PersonRequest


def receipt(request: PersonRequest, upload_id: int) -> HttpResponseBase:
    """Download the signed receipt of a finished upload."""
    upload = find_upload(request.user, upload_id)
    document = receipt_of(upload)
    record_event("upload.receipt_downloaded", by=request.user, organization=upload.organization, subject=upload)
    return download([document], f"receipt-{upload.pk}.json", content_type="application/json")


@login_not_required
def receipt_key(_: HttpRequest) -> HttpResponse:
    """Show the public key, to anybody."""
    return HttpResponse(published_key(), content_type="application/x-pem-file")
