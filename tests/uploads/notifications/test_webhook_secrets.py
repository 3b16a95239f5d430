"""Receivers check our messages with the libraries of Standard Webhooks, also while a secret is being replaced."""

import json
import os
import shutil
import subprocess
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed, NotFound, Refusal
from tidegate.uploads.models import Webhook, WebhookSecret
from tidegate.uploads.notifications.webhook_secrets import has_unreadable_secrets, list_webhooks, replace_secret
from tidegate.uploads.notifications.webhooks import deliver, end_webhook, signed_headers

FILE = f"{CTE_HEADER}\n{LINE}\n"
BODY = '{"type":"upload.finished","data":{"id":7,"file":"Đặng é"}}'
NPM_LIBRARY = "standardwebhooks@1.1.1"
NO_NODE = "No node and npm on this machine: the check with the library of npm needs them"
_VERIFY = """
const { Webhook } = require("standardwebhooks");
const [secret, body, headers] = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(new Webhook(secret).verify(body, headers)));
"""


def headers_of(webhook: Webhook, *, after: timedelta = timedelta()) -> dict[str, str]:
    return signed_headers(webhook, "msg_1", BODY.encode(), at=timezone.now() + after)


def versions(headers: dict[str, str]) -> list[str]:
    return [signature.partition(",")[0] for signature in headers["webhook-signature"].split(" ")]


@pytest.fixture(scope="session")
def npm_folder(pytestconfig):
    """Return a folder in which node finds the library; skip where there is no node, and in CI fail."""
    if not (shutil.which("node") and shutil.which("npm")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_NODE)
    folder = pytestconfig.cache.mkdir("standardwebhooks")
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--prefer-offline", NPM_LIBRARY]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


def test_the_library_of_pypi_verifies_what_a_receiver_hears(process_file, specialist, new_webhook, receiver):
    process_file(FILE, by=specialist)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'deliver_webhook'")
        deliver(**json.loads(cursor.fetchone()[0]))
    ((headers, body),) = receiver.heard
    assert Verifier(new_webhook[1]).verify(body, headers)["type"] == "upload.finished"
    with pytest.raises(WebhookVerificationError):
        Verifier(new_webhook[1]).verify(body + b" ", headers)


def test_the_library_of_npm_verifies_a_message(new_webhook, npm_folder):
    webhook, secret = new_webhook

    def verify(body: str) -> subprocess.CompletedProcess[str]:
        sent = json.dumps([secret, body, headers_of(webhook)])
        return subprocess.run(
            ["node", "-e", _VERIFY], cwd=npm_folder, input=sent, capture_output=True, text=True, check=False, timeout=60
        )

    assert json.loads(verify(BODY).stdout) == json.loads(BODY)
    assert "No matching signature found" in verify(BODY + " ").stderr


def test_either_secret_verifies_for_a_day_after_one_was_replaced(new_webhook, specialist):
    webhook, first = new_webhook
    second = replace_secret(webhook_id=webhook.pk, by=specialist)
    assert versions(headers_of(webhook)) == ["v1", "v1", "v1a"]
    for secret in (first, second):
        Verifier(secret).verify(BODY, headers_of(webhook))
    assert versions(headers_of(webhook, after=timedelta(hours=25))) == ["v1", "v1a"]
    WebhookSecret.objects.exclude(ends_at=None).update(ends_at=timezone.now())
    Verifier(second).verify(BODY, headers_of(webhook))
    with pytest.raises(WebhookVerificationError):
        Verifier(first).verify(BODY, headers_of(webhook))


def test_a_secret_replaced_twice_in_a_day_still_verifies(new_webhook, specialist):
    webhook, first = new_webhook
    for _ in range(4):
        replace_secret(webhook_id=webhook.pk, by=specialist)
    Verifier(first).verify(BODY, headers_of(webhook))
    with pytest.raises(Refusal, match="replaced too often today"):
        replace_secret(webhook_id=webhook.pk, by=specialist)
    WebhookSecret.objects.exclude(ends_at=None).update(ends_at=timezone.now())
    replace_secret(webhook_id=webhook.pk, by=specialist)
    assert WebhookSecret.objects.count() == 2


def test_the_database_does_not_hold_a_secret_that_can_be_read(new_webhook):
    secret = new_webhook[1]
    stored = WebhookSecret.objects.get().encrypted
    assert secret.startswith("whsec_")
    assert secret not in stored
    assert secret.removeprefix("whsec_") not in stored


def test_a_webhook_without_a_secret_is_signed_with_the_published_key(new_webhook, specialist):
    webhook = new_webhook[0]
    WebhookSecret.objects.all().delete()  # as those were before there were secrets
    assert versions(headers_of(webhook)) == ["v1a"]
    secret = replace_secret(webhook_id=webhook.pk, by=specialist)
    Verifier(secret).verify(BODY, headers_of(webhook))


def test_a_secret_stored_under_another_key_signs_nothing_and_is_named(new_webhook, settings, caplog):
    webhook, secret = new_webhook
    assert not has_unreadable_secrets()
    settings.SECRET_KEY = "another key"
    assert versions(headers_of(webhook)) == ["v1a"]
    assert has_unreadable_secrets()
    assert list_webhooks(webhook.organization)[0].is_unreadable
    assert "another TIDEGATE_SECRET_KEY" in caplog.text
    assert secret not in caplog.text


def test_only_who_sends_files_replaces_a_secret(webhook, viewer, other_specialist):
    with pytest.raises(NotAllowed):
        replace_secret(webhook_id=webhook.pk, by=viewer)
    for foreign_or_none in (webhook.pk, webhook.pk + 1):
        with pytest.raises(NotFound, match="There is no such webhook"):
            replace_secret(webhook_id=foreign_or_none, by=other_specialist)


def test_secrets_end_with_their_webhook_and_replacing_leaves_an_event(new_webhook, specialist):
    webhook, secret = new_webhook
    new = replace_secret(webhook_id=webhook.pk, by=specialist)
    event = Event.objects.get(act="webhook.secret_replaced")
    assert not {secret, new} & set(str(event.details).split("'"))
    end_webhook(webhook_id=webhook.pk, by=specialist)
    assert not WebhookSecret.objects.exists()
