"""Finds out who sends a request from its headers alone, before its body is taken."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections
from django.http import parse_cookie

from tidegate.accounts.tokens import find_token, record_refused_token
from tidegate.audit.origin import Origin, within_request

_BEARER = "bearer "


def find_sender(*, authorization: str, cookie: str, origin: Origin) -> str | None:
    """Return which token or which person sends it; None where the token is not good, which is
    recorded with `origin`, or nobody is signed in.

    Nothing is allowed by this: it says under whose name a large body is counted. What the person
    may do is checked later.
    """
    close_old_connections()  # asked outside of a request, whose beginning would do so
    try:
        with within_request(origin):
            return _by_token(authorization) or _by_session(cookie)
    finally:
        close_old_connections()


def _by_token(authorization: str) -> str | None:
    if not authorization.lower().startswith(_BEARER):
        return None
    secret = authorization[len(_BEARER) :].strip()
    token = find_token(secret)
    if token is None:
        record_refused_token(secret)
        return None
    return f"token {token.pk}"


def _by_session(cookie: str) -> str | None:
    key = parse_cookie(cookie).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    person = import_module(settings.SESSION_ENGINE).SessionStore(key).get(SESSION_KEY)
    return f"person {person}" if person else None
