"""Ends a session some hours after signing in, however busy it was: a stolen one does not live for ever."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

_SIGNED_IN_AT = "signed_in_at"


class SessionLimitMiddleware:
    """Signs the person out whose session is older than TIDEGATE_SESSION_HOURS; the page then asks to sign in again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the session's age, then go on."""
        if request.user.is_authenticated:
            began = request.session.setdefault(_SIGNED_IN_AT, time.time())
            if time.time() - began > settings.TIDEGATE_SESSION_HOURS * 3600:
                logout(request)
        return self.get_response(request)
