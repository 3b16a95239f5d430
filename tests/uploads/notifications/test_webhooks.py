"""Webhooks are signed, tried again until they are heard, and lead nowhere inside."""

import base64
import json
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import accumulate

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tests.uploads.lifecycle.worker.test_cancel_and_hold import second  # noqa: F401 - pytest finds it by its name
from tidegate.core.errors import NotAllowed, NotFound, Refusal
from tidegate.reference.models import Organization
from tidegate.uploads.lifecycle.loading.hold import release
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.worker.cancel import cancel
from tidegate.uploads.models import Webhook
from tidegate.uploads.notifications import public_address as outside
from tidegate.uploads.notifications import webhooks
from tidegate.uploads.notifications.public_address import check_address
from tidegate.uploads.notifications.webhooks import NotDelivered, add_webhook, deliver, end_webhook
from tidegate.uploads.receipts.receipt import published_key
from tidegate.uploads.receipts.signing import public_key
from tidegate.uploads.tasks import deliver_webhook

FILE = f"{CTE_HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n"


def queued() -> list[dict]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name="deliver_webhook").order_by("id")]


def test_a_finished_upload_is_told_with_its_counts_and_without_anything_of_the_file(
    process_file, specialist, webhook, receiver
):
    upload = process_file(FILE, by=specialist, file_name="Jordan Rivers.csv")
    (message,) = queued()
    deliver(**message)
    ((headers, body),) = receiver.heard
    said = json.loads(body)
    assert (said["type"], said["data"]["id"], said["data"]["error_count"]) == ("upload.finished", upload.pk, 1)
    assert not {"Jordan", "900000001", "43"} & set(body.decode().replace('"', " ").split())
    assert headers["Host"].startswith("localhost:")
    assert Webhook.objects.get().last_answer == "Answered 204"


def test_the_message_is_signed_with_the_published_key_too(process_file, specialist, webhook, receiver):
    process_file(FILE, by=specialist)
    deliver(**queued()[0])
    ((headers, body),) = receiver.heard
    version, _, signature = headers["webhook-signature"].split()[-1].partition(",")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    public_key(published_key()).verify(base64.b64decode(signature), signed)
    assert version == "v1a"


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_message_that_is_not_taken_is_tried_again_with_the_same_id(
    process_file, specialist, webhook, receiver, status
):
    receiver.answers = [status, 200]
    process_file(FILE, by=specialist)
    with pytest.raises(NotDelivered):
        deliver(**queued()[0])
    deliver(**queued()[0])
    ids = [headers["webhook-id"] for headers, _ in receiver.heard]
    assert (len(ids), len(set(ids))) == (2, 1)


def test_an_upload_that_is_on_hold_again_is_told_as_another_message(
    process_file,
    specialist,
    second,  # noqa: F811 - the fixture above
    webhook,
    settings,
):
    settings.TIDEGATE_HOLD_COUNT = 1
    one = f"{CTE_HEADER}\n{LINE}\n"
    process_file(one, by=specialist)
    settings.TIDEGATE_HOLD_PERCENT = 50
    upload = process_file(one.replace("1.50", "2.00"), by=specialist)
    release(upload, by=second)
    settings.TIDEGATE_HOLD_PERCENT = 0
    process_file(one.replace("1.50", "0.50"), by=specialist)
    settings.TIDEGATE_HOLD_PERCENT = 50
    process(upload_id=upload.pk)
    types = [json.loads(message["body"])["type"] for message in queued()]
    assert types == ["upload.finished", "upload.on_hold", "upload.finished", "upload.on_hold"]
    assert len({message["message_id"] for message in queued()}) == len(types)


def test_a_message_that_nobody_takes_is_sent_seven_times_within_sixteen_hours():
    pauses: list[int] = []
    while (pause := pause_after(len(pauses))) is not None and len(pauses) < 20:
        pauses.append(pause)
    tries = list(accumulate(pauses, initial=0))
    assert tries == [0, 6, 42, 258, 1_554, 9_330, 55_986]
    assert tries[-1] < 16 * 3_600


