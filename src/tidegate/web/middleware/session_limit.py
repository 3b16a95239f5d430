"""How long a session lasts: some hours after signing in, however busy it was, and some minutes without a request."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

_SIGNED_IN_AT, _RENEWED_AT = "signed_in_at", "renewed_at"
_RENEWED_EVERY_SECONDS = 60


class SessionLimitMiddleware:
    """Signs the person out whose session is older than TIDEGATE_SESSION_HOURS; the page then asks to sign in again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the session's age, then go on."""
        if request.user.is_authenticated:
            now = time.time()
            if now - request.session.setdefault(_SIGNED_IN_AT, now) > settings.TIDEGATE_SESSION_HOURS * 3600:
                logout(request)
            else:
                _renew(request.session, now)
        return self.get_response(request)


def _renew(session: SessionBase, now: float) -> None:
    """Have the session last TIDEGATE_SESSION_MINUTES from now on.

    To save it is a transaction of its own, a tenth of an ordinary page's time: what is changed is saved.
    """
    if now - session.get(_RENEWED_AT, 0) > min(_RENEWED_EVERY_SECONDS, settings.SESSION_COOKIE_AGE / 10):
        session[_RENEWED_AT] = now
