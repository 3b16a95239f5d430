"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tidegate.accounts.demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from tidegate.accounts.models import Person
from tidegate.accounts.models.person import fold_email
from tidegate.audit.record import record_event
from tidegate.core.errors import TooMany
from tidegate.web.forms.sign_in import SignInForm
from tidegate.web.requests import PersonRequest
from tidegate.web.views.errors import show_refusal


class SignIn(LoginView):
    """The page on which a person signs in; in a demo it says who can."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let the person in."""
        person = form.get_user()
        assert isinstance(person, Person)
        record_event("person.signed_in", by=person, subject=person)
        return super().form_valid(form)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Return what the page shows."""
        if settings.TIDEGATE_DEMO:
            context |= {"demo_people": DEMO_PEOPLE, "demo_password": DEMO_PASSWORD}
        return super().get_context_data(**context)


def name_of_sign_in(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """Return the e-mail address that somebody tries to sign in with, so that its case makes no new tries."""
    return fold_email((credentials or {}).get("username") or request.POST.get("username", ""))


def show_pause(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Answer somebody who has given too many wrong passwords."""
    record_event("person.sign_in_paused", by=None)
    minutes = settings.AXES_COOLOFF_TIME.seconds // 60
    refusal = TooMany(
        "Too many wrong passwords were given", fix=f"Wait {minutes} minutes, or ask the state data team for a new one"
    )
    return show_refusal(request, refusal)


@require_POST
def sign_out(request: PersonRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        record_event("person.signed_out", by=request.user, subject=request.user)
    logout(request)
    return redirect("sign_in")
