"""What may be done again in a while: the refusal knows when, and the answer says it as `Retry-After` (RFC 9110)."""

from http import HTTPStatus

from django.http import HttpResponse

from tidegate.core.errors import Refusal, TooMany


class RetryLater(Refusal):
    """It cannot be done now, and can be tried again after `retry_after_seconds`."""

    def __init__(self, message: str, *, fix: str, retry_after_seconds: float) -> None:
        super().__init__(message, fix=fix)
        self.retry_after_seconds = max(1, -int(-retry_after_seconds // 1))


class RateLimited(RetryLater, TooMany):
    """The person has done this too often, and may again after `retry_after_seconds`."""


class Busy(RetryLater):
    """The site has as much to do as it can."""

    code = "BUSY"
    http_status = HTTPStatus.SERVICE_UNAVAILABLE


def add_retry_after(answer: HttpResponse, refusal: Refusal | None) -> HttpResponse:
    """Return the answer with the header Retry-After, where the refusal says when to try again."""
    if isinstance(refusal, RetryLater):
        answer["Retry-After"] = str(refusal.retry_after_seconds)
    return answer
