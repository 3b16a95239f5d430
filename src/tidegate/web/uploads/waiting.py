"""The part of an upload's page about rows that wait for a line of another file."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_send_upload
from tidegate.core.rules.cause import Cause
from tidegate.uploads.lifecycle.waiting.start_waiting import causes_that_wait, enrolled_elsewhere, why_none_waits
from tidegate.uploads.models import Upload, WaitEnd
from tidegate.uploads.queries.waiting_rows import Waits, waits_until

MAX_CAUSES = 20


class WaitingPart(NamedTuple):
    """What the page says: the counts, the causes whose rows may wait, until when those that do will, and whether the
    person may decide about it. `elsewhere_count` are the rows that may wait and whose students are enrolled at another
    school: the row may be wrong."""

    waits: Waits
    causes: Sequence[tuple[int, Cause, int]]
    has_more_causes: bool
    until: datetime | None
    may_stop: bool
    elsewhere_count: int
    ended: Sequence[tuple[str, int]]


def waiting_part(upload: Upload, waits: Waits, *, by: Person) -> WaitingPart | None:
    """Return the part of the page; None where no row of the upload waits, has waited or may wait."""
    may_send = can_send_upload(by, upload.organization)
    is_open = upload.school_year.closed_at is None
    may_begin = bool(waits.may) and may_send and is_open and why_none_waits(upload) is None
    if not (may_begin or waits.waiting or waits.loaded or waits.ended):
        return None
    causes = causes_that_wait(upload, limit=MAX_CAUSES + 1) if may_begin else []
    return WaitingPart(
        waits,
        causes[:MAX_CAUSES],
        len(causes) > MAX_CAUSES,
        waits_until(waits.since) if waits.since else None,
        may_stop=bool(waits.waiting) and may_send,
        elsewhere_count=enrolled_elsewhere(upload) if causes else 0,
        ended=[(_in_words(end), count) for end, count in waits.ended],
    )


def _in_words(end: WaitEnd) -> str:
    """Return a reason as a sentence goes on with it."""
    return end.label[0].lower() + end.label[1:]
