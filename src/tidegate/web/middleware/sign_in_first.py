"""Asks somebody who has not signed in to do so, and remembers what they had chosen when their session ended."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url

from tidegate.web.uploads.forms.upload_file import choices_in


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Leads to the sign-in page; from there back to the page, and to the Upload File box with all that was chosen in it
    but the file, which a browser gives only once."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Return the way to the sign-in page."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        if request.method != "POST" or name != "upload_file":
            return super().handle_no_permission(request, view_func)
        chosen = choices_in(request.GET) | choices_in(request.POST) | {"again": "yes"}
        return redirect_to_login(f"{request.path}?{urlencode(chosen)}", resolve_url(settings.LOGIN_URL))
