"""The secrets of webhooks: made, replaced, and signed with, as Standard Webhooks say (`v1`, HMAC-SHA256)."""

import base64
import hashlib
import hmac
import logging
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.encryption import OtherKey, decrypt, encrypt
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_organization, check_can_send_upload
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.reference.models import Organization
from tidegate.uploads.models import Webhook, WebhookSecret

log = logging.getLogger(__name__)
PREFIX = "whsec_"
"""What every secret begins with: the libraries expect it, and a scanner for leaked secrets can know it."""
OVERLAP = timedelta(days=1)
"""How long a secret that was replaced signs together with the new one."""
_SECRET_BYTES = 32
_MAX_SECRETS = 5  # each adds a signature to a header, whose length receivers limit
_PURPOSE = "webhook secret"


class WebhookLine(NamedTuple):
    """A webhook as its page shows it. `secret_made_at` is None where it has no secret, `earlier_until` where none that
    was replaced still signs; `is_unreadable` says that one was stored under another secret key."""

    webhook: Webhook
    secret_made_at: datetime | None
    earlier_until: datetime | None
    is_unreadable: bool


def make_secret(webhook: Webhook, *, at: datetime) -> str:
    """Return a new secret of the webhook, which cannot be shown again."""
    secret = PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    WebhookSecret.objects.create(webhook=webhook, encrypted=encrypt(secret, purpose=_PURPOSE), made_at=at)
    return secret


@transaction.atomic
def replace_secret(*, webhook_id: int, by: Person) -> str:
    """Return a new secret of the webhook; the one until now signs together with it for a day.
    NotFound where there is no such webhook that the person may know of; a Refusal where it was
    replaced too often today."""
    webhook = find_webhook(webhook_id, by=by)
    now = timezone.now()
    webhook.secrets.filter(ends_at__lte=now).delete()
    if webhook.secrets.count() >= _MAX_SECRETS:
        raise Refusal(
            "The secret of this webhook was replaced too often today", fix="Try again tomorrow", code="TOO_OFTEN"
        )
    webhook.secrets.filter(ends_at=None).update(ends_at=now + OVERLAP)
    secret = make_secret(webhook, at=now)
    record_event("webhook.secret_replaced", by=by, organization=webhook.organization, subject=webhook)
    return secret


def find_webhook(webhook_id: int, *, by: Person) -> Webhook:
    """Return the webhook, which nobody else changes until the transaction ends. NotFound where there is none that the
    person may know of; a Refusal where they may not change it."""
    current = Webhook.objects.select_for_update(of=("self",)).select_related("organization")
    webhook = current.filter(pk=webhook_id, ended_at=None).first()
    if webhook is None or not can_view_organization(by, webhook.organization):
        raise no_such("webhook")
    check_can_send_upload(by, webhook.organization)
    return webhook


def secret_signatures(webhook: Webhook, signed: bytes, *, at: datetime) -> list[str]:
    """Return a signature by each secret that is good at that moment, the newest first. One that was stored under
    another secret key signs nothing: the message goes out with the signatures that there are."""
    keys = [_key_of(secret) for secret in webhook.secrets.all() if _is_good(secret, at)]
    if None in keys:
        log.warning("A secret of webhook %s was stored under another TIDEGATE_SECRET_KEY", webhook.pk)
    found = [hmac.digest(key, signed, hashlib.sha256) for key in keys if key is not None]
    return [f"v1,{base64.b64encode(signature).decode()}" for signature in found]


def list_webhooks(organization: Organization) -> list[WebhookLine]:
    """Return the organization's webhooks, each with what its owner must know of its secrets, the oldest first."""
    now = timezone.now()
    current = Webhook.objects.filter(organization=organization, ended_at=None).prefetch_related("secrets")
    return [_line_of(webhook, now) for webhook in current.order_by("pk")]


def has_unreadable_secrets() -> bool:
    """Whether a secret in use was stored under another secret key, so that it signs nothing."""
    in_use = WebhookSecret.objects.filter(webhook__ended_at=None)
    return any(_key_of(secret) is None for secret in in_use.iterator() if _is_good(secret, timezone.now()))


def _line_of(webhook: Webhook, now: datetime) -> WebhookLine:
    good = [secret for secret in webhook.secrets.all() if _is_good(secret, now)]
    return WebhookLine(
        webhook,
        secret_made_at=good[0].made_at if good else None,
        earlier_until=max((secret.ends_at for secret in good if secret.ends_at), default=None),
        is_unreadable=any(_key_of(secret) is None for secret in good),
    )


def _is_good(secret: WebhookSecret, at: datetime) -> bool:
    return secret.ends_at is None or secret.ends_at > at


def _key_of(secret: WebhookSecret) -> bytes | None:
    """Return what to sign with; None where the secret was stored under another secret key."""
    try:
        text = decrypt(secret.encrypted, purpose=_PURPOSE)
    except OtherKey:
        return None
    return base64.b64decode(text.removeprefix(PREFIX))
