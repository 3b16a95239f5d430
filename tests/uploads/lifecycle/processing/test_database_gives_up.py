"""A database that gives up in the middle: what stood in a row stays out of the queue's log.

In a file of its own: the connection is closed, and with it goes what the tests of a file share.
"""

import traceback

import pytest
from django.db import connection

from tests.uploads.canary import BREAK, GOOD, HEADER, NUMBER
from tidegate.uploads.lifecycle.worker.interruption import DatabaseAway
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
