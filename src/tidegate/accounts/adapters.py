"""What django-allauth asks of us: who a sign-in belongs to, in which words it speaks, how secrets are stored."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tidegate.accounts.encryption import OtherKey, decrypt, encrypt
from tidegate.accounts.invitations import accept, invitation_for
from tidegate.accounts.models import Invitation, Person
from tidegate.accounts.models.person import fold_email
from tidegate.accounts.people import add_person
from tidegate.accounts.provider_groups import claims_in, follow_provider, groups_in, roles_of
from tidegate.accounts.sign_ins import (
    end_handed_over_sign_in,
    record_failed_sign_in,
    record_refusal_after_provider,
)
from tidegate.core.errors import NotAllowed, Refusal

_SAID = {
    "account/messages/password_changed.txt": "Your password was changed",
    "mfa/messages/totp_activated.txt": "The second factor is on: from now on you also sign in with a code",
    "mfa/messages/totp_deactivated.txt": "The second factor is off",
}
_PURPOSE = "second factor"
_WRONG_CODE = "That code isn't right, or it has just changed. Wait for the next one in your app and try again."
_WAS_HANDED_OVER = (
    "Your password, second factor and tokens for programs have ended, since somebody of your office has had a link by "
    "which the password was chosen. Make new tokens where you need them."
)
_TOO_MANY_CODES = "Too many wrong codes. Wait 15 minutes and try again."


class AccountAdapter(DefaultAccountAdapter):
    """Signing in with a password. Nobody signs up: the state adds people."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That email and password don't match.",
        "enter_current_password": "That is not your current password.",
        "incorrect_password": "That is not your password.",
        "too_many_login_attempts": _TOO_MANY_CODES,
        "rate_limited": _TOO_MANY_CODES,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth hands it over
        """Return False: the state adds people."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing: axes counts wrong passwords, by person and address, in the database."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record it; axes counts wrong passwords, and the answer to a pause records that itself."""
        if not getattr(request, "axes_locked_out", False):
            record_failed_sign_in("wrong password", email=credentials.get("email") or "")

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:  # noqa: ARG002
        """Refuse somebody whose access the state has ended."""
        record_refusal_after_provider("access has ended", person=user)
        raise NotAllowed("Your access to tidegate has ended", fix="Ask the state data team if you need it again")

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Return whether this is the password of the person who is signed in."""
        return self.authenticate(self.request, email=user.email, password=password) == user

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *_: Any, **__: Any
    ) -> None:
        """Say what a person has done on the next page, in our words; of signing in and out nothing has to be said."""
        if message_template in _SAID:
            messages.add_message(request, level, _SAID[message_template])


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor. Its secrets are stored encrypted with a key that is drawn from TIDEGATE_SECRET_KEY."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _WRONG_CODE,
        "cannot_delete_authenticator": "The state asks for a second factor, so it cannot be turned off.",
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return encrypt(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret; a Refusal where it was stored under another secret key."""
        try:
            return decrypt(encrypted_text, purpose=_PURPOSE)
        except OtherKey:
            raise Refusal(
                "Your second factor cannot be read any more", fix="Ask the state data team to reset it"
            ) from None

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:  # noqa: ARG002 - allauth hands it over
        """Return whether the state lets a person do without."""
        return not settings.TIDEGATE_SECOND_FACTOR_REQUIRED


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Signing in through the state's OpenID Connect provider: it says who somebody is, the state here what they may."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect a first sign-in to the person with that e-mail address, who may have been invited or be in a group
        that has a role; later ones go by the provider's own ID. Roles follow the provider's groups each time, after
        the end of a password that somebody of the person's office may have chosen."""
        groups = groups_in(sociallogin.account.extra_data)
        if not sociallogin.is_existing:
            sociallogin.connect(request, self._person_of(sociallogin, groups))
        if sociallogin.user.is_active:
            if end_handed_over_sign_in(sociallogin.user):
                messages.warning(request, f"From now on sign in with {settings.TIDEGATE_SSO_NAME}. {_WAS_HANDED_OVER}")
            follow_provider(sociallogin.user, groups)

    def _person_of(self, sociallogin: SocialLogin, groups: list[str] | None) -> Person:
        """Return the person who comes for the first time; a Refusal where nobody has let them in."""
        emails = [
            fold_email(address.email)
            for address in sociallogin.email_addresses
            if address.verified or settings.TIDEGATE_SSO_TRUST_EMAIL
        ]
        person = Person.objects.filter(email__in=emails, is_active=True).first()
        if person is None and not Person.objects.filter(email__in=emails).exists():
            person = self._new_person(emails, str(claims_in(sociallogin.account.extra_data).get("name") or ""), groups)
        if person is None:
            record_refusal_after_provider("the provider's person is not known here")
            raise NotAllowed(
                "You do not have an account yet",
                fix=f"{settings.TIDEGATE_SSO_NAME} let you in, but the state has not added you. Ask its data team",
            )
        return person

    def _new_person(self, emails: list[str], name: str, groups: list[str] | None) -> Person | None:
        """Return the new person who was invited, or whose groups have roles; None where neither is so."""
        if invitation := invitation_for(emails):
            return self.accept_invitation(invitation, name=name)
        if emails and groups and any(True for _ in roles_of(groups)):
            return add_person(by=None, email=emails[0], name=name.strip() or emails[0])
        return None

    def accept_invitation(self, invitation: Invitation, *, name: str) -> Person:
        """Return the new person of an invitation."""
        return accept(invitation, name=name)

    def on_authentication_error(self, *_: Any, error: str | None = None, **__: Any) -> None:
        """Lead a person back who turned round at the provider; anything else ends in a sentence."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(redirect("account_login"))
        record_refusal_after_provider("the provider could not sign the person in")
        raise NotAllowed(
            f"{settings.TIDEGATE_SSO_NAME} could not sign you in", fix="Go to the sign-in page and start again."
        )
