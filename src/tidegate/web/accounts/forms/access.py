"""The forms that let somebody in: a first or a new password, a forgotten one, a request for a role."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from tidegate.access.requests import ask_for_access
from tidegate.accounts.models import Person
from tidegate.accounts.roles import ROLES
from tidegate.core.errors import Refusal
from tidegate.web.fields.organization_field import OrganizationField
from tidegate.web.fields.role_field import RoleField, choices_of

_HINT = "At least 12 characters, not a common password and not your name. Four random words work well."


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password1 = forms.CharField(
        label="New password",
        strip=False,
        help_text=_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the new password"},
    )
    password2 = forms.CharField(
        label="New password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the new password again"},
    )

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self._person = person

    def clean_password1(self) -> str:
        """Check the password by the rules that hold for every password."""
        password: str = self.cleaned_data["password1"]
        validate_password(password, self._person)
        return password

    def clean_password2(self) -> str:
        """Check that it is the same twice."""
        again: str = self.cleaned_data["password2"]
        if "password1" in self.cleaned_data and again != self.cleaned_data["password1"]:
            raise forms.ValidationError("The two passwords are not the same")
        return again


class WelcomeForm(NewPasswordForm):
    """A name and a first password."""

    name = forms.CharField(
        label="Your name", max_length=200, error_messages={"required": "Enter your name"}, strip=True
    )
    field_order = ("name", "password1", "password2")

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, person=person, **more | {"initial": {"name": person.name}})
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class ForgottenForm(forms.Form):
    """The email of somebody who has forgotten their password."""

    email = forms.EmailField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={
            "required": "Enter your email",
            "invalid": "Enter an email address like name@example.org",
        },
    )


class AskForm(forms.Form):
    """Which role somebody asks for, where, and why."""

    organization = OrganizationField(
        label="Where you work",
        help_text="Part of the name or the ID of your district or school.",
        error_messages={"required": "Enter where you work"},
    )
    role = RoleField()
    reason = forms.CharField(
        label="Why you need it",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence for the person who decides.",
        error_messages={"required": "Enter why you need the role"},
    )

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self._person = person
        offered = [each for each in ROLES.values() if each.organization_kinds]
        self.fields["role"].choices = choices_of(offered)  # type: ignore[attr-defined]

    def ask(self) -> bool:
        """Ask; where that is declined the sentence is on the form, and it returns False."""
        try:
            ask_for_access(person=self._person, **self.cleaned_data)
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return False
        return True
