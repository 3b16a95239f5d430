"""A database that gives up in the middle: what stood in a row stays out of the queue's log.

In a file of its own: the connection is closed, and with it goes what the tests of a file share.
"""

import traceback

import pytest
from django.db import OperationalError, connection

from tests.uploads.canary import BREAK, GOOD, HEADER, NUMBER
from tidegate.accountability.queue import enqueue_snapshot
from tidegate.inbox.queue import enqueue_mails
from tidegate.uploads.lifecycle.worker.interruption import DatabaseAway
from tidegate.uploads.queue import enqueue_recheck, enqueue_waiting_rows, enqueue_webhook
from tidegate.uploads.tasks import process_upload


def test_a_database_that_gives_up_in_the_middle_leaks_nothing_into_the_log_of_the_queue(send, specialist):
    upload = send(f"{HEADER}\n{GOOD}\n", by=specialist)
    with connection.cursor() as cursor:
        cursor.execute(BREAK.replace("%', NEW;", "%', NEW USING ERRCODE = 'query_canceled';"))
    with pytest.raises(DatabaseAway) as caught:
        process_upload(upload_id=upload.pk)
    said = "".join(traceback.format_exception(caught.value))
    assert NUMBER not in said
    assert "a fault that tells all" not in said


@pytest.mark.parametrize(
    "enqueue",
    [
        lambda: enqueue_webhook(webhook_id=1, message_id="m", body="{}"),
        lambda: enqueue_waiting_rows(1),
        lambda: enqueue_mails([1]),
        enqueue_recheck,
        lambda: enqueue_snapshot(1),
    ],
)
def test_a_database_that_goes_while_a_job_is_queued_is_away(django_db_blocker, django_db_setup, enqueue):
    with django_db_blocker.unblock():
        other = connection.copy()
        try:
            connection.ensure_connection()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
            with pytest.raises(OperationalError):
                enqueue()
        finally:
            other.close()
            connection.close()
