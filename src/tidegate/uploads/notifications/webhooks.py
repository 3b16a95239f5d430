"""Webhooks: an organization's programs get a signed message when an upload has ended; it is
repeated until they accept it.

The form is that of Standard Webhooks (standardwebhooks.com). Each message has two signatures: by
the webhook's own secrets (`v1`), which the standard's libraries check, and by the key of the
receipts (`v1a`, Ed25519), for which no secret is shared. What is sent has no value of the file and
no file name.
"""

import base64
import json
import threading
from contextlib import ExitStack
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.reference.models import Organization
from tidegate.uploads.models import Act, Upload, Webhook
from tidegate.uploads.notifications.public_address import Unreachable, check_address, resolve_public_ip
from tidegate.uploads.notifications.webhook_secrets import find_webhook, make_secret, secret_signatures
from tidegate.uploads.queue import enqueue_webhook
from tidegate.uploads.receipts.receipt import private_key
from tidegate.uploads.receipts.signing import sign_bytes

_TIMEOUT_SECONDS = 10
# How long a receiver may take in all: one that answers byte by byte is never silent for long.
_MAX_ANSWER_SECONDS = 30
_GONE = 410
_MAX_WEBHOOKS = 10


class NewWebhook(NamedTuple):
    """A webhook that was added, and its secret, which cannot be shown again."""

    webhook: Webhook
    secret: str


class NotDelivered(Exception):
    """The receiver did not say that it has the message; the queue tries again."""


def add_webhook(*, organization: Organization, address: str, by: Person) -> NewWebhook:
    """Add a webhook to the organization.

    Raises:
        Refusal: The person may not send files for the organization, or the address is not one for a webhook, or the
            organization has this address or too many webhooks already.
    """
    check_can_send_upload(by, organization)
    address = address.strip()
    check_address(address)
    current = Webhook.objects.filter(organization=organization, ended_at=None)
    if current.filter(address=address).exists():
        raise Refusal("This address already has a webhook", fix="Use another address", code="ADDRESS")
    if current.count() >= _MAX_WEBHOOKS:
        raise Refusal(f"An organization has at most {_MAX_WEBHOOKS} webhooks", fix="Remove one first", code="ADDRESS")
    now = timezone.now()
    with transaction.atomic():
        webhook = Webhook.objects.create(organization=organization, address=address, added_by=by, added_at=now)
        secret = make_secret(webhook, at=now)
        record_event("webhook.added", by=by, organization=organization, subject=webhook)
    return NewWebhook(webhook, secret)


@transaction.atomic
def end_webhook(*, webhook_id: int, by: Person) -> None:
    """Send no more messages to the address. NotFound where there is none that the person may
    know of."""
    _end(find_webhook(webhook_id, by=by), by=by, at=timezone.now())


def queue_messages(upload: Upload) -> None:
    """Queue a message to every webhook of the upload's organization, in the caller's transaction."""
    owners = upload.organization.ids_up_to_district
    # Receivers pass over a message whose ID they know, and after each release an upload may be on hold again.
    release = upload.decisions.filter(act=Act.RELEASE).values_list("pk", flat=True).first() or 0
    for webhook in Webhook.objects.filter(organization_id__in=owners, ended_at=None):
        enqueue_webhook(
            webhook_id=webhook.pk,
            message_id=f"msg_{upload.pk}_{upload.state}_{release}_{webhook.pk}",
            body=json.dumps(_message(upload), separators=(",", ":")),
        )


def deliver(*, webhook_id: int, message_id: str, body: str) -> None:
    """Send the message once. Raises NotDelivered where the receiver does not take it; one that
    answers 410 Gone is sent nothing more."""
    webhook = Webhook.objects.filter(pk=webhook_id, ended_at=None).first()
    if webhook is None:
        return
    now = timezone.now()
    try:
        status = _post(webhook, message_id, body.encode(), at=now)
    except Unreachable:
        _note(webhook, "Not reached", at=now)
        raise NotDelivered from None
    _note(webhook, f"Answered {status}", at=now)
    if status == _GONE:
        with transaction.atomic():
            _end(webhook, by=None, at=now)
    elif not 200 <= status < 300:
        raise NotDelivered


def signed_headers(webhook: Webhook, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Return the headers by which a receiver checks the message.

    Args:
        webhook: The webhook that the message goes to; it is signed with each secret that is in use, then with our key.
        message_id: The ID of the message, the same when it is sent again.
        body: What is sent.
        at: When it is sent.
    """
    stamp = str(int(at.timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    ours = f"v1a,{base64.b64encode(sign_bytes(signed, private_key())).decode()}"
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join([*secret_signatures(webhook, signed, at=at), ours]),
    }


def _end(webhook: Webhook, *, by: Person | None, at: datetime) -> None:
    """End the webhook; its secrets are of no more use and go."""
    Webhook.objects.filter(pk=webhook.pk).update(ended_at=at)
    webhook.secrets.all().delete()
    record_event("webhook.ended", by=by, organization=webhook.organization, subject=webhook)


def _post(webhook: Webhook, message_id: str, body: bytes, *, at: datetime) -> int:
    """Send the message and return the status of the answer. No redirect is followed, and no body is read."""
    # It connects to the very IP address that was checked: a name may lead elsewhere a moment later.
    import httpx

    try:
        url = httpx.URL(webhook.address)
        to = url.copy_with(host=resolve_public_ip(url.host, url.port))
    except (httpx.InvalidURL, ValueError) as error:  # an address of before such were refused
        raise Unreachable from error
    headers = {"Host": url.netloc.decode(), "Content-Type": "application/json", "User-Agent": "tidegate"}
    headers |= signed_headers(webhook, message_id, body, at=at)
    with ExitStack() as stack:
        try:
            client = stack.enter_context(
                httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)
            )
            stack.callback(_end_in_time(client).cancel)
            sent = client.stream(
                "POST",
                to,
                content=body,
                headers=headers,
                extensions={"sni_hostname": url.host},
            )
            return stack.enter_context(sent).status_code
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable from error


def _end_in_time(client: Any) -> threading.Timer:
    """Close the client when its time is up, unless what is returned is cancelled before."""
    timer = threading.Timer(_MAX_ANSWER_SECONDS, client.close)
    timer.daemon = True
    timer.start()
    return timer


def _note(webhook: Webhook, answer: str, *, at: datetime) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(last_sent_at=at, last_answer=answer)


def _message(upload: Upload) -> dict[str, object]:
    counts = ("row_count", "success_count", "error_count", "warning_count", "notice_count")
    return {
        "type": f"upload.{upload.state}",
        "timestamp": timezone.now().isoformat(),
        "data": {
            "id": upload.pk,
            "state": upload.state,
            "file_type": upload.file_type,
            "school_year": upload.school_year.name,
            "organization": upload.organization.id_for_programs,
            "check_only": upload.check_only,
            **{name: getattr(upload, name) for name in counts},
        },
    }
