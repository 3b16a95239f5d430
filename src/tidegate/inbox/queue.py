"""The door into the queue of mails: a mail is queued in the transaction of the act that it tells of."""

from collections.abc import Iterable

from procrastinate.contrib.django import app
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
        app.configure_task(SEND_MAIL, queue=MAIL).batch_defer(*jobs[start : start + _JOBS_AT_ONCE])
