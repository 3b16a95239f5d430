"""Says how far a worker is with an upload, while it is at it."""

import time
from contextlib import suppress

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tidegate.uploads.models import Progress, Step, Upload

# Nothing is reported before: most uploads have ended by then.
_SILENT_SECONDS = 1.0


class ProgressReporter:
    """Reports which step an upload is at, over a connection of its own; where that fails, the upload goes on."""

    # The worker's own transaction is seen by nobody until it commits.

    def __init__(self, upload_id: int) -> None:
        self._upload_id = upload_id
        self._began = time.monotonic()
        self._connection: BaseDatabaseWrapper | None = None

    def report(self, step: Step, row_count: int | None = None) -> None:
        """Report that the step begins."""
        if time.monotonic() - self._began < _SILENT_SECONDS:
            return
        with suppress(DatabaseError):
            self._connection = self._connection or connection.copy()
            with self._connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO uploads_progress (upload_id, step, row_count) VALUES (%s, %s, %s)"
                    " ON CONFLICT (upload_id) DO UPDATE SET step = excluded.step, row_count = excluded.row_count",
                    [self._upload_id, step, row_count],
                )

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection:
            self._connection.close()


def progress_of(upload: Upload) -> Progress | None:
    """Return how far a worker is with the upload; None where none is at it, or has only begun."""
    if not upload.is_busy:
        return None
    return Progress.objects.filter(pk=upload.pk).first()


def delete_progress(upload: Upload) -> None:
    """Delete what was reported, in the transaction in which the upload ends or begins again."""
    Progress.objects.filter(pk=upload.pk).delete()
