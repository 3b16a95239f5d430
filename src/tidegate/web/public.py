"""The pages that a state may open to everybody: what a file must look like, and the counts that it has published.
Nothing on them is about a person."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import get_conditional_response, patch_vary_headers

from tidegate.accounts.models import Person

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_MAX_AGE = 3_600


def public_requirements(view: View) -> View:
    """Open a page to everybody where TIDEGATE_PUBLIC_REQUIREMENTS says so."""
    return _open_where("TIDEGATE_PUBLIC_REQUIREMENTS", view)


def public_counts(view: View) -> View:
    """Open a page to everybody where TIDEGATE_PUBLIC_COUNTS says so."""
    return _open_where("TIDEGATE_PUBLIC_COUNTS", view)


def _open_where(setting: str, view: View) -> View:
    """Open a page to everybody where a setting says so; to people who have signed in it is as any other page. What
    everybody may see, a cache on the way may keep."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if isinstance(request.user, Person):
            return view(request, *args, **named)
        if not getattr(settings, setting):
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return _for_everybody(request, view(request, *args, **named))

    answer.login_required = False  # type: ignore[attr-defined]  # asked by Django's own middleware
    return cast("View", answer)


def _for_everybody(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer with what a cache must know: how long it is good, its digest, and that others are answered
    otherwise."""
    if isinstance(response, StreamingHttpResponse):
        named = {name: value for name, value in response.headers.items() if name != "Cache-Control"}
        response = HttpResponse(b"".join(cast("Any", response.streaming_content)), headers=named)
    assert isinstance(response, HttpResponse)
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={_MAX_AGE}"
    patch_vary_headers(response, ["Cookie"])
    conditional = get_conditional_response(request, etag=etag, response=response)
    return cast("HttpResponseBase", conditional)