def pause_after(attempts: int) -> int | None:
    """Return how long the queue waits after a try, where it has noted so many before; None where it gives up."""
    job = Job(queue="webhooks", lock=None, queueing_lock=None, task_name="deliver_webhook", attempts=attempts)
    now = datetime.now(UTC)
    decision = deliver_webhook.retry_strategy.get_retry_decision(exception=NotDelivered(), job=job)
    return round((decision.retry_at - now).total_seconds()) if decision else None


def test_a_receiver_that_says_gone_is_told_nothing_more(process_file, send, specialist, webhook, receiver):
    receiver.answers = [410]
    process_file(FILE, by=specialist)
    deliver(**queued()[0])
    cancel(send(FILE, by=specialist), by=specialist)
    assert len(queued()) == 1


def test_cancelled_uploads_are_told_too(send, specialist, webhook):
    cancel(send(FILE, by=specialist), by=specialist)
    assert [json.loads(message["body"])["type"] for message in queued()] == ["upload.cancelled"]


def test_a_file_that_is_too_large_is_told_as_failed(send, specialist, webhook, settings):
    settings.TIDEGATE_MAX_UPLOAD_MB = 0
    send(FILE, by=specialist)
    assert json.loads(queued()[0]["body"])["type"] == "upload.failed"


def test_uploads_of_others_are_not_told(process_file, other_specialist, webhook):
    process_file(FILE, by=other_specialist, organization_id=2000)
    assert queued() == []


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/hook",
        "https://localhost/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.8/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.8]/hook",
        "https://[64:ff9b::10.0.0.8]/hook",
        "https://[::10.0.0.8]/hook",
        "https://user:pass@example.org/",
        "https://2130706433/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///nothing",
        "https://no.such.name.invalid/",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://[abc",
        "https://exam\u2100ple.org/",
        "https://example.org/a\tb",
        "https://example.org/\xa0",
        "https://[v1.a]/",
        "https://xn--a.org/",
    ],
)
def test_nothing_leads_inside(address):
    with pytest.raises(Refusal):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["https://[abc", "https://example.org/a\tb", "https://[v1.a]/", "https://xn--a.org/"]
)
def test_an_address_of_before_that_is_none_is_not_reached(webhook, address):
    Webhook.objects.update(address=address)
    with pytest.raises(NotDelivered):
        deliver(webhook_id=webhook.pk, message_id="msg_1", body="{}")
    assert Webhook.objects.get().last_answer == "Not reached"


def test_a_name_that_turns_to_the_inside_later_is_not_followed(webhook, receiver, settings, monkeypatch):
    settings.TIDEGATE_WEBHOOKS_TO_PRIVATE = False
    with pytest.raises(NotDelivered):
        deliver(webhook_id=webhook.pk, message_id="msg_1", body="{}")
    assert receiver.heard == []
    public = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.8", 443))]
    monkeypatch.setattr(outside.socket, "getaddrinfo", lambda *_, **__: public)
    with pytest.raises(outside.Unreachable):
        outside.resolve_public_ip("two-faced.example.org", 443)


def test_a_receiver_that_answers_drop_by_drop_is_not_waited_for(webhook, monkeypatch):
    monkeypatch.setattr(webhooks, "_MAX_ANSWER_SECONDS", 0.5)
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = server.accept()
        with suppress(OSError), connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for number in range(1_200):
                connection.sendall(f"X-{number}: drop\r\n".encode())
                time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    Webhook.objects.update(address=f"http://127.0.0.1:{server.getsockname()[1]}/")
    began = time.monotonic()
    with pytest.raises(NotDelivered):
        deliver(webhook_id=webhook.pk, message_id="msg_1", body="{}")
    assert time.monotonic() - began < 60, "It would have dripped for two minutes"
    server.close()


def test_only_who_sends_files_has_webhooks(webhook, specialist, viewer, other_specialist):
    organization = Organization.objects.get(pk=1000)
    with pytest.raises(NotAllowed):
        add_webhook(organization=organization, address=webhook.address, by=viewer)
    for foreign_or_none in (webhook.pk, webhook.pk + 1):
        with pytest.raises(NotFound, match="There is no such webhook"):
            end_webhook(webhook_id=foreign_or_none, by=other_specialist)
    with pytest.raises(Refusal, match="already has a webhook"):
        add_webhook(organization=organization, address=webhook.address, by=specialist)
    end_webhook(webhook_id=webhook.pk, by=specialist)
    assert Webhook.objects.get().ended_at
