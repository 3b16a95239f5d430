"""The door into the queue of snapshots: one is queued in the transaction in which somebody asks for it."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tidegate.inbox.queue import database_errors_of_django
from tidegate.uploads.queue import SNAPSHOTS

# The database has the name: workers of another release look for it there, so it never changes.
TAKE_SNAPSHOT = "take_snapshot"


def enqueue_snapshot(request_id: int) -> bool:
    """Queue a snapshot within the caller's transaction, and return whether it was queued: not where a job of the
    request waits already. Of two snapshots the first one is taken first."""
    waits = f"{TAKE_SNAPSHOT}:{request_id}"
    job = app.configure_task(TAKE_SNAPSHOT, queue=SNAPSHOTS, lock=SNAPSHOTS, queueing_lock=waits)
    try:
        with transaction.atomic(), database_errors_of_django():
            job.defer(request_id=request_id)
    except AlreadyEnqueued:
        return False
    return True
