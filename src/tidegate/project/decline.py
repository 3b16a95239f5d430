"""The answers to requests that are declined before they are read: as a page, in the box, or for a program."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.template.loader import render_to_string

from tidegate.accounts.rate_limit import add_retry_after
from tidegate.api.problems import say_refusal, say_signed_out
from tidegate.api.urls import is_for_programs
from tidegate.core.errors import Refusal
from tidegate.project.answer_headers import set_headers
from tidegate.project.receive_body import SignedOut
from tidegate.web.dialogs import BOX_ID


def decline(refusal: Refusal, *, path: str, htmx_target: str) -> HttpResponse:
    """Return the answer. It asks neither the database nor the session: many such answers may be needed at once."""
    if isinstance(refusal, SignedOut):
        return set_headers(say_signed_out() if is_for_programs(path) else redirect_to_login(path))
    if is_for_programs(path):
        return set_headers(say_refusal(refusal))
    template = "web/boxes/refusal.html" if htmx_target == BOX_ID else "web/errors/refusal.html"
    page = render_to_string(template, {"heading": refusal.message, "fix": f"{refusal.fix}.", "is_box": True})
    return set_headers(add_retry_after(HttpResponse(page, status=refusal.http_status), refusal))
