"""The door into the queue of snapshots: one is queued in the transaction in which somebody asks for it."""

from procrastinate.contrib.django import app

from tidegate.uploads.queue import SNAPSHOTS

# The database has the name: workers of another release look for it there, so it never changes.
TAKE_SNAPSHOT = "take_snapshot"


def enqueue_snapshot(request_id: int) -> None:
    """Queue a snapshot within the caller's transaction; of two the first one is taken first."""
    app.configure_task(TAKE_SNAPSHOT, queue=SNAPSHOTS, lock=SNAPSHOTS).defer(request_id=request_id)
