"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tidegate.accounts.demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.web.forms.sign_in import SignInForm
from tidegate.web.requests import PersonRequest


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


@require_POST
def sign_out(request: PersonRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        record_event("person.signed_out", by=request.user, subject=request.user)
    logout(request)
    return redirect("sign_in")
