"""Asks a person who has signed in with a password for a second factor, where the state requires one."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tidegate.accounts.sign_ins import is_by_provider

_OPEN = {"mfa_activate_totp", "account_reauthenticate", "account_logout", "account_change_password"}
_HAS_ONE = "has_second_factor"


class SecondFactorMiddleware:
    """Leads a person without a second factor to the page where one is set up, whatever they asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; the address is known only in process_view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Return the way to the page where a second factor is set up, or None to go on."""
        if not (settings.TIDEGATE_SECOND_FACTOR_REQUIRED and request.user.is_authenticated):
            return None
        if request.session.get(_HAS_ONE) or is_by_provider(request):
            return None
        if is_mfa_enabled(request.user):
            request.session[_HAS_ONE] = True
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        return None if name in _OPEN else redirect("mfa_activate_totp")
