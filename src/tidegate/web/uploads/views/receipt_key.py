"""The key by which receipts are checked."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from tidegate.uploads.receipts.receipt import published_key


@login_not_required
def receipt_key(_: HttpRequest) -> HttpResponse:
    """Show the public key, to anybody."""
    return HttpResponse(published_key(), content_type="application/x-pem-file")
