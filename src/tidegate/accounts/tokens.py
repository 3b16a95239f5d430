"""Gives tokens to programs, finds them again, and takes them back."""

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tidegate.accounts.models import Person, Scope, Token
from tidegate.accounts.permissions import (
    can_manage_people,
    check_can_make_department_files,
    check_can_publish_snapshots,
    check_can_send_upload,
    check_can_view_upload,
)
from tidegate.accounts.reach import no_such
from tidegate.accounts.secret_digest import secret_digest
from tidegate.audit.record import record_event
from tidegate.audit.record_refusal import record_refusal
from tidegate.core.errors import Refusal
from tidegate.reference.models import Organization

PREFIX = "tg_"
"""What every secret begins with, so that a scanner for leaked secrets can know it."""
MAX_TOKEN_DAYS = 400


class NewToken(NamedTuple):
    """A token that was added, and its secret, which cannot be shown again."""

    token: Token
    secret: str


@transaction.atomic
def add_token(
    *,
    by: Person | None,
    person: Person,
    organization: Organization,
    name: str,
    scopes: Collection[str],
    days: int = 365,
) -> NewToken:
    """Add a token with which a program acts for a person.

    Args:
        by: The person who adds it; None at the operator's command line.
        person: The person that the program acts for.
        organization: Where it may act.
        name: What the person calls it.
        scopes: What it is for.
        days: How long it works.

    Raises:
        Refusal: The person's role does not allow at the organization what the token is for.
    """
    if not scopes or not set(scopes) <= set(Scope.values):
        raise Refusal("A token needs at least one scope", fix=f"Choose from: {', '.join(Scope.values)}")
    if not 1 <= days <= MAX_TOKEN_DAYS:
        raise Refusal(f"A token is for 1 to {MAX_TOKEN_DAYS} days", fix="Choose another number of days")
    _check_scopes(person, organization, scopes)
    secret = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = Token.objects.create(
        person=person,
        organization=organization,
        name=name.strip()[:100] or "Token",
        scopes=sorted(scopes),
        digest=secret_digest(secret),
        starts_with=secret[:9],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record_event("token.added", by=by, organization=organization, subject=token, scopes=sorted(scopes), days=days)
    return NewToken(token, secret)


def _check_scopes(person: Person, organization: Organization, scopes: Collection[str]) -> None:
    """Raise a Refusal where the person's roles do not allow at the organization what a token is for."""
    check_can_view_upload(person, organization)
    if Scope.SEND in scopes:
        check_can_send_upload(person, organization)
    if Scope.DEPARTMENT in scopes:
        check_can_make_department_files(person)
    if Scope.PUBLISH in scopes:
        check_can_publish_snapshots(person)


def _is_allowed(token: Token, person: Person) -> bool:
    """Whether the person's roles still allow all that the token is for."""
    try:
        _check_scopes(person, token.organization, token.scopes)
    except Refusal:
        return False
    return True


def find_token(secret: str) -> Token | None:
    """Return the token with this secret, None where there is none, or it has been revoked or has come to its end."""
    now = timezone.now()
    token = (
        Token.objects.select_related("person", "organization")
        .prefetch_related("person__memberships")  # asked for by every permission
        .filter(digest=secret_digest(secret), revoked_at__isnull=True, expires_at__gt=now, person__is_active=True)
        .first()
    )
    if token is not None and token.last_used_on != timezone.localdate():
        Token.objects.filter(pk=token.pk).update(last_used_on=timezone.localdate())  # once a day is enough
    return token


def record_refused_token(secret: str, *, reason: str = "") -> None:
    """Record that a token was refused and why, as far as the token says; a secret that is
    nobody's is not stored."""
    token = Token.objects.select_related("person", "organization").filter(digest=secret_digest(secret)).first()
    organization = token.organization if token else None
    record_refusal("token.refused", subject=token, organization=organization, reason=reason or _why_refused(token))


def _why_refused(token: Token | None) -> str:
    if token is None:
        return "unknown"
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= timezone.now():
        return "at its end"
    return "no role at the organization" if token.person.is_active else "access has ended"


@transaction.atomic
def revoke_token(*, by: Person | None, token_id: int) -> Token:
    """End a token at once and return it: one of the person's own, or, for those who manage people, anybody's.

    `by` is None at the operator's command line.
    """
    tokens = Token.objects.filter(pk=token_id, revoked_at__isnull=True).select_related("person", "organization")
    if by is not None and not can_manage_people(by):
        tokens = tokens.filter(person=by)
    token = tokens.select_for_update(of=("self",)).first()
    if token is None:
        raise no_such("token")
    _revoke(token, by=by)
    return token


def revoke_tokens(*, by: Person | None, person: Person) -> None:
    """End every token of the person."""
    for token in _usable_tokens(person):
        _revoke(token, by=by)


def revoke_tokens_without_a_role(*, by: Person | None, person: Person) -> None:
    """End the person's tokens that are for something that none of their roles allows any more."""
    person = Person.objects.get(pk=person.pk)  # with the roles of now
    for token in _usable_tokens(person):
        if not _is_allowed(token, person):
            _revoke(token, by=by)


def find_leaked_token(text: str) -> Token:
    """Return the token that still works and that is meant: by its number, its secret, or the secret's first letters.

    A Refusal where there is none, or where the first letters are those of several.
    """
    usable = Token.objects.filter(revoked_at__isnull=True).select_related("person", "organization")
    if text.isdecimal():
        found = list(usable.filter(pk=int(text)))
    elif len(text) > len(PREFIX) + 4:
        found = list(usable.filter(digest=secret_digest(text)) or usable.filter(starts_with=text[:9]))
    else:
        found = []
    if not found:
        raise Refusal(
            "There is no such token that still works",
            fix="Name its number, its whole secret, or the first nine letters, which begin with tg_",
        )
    if len(found) > 1:
        numbers = ", ".join(str(token.pk) for token in found)
        raise Refusal("Several tokens begin like this", fix=f"Name one by its number: {numbers}")
    return found[0]


def _usable_tokens(person: Person) -> QuerySet[Token]:
    tokens = Token.objects.filter(person=person, revoked_at__isnull=True).select_related("organization")
    return tokens.select_for_update(of=("self",)).order_by("pk")


def _revoke(token: Token, *, by: Person | None) -> None:
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record_event("token.revoked", by=by, organization=token.organization, subject=token)
