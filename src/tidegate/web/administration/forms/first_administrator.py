"""The form by which the first administrator is made."""

from typing import Any

from django import forms
from django.conf import settings

from tidegate.accounts.models import Person
from tidegate.administration.first_administrator import use_setup_link
from tidegate.core.errors import NotFound, Refusal


class FirstAdministratorForm(forms.Form):
    """Who it is, and the password."""

    name = forms.CharField(label="Your name", max_length=200, error_messages={"required": "Enter your name"})
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="You sign in with it.",
        error_messages={"required": "Enter your e-mail address", "invalid": "Enter a whole e-mail address"},
    )
    password = forms.CharField(
        label="Password",
        help_text="At least 12 characters. Several words are easy to remember and hard to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password"},
    )
    again = forms.CharField(
        label="Password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the password again"},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if settings.TIDEGATE_SSO_ONLY:  # it signs in there
            del self.fields["password"], self.fields["again"]

    def clean(self) -> dict[str, Any]:
        """Return what was filled in, both passwords alike."""
        filled = super().clean() or {}
        if filled.get("again") and filled.get("password") != filled["again"]:
            self.add_error("again", "The two passwords differ")
        return filled

    def make(self, secret: str) -> Person | None:
        """Return the administrator; None, with the sentence on the form, where that is declined. Raises NotFound where
        the link is not good."""
        said = self.cleaned_data
        try:
            return use_setup_link(secret, email=said["email"], name=said["name"], password=said.get("password"))
        except NotFound:
            raise
        except Refusal as refusal:
            field = "password" if refusal.code == "PASSWORD" else None
            self.add_error(field, refusal.in_full)
            return None
