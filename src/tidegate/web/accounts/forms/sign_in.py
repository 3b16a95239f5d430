"""The forms of signing in: django-allauth's, in our words."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from django import forms

from tidegate.accounts.sign_ins import record_pause


def _say(field: forms.Field, label: str, hint: str = "", *, missing: str, **attributes: Any) -> None:
    """Give a field its label, its hint and the sentence for when it is left empty; it has no
    text inside."""
    field.label, field.help_text = label, hint
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attributes


class SignInForm(account.LoginForm):
    """Email and password. Says the same whether or not there is such a person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["login"]
        _say(email, "Email", missing="Enter your email", autocomplete="username", autofocus=True)
        email.error_messages["invalid"] = "Enter an email address like name@example.org"
        _say(self.fields["password"], "Password", missing="Enter your password")


class PasswordAgainForm(account.ReauthenticateForm):
    """The password of the person who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], "Password", missing="Enter your password", autofocus=True)


class ChangePasswordForm(account.ChangePasswordForm):
    """The password of now, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], "Current password", missing="Enter your current password")
        hint = "At least 12 characters, not a common password and not your name. Four random words work well."
        _say(self.fields["password1"], "New password", hint, missing="Enter the new password")
        _say(self.fields["password2"], "New password again", missing="Enter the new password again")

    def clean_oldpassword(self) -> str:
        """Check the password of now as signing in does: wrong ones are counted, recorded, and bring a pause."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


_CODE = "Code"
_NO_CODE = "Enter the code"


class _RecordedPause(second_factor.BaseAuthenticateForm):
    """Records that no code is taken any more; of a wrong one django-allauth tells."""

    def clean_code(self) -> str:
        """Check the code."""
        try:
            code: str = super().clean_code()
        except forms.ValidationError as error:
            if error.code == "too_many_login_attempts":
                record_pause(self.user, reason="too many wrong codes")
            raise
        return code


class FactorCodeForm(_RecordedPause, second_factor.AuthenticateForm):
    """The code of the second factor, at signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "Six digits from your authenticator app, or one of your recovery codes."
        _say(self.fields["code"], _CODE, hint, missing=_NO_CODE, autofocus=True, inputmode="numeric")


class CodeAgainForm(_RecordedPause, second_factor.ReauthenticateForm):
    """The code of the second factor, of a person who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], _CODE, "Six digits from your authenticator app.", missing=_NO_CODE, autofocus=True)


class FirstCodeForm(totp.ActivateTOTPForm):
    """The first code of a new authenticator app: it proves that the app has the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self.fields["code"], _CODE, "The six digits that the app shows now.", missing=_NO_CODE, inputmode="numeric"
        )
