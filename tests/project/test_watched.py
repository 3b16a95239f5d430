"""The three addresses that say how the site does: who may see them, and what they say when things are amiss."""

import asyncio
import json
import threading

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.project.test_wsgi_gateway import BOUNDS, SCOPE, body_of
from tidegate.project.monitoring import MonitoredSite
from tidegate.project.wsgi_gateway import WsgiGateway
from tidegate.uploads.models import RequestSample
from tidegate.uploads.monitoring.samples import add_requests

HERE = (b"host", b"127.0.0.1:8000")
SECRET = "a-token-of-the-tests"


@pytest.fixture(autouse=True)
def database_in_every_thread(django_db_setup, django_db_blocker):
    """The real connections: the watch asks from a thread of its own, which sees nothing of a test's transaction."""
    with django_db_blocker.unblock():
        yield
        RequestSample.objects.all().delete()
        connection.close()


def pages_of(body: bytes = b"a page"):
    def pages(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Request-ID", "abc123")])
        return [body]

    return pages


def close_connection_here() -> None:
    connection.close()  # which one that is hangs on the thread


def ask(*paths, pages=None, client="127.0.0.1", headers=(HERE,), method="GET", at_once=False) -> list[tuple[int, str]]:
    """Have one web process answer these requests; with `at_once` the last one alone is waited for."""
    answers = []

    async def run() -> None:
        front = WsgiGateway(pages or pages_of(), bounds=BOUNDS, threads=2, address_of=lambda _, remote: remote)
        watched = MonitoredSite(front)

        async def one(path: str) -> None:
            said: list[dict] = []

            async def receive() -> dict:
                await asyncio.sleep(60)
                return {"type": "http.disconnect"}

            async def send(message) -> None:
                said.append(message)

            scope = {"path": path, "raw_path": path.encode(), "client": (client, 5), "headers": list(headers)}
            await watched(SCOPE | scope | {"method": method}, receive, send)
            answers.append((said[0]["status"], body_of(said).decode()))

        try:
            waiting = [asyncio.create_task(one(path)) for path in paths[:-1] if at_once]
            if waiting:
                await asyncio.sleep(0.2)
            for path in paths[-1:] if at_once else paths:
                await one(path)
            for each in waiting:
                each.cancel()
        finally:
            await asyncio.get_running_loop().run_in_executor(watched._thread, close_connection_here)

    asyncio.run(run())
    return answers


def metrics_of(text: str) -> dict[tuple, float]:
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_healthy_process_says_so_to_everybody(settings):
    assert ask("/healthz", client="203.0.113.9", headers=[(b"host", b"elsewhere")]) == [(200, "ok\n")]


def test_health_is_answered_while_all_threads_are_busy():
    is_over = threading.Event()

    def pages(environ, start_response):
        is_over.wait(20)
        start_response("200 OK", [])
        return [b""]

    answers = []
    try:
        timer = threading.Timer(2, is_over.set)
        timer.start()
        answers = ask("/", "/", "/healthz", pages=pages, at_once=True)
    finally:
        is_over.set()
    assert answers[0] == (200, "ok\n")


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("203.0.113.9", [HERE]),
        ("127.0.0.1", [(b"host", b"tidegate.example.gov")]),
        ("127.0.0.1", [HERE, (b"x-forwarded-for", b"127.0.0.1")]),
        ("127.0.0.1", [HERE, (b"X_Forwarded_For", b"127.0.0.1")]),
        ("127.0.0.1", [HERE, (b"forwarded", b"for=127.0.0.1")]),
        ("127.0.0.1", [HERE, (b"via", b"1.1 proxy")]),
        ("203.0.113.9", [HERE, (b"authorization", b"Bearer another")]),
        ("203.0.113.9", [HERE, (b"authorization", b"Bearer ")]),
        ("203.0.113.9", [HERE, (b"authorization", "Bearer ñ".encode())]),
        ("203.0.113.9", [HERE, (b"authorization", f"Basic {SECRET}".encode())]),
    ],
)
def test_whoever_comes_from_elsewhere_or_through_a_proxy_is_refused(settings, path, client, headers):
    settings.TIDEGATE_METRICS_TOKEN = SECRET
    ((status, text),) = ask(path, client=client, headers=headers)
    assert (status, "tidegate_" in text) == (403, False)


