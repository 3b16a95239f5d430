"""Turns a Refusal into a page with its HTTP status, and anything else that goes wrong into an incident."""

import logging
import secrets
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

from tidegate.core.errors import Refusal
from tidegate.uploads.lifecycle.worker.incident import describe
from tidegate.web.errors import show_refusal

logger = logging.getLogger(__name__)
NOT_INCIDENTS = (Http404, PermissionDenied, SuspiciousOperation)


class RefusalMiddleware:
    """Answers a Refusal with its sentence and way out; gives a bug an incident ID, which the 500 page names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; what is raised on the way comes to process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a Refusal. Of anything else the class and the calls go to the log with the ID, no text."""
        if isinstance(exception, Refusal):
            return show_refusal(request, exception)
        if not isinstance(exception, NOT_INCIDENTS):
            request.incident_id = secrets.token_hex(5)  # type: ignore[attr-defined]
            logger.error("Incident %s: %s", request.incident_id, describe(exception))  # type: ignore[attr-defined]
        return None
