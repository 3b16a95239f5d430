"""The door into the queue of mails: a mail is queued in the transaction of the act that it tells of."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import OperationalError
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.types import JSONValue

MAIL = "mail"  # no other has its jobs: workers of the release before would not know them, and end them as failed
# The database has the names: workers of another release look for them there, so they never change.
SEND_MAIL = "send_mail"
SEND_DIGESTS = "send_digests"
_JOBS_AT_ONCE = 1_000


def enqueue_mails(mail_ids: Iterable[int]) -> None:
    """Queue mails within the caller's transaction, a thousand by one statement."""
    # A job has the number alone: neither address nor text is in the queue.
    jobs: list[dict[str, JSONValue]] = [{"mail_id": mail_id} for mail_id in mail_ids]
    for start in range(0, len(jobs), _JOBS_AT_ONCE):
        with database_errors_of_django():
            app.configure_task(SEND_MAIL, queue=MAIL).batch_defer(*jobs[start : start + _JOBS_AT_ONCE])


@contextmanager
def database_errors_of_django() -> Iterator[None]:
    """Raise what the database says to the queue as Django raises it, while a job is queued.

    The queue has an error of its own, and whoever looks for Django's would take a database that is away for a fault of
    ours: an upload would end as failed that is to be taken up again.
    """
    try:
        yield
    except ConnectorException as error:
        if isinstance(error.__cause__, (psycopg.OperationalError, psycopg.InterfaceError)):
            raise OperationalError(*error.__cause__.args) from error.__cause__
        raise
