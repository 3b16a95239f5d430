"""Gives tokens to programs, finds them again, and takes them back."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person, Scope, Token
from tidegate.accounts.permissions import check_can_send_upload, check_can_view_upload
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.reference.models import Organization

PREFIX = "tg_"
"""What every secret begins with, so that a scanner for leaked secrets can know it."""
MOST_DAYS = 400


@transaction.atomic
def add_token(
    *,
    by: Person | None,
    person: Person,
    organization: Organization,
    name: str,
    scopes: Collection[str],
    days: int = 365,
) -> tuple[Token, str]:
    """Return a new token and its secret, which cannot be shown again. `by` is None at the operator's command line.

    A Refusal where the person's role does not allow at the organization what the token is for.
    """
    if not scopes or not set(scopes) <= set(Scope.values):
        raise Refusal("A token needs at least one scope", fix=f"Choose from: {', '.join(Scope.values)}")
    if not 1 <= days <= MOST_DAYS:
        raise Refusal(f"A token is for 1 to {MOST_DAYS} days", fix="Choose another number of days")
    check_can_view_upload(person, organization)
    if Scope.SEND in scopes:
        check_can_send_upload(person, organization)
    secret = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = Token.objects.create(
        person=person,
        organization=organization,
        name=name.strip()[:100] or "Token",
        scopes=sorted(scopes),
        digest=_digest(secret),
        starts_with=secret[:9],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record_event("token.added", by=by, organization=organization, subject=token, scopes=sorted(scopes), days=days)
    return token, secret


def find_token(secret: str) -> Token | None:
    """Return the token with this secret, None where there is none, or it has been revoked or has come to its end."""
    now = timezone.now()
    token = (
        Token.objects.select_related("person", "organization")
        .prefetch_related("person__memberships")  # asked for by every permission
        .filter(digest=_digest(secret), revoked_at__isnull=True, expires_at__gt=now, person__is_active=True)
        .first()
    )
    if token is not None and token.last_used_on != timezone.localdate():
        Token.objects.filter(pk=token.pk).update(last_used_on=timezone.localdate())  # once a day is enough
    return token


@transaction.atomic
def revoke_token(*, by: Person, token_id: int) -> None:
    """End one of the person's own tokens at once."""
    token = Token.objects.filter(pk=token_id, person=by, revoked_at__isnull=True).first()
    if token is None:
        raise no_such("token")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record_event("token.revoked", by=by, organization=token.organization, subject=token)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()  # the secret is random and long; no slow hash is needed
