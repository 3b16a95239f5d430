"""Signing in, passwords and second factors, as the audit log has them. django-allauth says when."""

from typing import Any

from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from tidegate.accounts.models import Person
from tidegate.accounts.models.person import fold_email
from tidegate.accounts.people import end_sessions
from tidegate.accounts.permissions import check_can_manage_account
from tidegate.accounts.tokens import revoke_tokens
from tidegate.audit.record import record_event
from tidegate.audit.record_refusal import record_refusal

PROVIDER_SAW = "provider_auth_time"
"""Where the session has the provider's `auth_time`."""
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_FAILED, _PAUSED = "person.sign_in_failed", "person.sign_in_paused"


@receiver(user_logged_in)
def record_sign_in(user: Person, sociallogin: SocialLogin | None = None, **_: Any) -> None:
    """Record that a person is in, and how."""
    record_event("person.signed_in", by=user, subject=user, how="sso" if sociallogin else "password")


def let_in(request: HttpRequest, person: Person) -> None:
    """Sign in a person who has just been made by a one-time link: their password was chosen a moment before. Where a
    second factor is required, the next page sets it up."""
    login(request, person, backend=_BACKEND)
    record_sign_in(user=person)


@receiver(user_logged_in)
def note_when_provider_saw_the_person(request: HttpRequest, sociallogin: SocialLogin | None = None, **_: Any) -> None:
    """Keep when the person signed in at the provider, as it says itself: its own session may be hours old."""
    said = sociallogin.account.extra_data.get("id_token") if sociallogin else None
    request.session[PROVIDER_SAW] = said.get("auth_time") if isinstance(said, dict) else None


@receiver(password_changed)
def record_change_of_password(user: Person, **_: Any) -> None:
    """Record that a person has changed their password."""
    record_event("person.password_changed", by=user, subject=user)


@receiver(authenticator_added)
def record_second_factor(user: Person, authenticator: Authenticator, **_: Any) -> None:
    """Record a second factor, or recovery codes."""
    record_event("person.second_factor_added", by=user, subject=user, kind=str(authenticator.type))


@receiver(authenticator_reset)
def record_new_recovery_codes(user: Person, **_: Any) -> None:
    """Record that a person has made new recovery codes."""
    record_event("person.recovery_codes_made", by=user, subject=user)


@receiver(authenticator_removed)
def record_end_of_second_factor(user: Person, authenticator: Authenticator, **_: Any) -> None:
    """Record that a person has turned a second factor off."""
    record_event("person.second_factor_removed", by=user, subject=user, kind=str(authenticator.type))


@receiver(authentication_failed)
def record_wrong_code(user: Person, **_: Any) -> None:
    """Record a wrong code: somebody knows the password, and has not the phone."""
    record_refusal("person.wrong_code", subject=user, reason="wrong code")


def record_failed_sign_in(reason: str, *, email: str) -> None:
    """Record that a sign-in was refused. Of the e-mail address only its owner is stored: people
    type their passwords into the wrong field."""
    person = None if "\0" in email else Person.objects.filter(email=fold_email(email)).first()
    record_refusal(_PAUSED if reason == "paused" else _FAILED, subject=person, reason=reason)


def record_pause(person: Person, *, reason: str) -> None:
    """Record that a person whose session this is, or whose password was right, may not try again for a while."""
    record_refusal(_PAUSED, subject=person, reason=reason)


def record_refusal_after_provider(reason: str, *, person: Person | None = None) -> None:
    """Record that somebody came from the provider and was not let in."""
    record_refusal(_FAILED, subject=person, reason=reason)


def is_by_provider(request: HttpRequest) -> bool:
    """Return whether the person has signed in through the provider, which asks for its own second factor."""
    records = request.session.get("account_authentication_methods", [])
    return any(record["method"] == "socialaccount" for record in records)


def has_second_factor(person: Person) -> bool:
    """Return whether the person has set one up, or signs in through the provider alone, which asks for its own."""
    if is_mfa_enabled(person):
        return True
    takes_password = person.has_usable_password() and not settings.TIDEGATE_SSO_ONLY
    return not takes_password and SocialAccount.objects.filter(user=person).exists()


@transaction.atomic
def reset_second_factor(person: Person, *, by: Person | None = None) -> bool:
    """Take a lost second factor and its recovery codes from a person, whose sessions end; return whether there was one.
    Who does so makes sure first who asks; `by` is None at the operator's command line."""
    if by is not None:
        check_can_manage_account(by, person)
    removed, _ = Authenticator.objects.filter(user=person).delete()
    if removed:
        end_sessions(person)  # whoever has the lost phone may be signed in, and a session remembers its second factor
        record_event("person.second_factor_reset", by=by, subject=person)
    return bool(removed)


@transaction.atomic
def end_handed_over_sign_in(person: Person) -> bool:
    """Where somebody who manages one office has held a link for the person's password, end whatever may be theirs:
    password, second factor, tokens and sessions. Return whether that was so. The person has just come through the
    provider, and needs none of it."""
    if not Person.objects.select_for_update().get(pk=person.pk).was_link_handed_over:
        return False
    person.set_unusable_password()
    person.was_link_handed_over = False
    person.save(update_fields=["password", "was_link_handed_over"])
    Authenticator.objects.filter(user=person).delete()
    revoke_tokens(by=None, person=person)
    end_sessions(person)
    record_event("person.handed_over_sign_in_ended", by=None, subject=person)
    return True
