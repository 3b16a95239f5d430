"""Finds out who sends a request from its headers alone, before its body is taken."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections
from django.http import parse_cookie

from tidegate.accounts.tokens import find_token

_BEARER = "bearer "


def find_sender(*, authorization: str, cookie: str) -> str | None:
    """Return which token or which person sends it; None where the token is not good or nobody is signed in.

    Nothing is allowed by this: it says under whose name a large body is counted. Who may do what is judged later.
    """
    close_old_connections()  # asked outside of a request, whose beginning would do so
    try:
        return _by_token(authorization) or _by_session(cookie)
    finally:
        close_old_connections()


def _by_token(authorization: str) -> str | None:
    if not authorization.lower().startswith(_BEARER):
        return None
    token = find_token(authorization[len(_BEARER) :].strip())
    return f"token {token.pk}" if token else None


def _by_session(cookie: str) -> str | None:
    key = parse_cookie(cookie).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    person = import_module(settings.SESSION_ENGINE).SessionStore(key).get(SESSION_KEY)
    return f"person {person}" if person else None
