"""A database that goes while a job is queued: the error that comes is the one of a database that is away.

In a file of its own: the connection is closed, so no test of the file may stand in a transaction that others share.
"""

import pytest
from django.db import OperationalError, connection

from tidegate.accountability.queue import enqueue_snapshot
from tidegate.inbox.queue import enqueue_mails
from tidegate.uploads.queue import enqueue_recheck, enqueue_waiting_rows, enqueue_webhook


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
