"""The pages of what is declined, not found, or our fault."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tidegate.accounts.models import Person
from tidegate.accounts.rate_limit import RateLimited, add_retry_after
from tidegate.accounts.sign_ins import record_pause
from tidegate.core.errors import NotAllowed, NotFound, Refusal

UNKNOWN_PAGE = NotFound("There is no such page", fix="It does not exist, or it belongs to another organization.")
FORBIDDEN = NotAllowed("You may not do this", fix="Go back, reload the page and try again.")
BAD_REQUEST = Refusal(
    "The browser sent something that could not be read", fix="Go back, reload the page and try again."
)
TOO_MANY = RateLimited("Too many tries in a short time", fix="Wait a minute and try again.", retry_after_seconds=60)


def show_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page of a request that is declined: its sentence and the way out, with its HTTP status."""
    fix = f"{refusal.fix.removesuffix('.')}." if refusal.fix else ""
    context = {"heading": refusal.message, "fix": fix}
    page = render(request, "web/errors/refusal.html", context, status=refusal.http_status)
    return add_retry_after(page, refusal)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """Return the page for a request that Django cannot read."""
    return show_refusal(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Return the page for what is not allowed, a form without its token included."""
    return show_refusal(request, FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Return the page for an address that leads nowhere."""
    return show_refusal(request, UNKNOWN_PAGE)


def too_many(request: HttpRequest) -> HttpResponse:
    """Return the page for somebody who tries too often; django-allauth counts what needs a password."""
    if isinstance(request.user, Person):
        record_pause(request.user, reason="too many tries")
    return show_refusal(request, TOO_MANY)


def internal_error(request: HttpRequest) -> HttpResponse:
    """Return the page for a bug. It asks neither the database nor the session: either may be what is broken."""
    incident_id = getattr(request, "incident_id", "") or secrets.token_hex(5)
    return HttpResponse(render_to_string("web/errors/our_fault.html", {"incident_id": incident_id}), status=500)
