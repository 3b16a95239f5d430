"""Signing in through the state's OpenID Connect provider, which is named in the settings."""

from allauth.account.adapter import get_adapter as account_adapter
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect.views import callback
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from requests import RequestException

from tidegate.core.errors import NotFound, Refusal

_PROVIDER = "sso"
# OpenID Connect: the provider asks the person again, and says in `auth_time` when it did.
_AGAIN = {"prompt": "login", "max_age": "0"}


@login_not_required
def go_to_provider(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. A link and not a form: the content policy lets forms go to us alone, and the
    way back is held by state and PKCE."""
    if not settings.TIDEGATE_SSO_ISSUER:
        raise NotFound("There is no single sign-on here", fix="Sign in with email and password")
    next_url = request.GET.get("next", "")
    is_ours = account_adapter().is_safe_url(next_url)
    params = dict(_AGAIN) if request.GET.get("again") else None
    try:
        provider = get_adapter().get_provider(request, _PROVIDER)
        return provider.redirect(
            request, process=AuthProcess.LOGIN, next_url=next_url if is_ours else None, auth_params=params
        )
    except RequestException:
        raise Refusal(
            f"{settings.TIDEGATE_SSO_NAME} does not answer", fix="Try again in a few minutes, or ask your help desk"
        ) from None


@login_not_required
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what the provider says of the person, and let them in if the state has added them."""
    if not settings.TIDEGATE_SSO_ISSUER:
        return redirect("account_login")
    return callback(request, provider_id)
