"""Errors as problem details (RFC 9457), with our codes."""

import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tidegate.accounts.rate_limit import add_retry_after
from tidegate.core.errors import NotFound, Refusal

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
SIGNED_OUT = HTTPStatus.UNAUTHORIZED
NO_GOOD_TOKEN = "The token is missing, unknown, revoked or at its end"  # noqa: S105 - a sentence
SEND_ONE = "Send a token: Authorization: Bearer tg_…"
_AWAY_SECONDS = 5


def problem(status: int, title: str, *, code: str, detail: str = "", **more: Any) -> HttpResponse:
    """Return problem details.

    Args:
        status: The status of HTTP.
        title: The sentence that says what is wrong.
        code: What it is for programs; it never changes.
        detail: What to do.
        more: Further members.
    """
    body = {"type": "about:blank", "title": title, "status": int(status), "code": code, **more}
    if detail:
        body["detail"] = detail
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def say_refusal(refusal: Refusal) -> HttpResponse:
    """Return a Refusal as problem details, with the time after which it may be tried again."""
    answer = problem(refusal.http_status, refusal.message, code=refusal.code, detail=refusal.fix)
    return add_retry_after(answer, refusal)


def say_signed_out() -> HttpResponse:
    """Return that the request has no good token."""
    response = problem(SIGNED_OUT, NO_GOOD_TOKEN, code="NO_TOKEN", detail=SEND_ONE)
    response["WWW-Authenticate"] = "Bearer"
    return response


def answer_problems(api: NinjaAPI) -> None:
    """Let the API answer every error as problem details."""

    @api.exception_handler(Refusal)
    def refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return say_refusal(refusal)

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem(404, "There is no such thing", code=NotFound.code)

    @api.exception_handler(AuthenticationError)
    def unauthenticated(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return say_signed_out()

    for exception_type, answer in _ANSWERS.items():
        api.add_exception_handler(exception_type, answer)

    @api.exception_handler(Exception)
    def internal_error(_request: HttpRequest, error: Exception) -> HttpResponse:
        incident_id = secrets.token_hex(5)
        log.error("Incident %s: %s", incident_id, type(error).__qualname__)
        return problem(500, "Something went wrong on our side", code="INCIDENT", incident_id=incident_id)


def say_unreadable(_request: HttpRequest, _error: Any) -> HttpResponse:
    """Return the problem of a request that is no proper one."""
    return problem(400, "The request could not be read", code="REQUEST", detail="Send all of it again")


def _say_malformed(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    positions = [{"in": list(map(str, each["loc"])), "message": each["msg"]} for each in error.errors]
    return problem(422, "The request does not have the form in the API description", code="FORM", errors=positions)


def _say_declined(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(
        error.__cause__, ValidationError
    ):  # from TextParser: the framework takes it for a body that is no JSON
        return _say_malformed(request, error.__cause__)
    return problem(error.status_code, str(error), code="REQUEST")


def _say_away(_request: HttpRequest, error: Any) -> HttpResponse:
    log.error("The database does not answer: %s", type(error).__qualname__)
    response = problem(503, "The site cannot answer now", code="AWAY", detail="Send the request again later")
    response["Retry-After"] = str(_AWAY_SECONDS)
    return response


_ANSWERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    ValidationError: _say_malformed,
    HttpError: _say_declined,
    SuspiciousOperation: say_unreadable,
    BadRequest: say_unreadable,
    MultiPartParserError: say_unreadable,
    UnreadablePostError: say_unreadable,
    OperationalError: _say_away,
    InterfaceError: _say_away,
}
