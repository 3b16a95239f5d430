"""The time limit of one upload: it ends the upload also in the middle of a statement or of a computation."""

import logging
import os
import sys
import threading
from contextlib import suppress
from contextvars import copy_context
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from tidegate.audit.record import record_event
from tidegate.core.reading.issue import ReadingIssue
from tidegate.uploads.lifecycle.checking.keep_findings import keep_issue
from tidegate.uploads.lifecycle.worker.interruption import TakenOver
from tidegate.uploads.lifecycle.worker.lock_upload import lock_upload
from tidegate.uploads.lifecycle.worker.progress import delete_progress
from tidegate.uploads.models import State
from tidegate.uploads.notifications.announce import announce

log = logging.getLogger(__name__)
_GRACE_SECONDS = 10.0
_END_SESSION = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND application_name = %s
"""


class TimeLimit:
    """Watches over one try of an upload.

    When the time is up it ends the session in which the upload is processed: a long statement ends at once, a long
    computation at its next word with the database. A computation that still goes on after ten seconds can be ended
    only together with its process: the upload ends as failed, and the worker starts anew.
    """

    def __init__(self, upload_id: int, *, try_count: int) -> None:
        self.is_up = False
        self._upload_id, self._try_count = upload_id, try_count
        self._is_over = threading.Event()
        self._timer = threading.Timer(
            settings.TIDEGATE_MAX_UPLOAD_SECONDS,
            copy_context().run,  # what the timer logs bears the upload's number, too
            [self._end],
        )
        self._timer.daemon = True

    def __enter__(self) -> Self:
        connection.ensure_connection()
        session = connection.connection.info
        self._session = (session.backend_pid, session.parameter_status("application_name"))
        if settings.TIDEGATE_MAX_UPLOAD_SECONDS:
            self._timer.start()
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._is_over.set()

    def _end(self) -> None:
        """End the session and, where that is of no use, the process. The timer's own thread does it."""
        self.is_up = True
        try:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute(_END_SESSION, self._session)
            if self._is_over.wait(_GRACE_SECONDS):
                return
            with suppress(DatabaseError, TakenOver):
                fail_for_time(self._upload_id, try_count=self._try_count)
            log.error("Upload %s could not be ended when its time was up; the worker starts anew", self._upload_id)
            _start_anew()
        finally:
            connections.close_all()


def _start_anew() -> None:
    """Become a new process under the same number: the process above this one notices nothing."""
    sys.stdout.flush()
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - our own command, as it was called


@transaction.atomic
def fail_for_time(upload_id: int, *, try_count: int) -> None:
    """End the upload as failed, with a sentence for its sender. Raises TakenOver where it is another worker's."""
    upload = lock_upload(upload_id, try_count=try_count)
    if not upload.is_busy:
        return
    upload.move_to(State.FAILED)
    upload.finished_at = timezone.now()
    upload.save(update_fields=["state", "finished_at"])
    delete_progress(upload)
    keep_issue(upload, ReadingIssue("FILE019", words={"limit": _in_words(settings.TIDEGATE_MAX_UPLOAD_SECONDS)}))
    record_event("upload.failed", by=None, organization=upload.organization, subject=upload)
    announce(upload)


def _in_words(seconds: int) -> str:
    return f"{seconds // 60:,} minutes" if seconds >= 120 and seconds % 60 == 0 else f"{seconds:,} seconds"
