"""The current request, for events and log lines."""

import logging
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tidegate.accounts.addresses import address_of
from tidegate.audit.origin import Origin, clean_agent, origin, request_id, within_request

HEADER = "X-Request-ID"


class RequestOriginMiddleware:
    """Gives each request an ID, which the answer names, and keeps address and user agent for its events."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer with the request's ID on it."""
        remote = str(request.META.get("REMOTE_ADDR", ""))
        here = origin_from(request.headers, address_of(request.headers.get("X-Forwarded-For", ""), remote))
        with within_request(here):
            response = self.get_response(request)
        response[HEADER] = here.request_id
        return response


def origin_from(headers: Mapping[str, str], address: str) -> Origin:
    """Return where a request with these headers, in small letters, comes from. Only where proxies of ours stand in
    front is an ID taken from them."""
    return Origin(
        address=address[:45],
        user_agent=clean_agent(headers.get("user-agent", "")),
        request_id=request_id(headers.get(HEADER.lower(), "") if settings.TIDEGATE_PROXIES else ""),
    )


class RequestIdFilter(logging.Filter):
    """Gives every log line the ID of the request that it was written in; `-` outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the line pass, with its request's ID."""
        record.request_id = origin().request_id or "-"
        return True
