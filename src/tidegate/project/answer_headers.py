"""The headers of every answer: a strict Content Security Policy, no frame around it, nothing kept by a browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(  # only our own files, nothing inline
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def set_headers(response: HttpResponse) -> HttpResponse:
    """Return the answer with the headers on it. What says nothing of caching may be about students."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


class AnswerHeadersMiddleware:
    """Sets the headers on every answer, also on errors, redirects and static files: it is the
    outermost application."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer with the headers on it."""
        return set_headers(self.get_response(request))