def test_without_a_token_in_the_settings_none_opens_the_metrics(settings):
    settings.TIDEGATE_METRICS_TOKEN = ""
    assert ask("/metrics", client="203.0.113.9", headers=[HERE, (b"authorization", b"Bearer ")])[0][0] == 403


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_ask(path, client):
    assert ask(path, client=client)[0][0] == 200


def test_whoever_shows_the_token_may_ask_from_anywhere(settings):
    settings.TIDEGATE_METRICS_TOKEN = SECRET
    shown = [(b"host", b"tidegate.example.gov"), (b"authorization", f"Bearer {SECRET}".encode())]
    assert [answer[0] for answer in ask("/readyz", "/metrics", client="203.0.113.9", headers=shown)] == [200, 200]


def test_nothing_can_be_sent_to_these_addresses():
    assert [status for status, _ in ask("/healthz", "/readyz", "/metrics", method="POST")] == [405] * 3


def test_a_database_of_the_release_before_is_not_ready_and_gets_no_page():
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id IN"
            " (SELECT max(id) FROM django_migrations WHERE app = 'uploads') RETURNING app, name, applied"
        )
        (row,) = cursor.fetchall()
        try:
            ready, page, health = ask("/readyz", "/students/", "/healthz")
        finally:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)
    assert ready == (503, "The database is not at this release yet: run tidegate migrate\n")
    assert (page[0], "being brought up to date" in page[1], health[0]) == (503, True, 200)
    assert ask("/readyz", "/students/") == [(200, "ready\n"), (200, "a page")]


def test_a_database_that_does_not_answer_is_not_ready_and_the_metrics_say_so(settings):
    before = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
    try:
        connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
        ready, metrics, health, page = ask("/readyz", "/metrics", "/healthz", "/students/")
    finally:
        connection.settings_dict.update(HOST=before[0], PORT=before[1])
    assert ready == (503, "The database does not answer\n")
    assert metrics_of(metrics[1])["tidegate_database_up",] == 0
    assert (health[0], page) == (200, (200, "a page"))


def test_a_store_that_cannot_be_used_is_not_ready(settings, tmp_path):
    settings.TIDEGATE_UPLOADS_DIR = tmp_path / "a file"
    (tmp_path / "a file").touch()
    ((status, text),) = ask("/readyz")
    assert (status, text) == (503, "The store of uploaded files does not answer, or cannot be written to\n")


def test_requests_are_counted_by_the_name_of_their_page():
    before = metrics_of(ask("/metrics")[0][1])
    after = metrics_of(
        ask("/students/", "/no/such/page/900000001", "/state-reporting-status/7/", "/healthz", "/metrics")[-1][1]
    )
    for page in ("students", "none", "upload"):
        key = ("tidegate_requests_total", "200", "GET", page)
        assert after[key] == before.get(key, 0) + 1
        assert after["tidegate_request_seconds_count", page] >= 1
    assert after["tidegate_requests_unfinished", "answering"] == 0
    assert not any("900000001" in part for key in after for part in key)


def test_a_request_is_logged_with_its_id_and_without_its_address(caplog):
    caplog.set_level("INFO", "tidegate.requests")
    ask("/students/search/?q=900000001")
    (record,) = [record for record in caplog.records if record.name == "tidegate.requests"]
    assert (record.status, record.method, "900000001" in json.dumps(record.__dict__, default=str)) == (
        200,
        "GET",
        False,
    )


def test_a_minute_of_requests_is_kept_for_the_plots():
    for _ in range(2):
        add_requests(request_count=10, failed_count=1, slow_count=2, seconds=1.5)
    kept = RequestSample.objects.filter(at__lte=timezone.now())
    assert sum(each.request_count for each in kept) == 20
    assert sum(each.slow_count for each in kept) == 4
