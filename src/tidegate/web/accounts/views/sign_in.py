"""Signing in and out, the password and the second factor."""

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_POST

from tidegate.access.passwords import is_password_mailed
from tidegate.accounts.addresses import address_of
from tidegate.accounts.models.person import fold_email
from tidegate.accounts.rate_limit import RateLimited
from tidegate.accounts.sign_ins import record_failed_sign_in
from tidegate.audit.record import record_event
from tidegate.core.errors import NotAllowed
from tidegate.demo import find_demo
from tidegate.web.errors import show_refusal
from tidegate.web.requests import PersonRequest


class SignIn(LoginView):
    """The page on which a person signs in; in a demo it says who can."""

    template_name = "web/sign_in/sign_in.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take email and password, where the state takes passwords."""
        if settings.TIDEGATE_SSO_ONLY:
            record_failed_sign_in("no passwords are taken", email=name_of_sign_in(request))
            raise NotAllowed(
                "You cannot sign in with a password here", fix=f"Sign in with {settings.TIDEGATE_SSO_NAME}"
            )
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Return what the page shows."""
        context["sso_name"] = settings.TIDEGATE_SSO_NAME if settings.TIDEGATE_SSO_ISSUER else ""
        context["mails_passwords"] = is_password_mailed()
        context["takes_passwords"] = not settings.TIDEGATE_SSO_ONLY
        if settings.TIDEGATE_DEMO and (demo := find_demo()):
            context |= {"demo_people": demo.PEOPLE, "demo_password": demo.PASSWORD}
        return super().get_context_data(**context)


class ChangePassword(PasswordChangeView):
    """The page on which a person changes their password."""

    template_name = "web/sign_in/change_password.html"

    def dispatch(self, request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on, where the person has a password."""
        if not request.user.has_usable_password():
            raise NotAllowed(
                "You have no password here", fix=f"You sign in with {settings.TIDEGATE_SSO_NAME}; change it there"
            )
        return super().dispatch(request, *args, **kwargs)

    def get_default_success_url(self) -> str:
        """Return the address of the page that comes after it."""
        return reverse("start")


enter_code = AuthenticateView.as_view(template_name="web/sign_in/code.html")
password_again = ReauthenticateView.as_view(template_name="web/sign_in/password_again.html")
code_again = CodeAgainView.as_view(template_name="web/sign_in/password_again.html")
second_factor = IndexView.as_view(template_name="web/sign_in/second_factor.html")
turn_on = ActivateTOTPView.as_view(template_name="web/sign_in/turn_on.html")
turn_off = DeactivateTOTPView.as_view(template_name="web/sign_in/turn_off.html")
recovery_codes = ViewRecoveryCodesView.as_view(template_name="web/sign_in/recovery_codes.html")
new_recovery_codes = GenerateRecoveryCodesView.as_view(template_name="web/sign_in/new_recovery_codes.html")


def name_of_sign_in(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """Return the e-mail address that somebody tries to sign in with, so that its case makes no new tries."""
    return fold_email((credentials or {}).get("email") or request.POST.get("login", ""))


def digest_of_sign_in(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """Return what wrong passwords are counted by: a digest, since people type their password into the field of the
    e-mail address, and what is counted is stored."""
    name = name_of_sign_in(request, credentials)
    return salted_hmac("tidegate.sign_in", name, algorithm="sha256").hexdigest()


def address_of_sign_in(request: HttpRequest) -> str:
    """Return the address that somebody signs in from."""
    return address_of(request.headers.get("X-Forwarded-For", ""), request.META.get("REMOTE_ADDR", ""))


def show_pause(
    request: HttpRequest,
    response: HttpResponse | None = None,  # noqa: ARG001 - axes hands it over
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """Answer somebody who has given too many wrong passwords."""
    record_failed_sign_in("paused", email=name_of_sign_in(request, credentials))
    seconds = settings.AXES_COOLOFF_TIME.total_seconds()  # from this try on: each one begins the pause anew
    refusal = RateLimited(
        "Too many wrong passwords",
        fix=f"Wait {seconds // 60:.0f} minutes, or ask the state data team for a new password",
        retry_after_seconds=seconds,
    )
    return show_refusal(request, refusal)


@require_POST
def sign_out(request: PersonRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        record_event("person.signed_out", by=request.user, subject=request.user)
    logout(request)
    return redirect("account_login")
